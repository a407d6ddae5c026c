"""Verbs about clouds and brokers."""
