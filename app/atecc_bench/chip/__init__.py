"""The secure element as data and rules of the wire.

Operations over a Transport belong to it as well. No file here does I/O or knows Qt. No I/O, no Qt.
"""
