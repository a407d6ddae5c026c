"""The secure element as data and rules of the wire.

And operations over a Transport. No I/O, no Qt.
"""
