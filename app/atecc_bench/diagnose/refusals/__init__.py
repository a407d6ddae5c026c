"""Explain why a chip refuses a command.

The twin is asked in every state that fits.
"""
