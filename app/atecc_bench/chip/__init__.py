"""The secure element as data and rules of the wire; no I/O."""
