"""Codes that people hold: one table, every way to spell them, frames of the chip."""
