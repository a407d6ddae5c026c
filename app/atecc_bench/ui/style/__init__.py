"""Colours, fonts, icons, style sheet."""
