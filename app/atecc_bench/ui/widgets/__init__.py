"""Widgets that know bytes and tables, not devices."""
