"""Signatures that people bring with key and message.

Whether they are valid, and under which reading.
"""
