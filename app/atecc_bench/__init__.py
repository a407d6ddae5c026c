"""ATECC Bench: provision, inspect and diagnose ATECC secure elements.

ATECC508A, ATECC608A and ATECC608B.
"""

__version__ = "0.1.0"
