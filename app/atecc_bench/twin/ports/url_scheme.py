"""The URL scheme of virtual boards.

It has a file of its own: who only asks whether a port is virtual needs no board.
"""

SCHEME = "virtual"


def is_virtual_url(port: str) -> bool:
    """True when pyserial takes a port for a virtual board.

    The case of the scheme does not matter to it.
    """
    scheme, separator, _ = port.partition("://")
    return bool(separator) and scheme.lower() == SCHEME
