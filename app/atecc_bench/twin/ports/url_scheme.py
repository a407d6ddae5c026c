"""The scheme of virtual boards, in a file of its own: who only asks whether a port is one needs no board."""

SCHEME = "virtual"


def is_virtual_url(port: str) -> bool:
    """Whether pyserial takes a port for a virtual board; the case of the scheme does not matter to it."""
    scheme, separator, _ = port.partition("://")
    return bool(separator) and scheme.lower() == SCHEME
