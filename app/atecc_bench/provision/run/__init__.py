"""Rehearsing and running a plan, and its record."""
