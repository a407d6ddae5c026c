"""The secure element as data and rules of the wire, and the operations over a Transport. No I/O, no Qt."""
