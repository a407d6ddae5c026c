"""ATECC Bench: provision, inspect and diagnose ATECC508A / ATECC608A / ATECC608B secure elements."""

__version__ = "0.1.0"
