"""Configurations: formats, repair, known ones, lint, identification."""
