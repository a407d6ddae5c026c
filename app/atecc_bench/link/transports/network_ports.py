"""Ports at other computers.

What passes them is read by whoever is on the way.
"""

import ipaddress
import re

_HOST = re.compile(r"(?:rfc2217|socket)://(?:\[(?P<six>[^\]]+)\]|(?P<name>[^:/?\[\]]+)):\d+", re.IGNORECASE)
_OWN_NAMES = ("localhost", "ip6-localhost", "localhost.localdomain")


def far_host(url: str) -> str | None:
    """The other computer that a port is at.

    None for ports of this computer, by whatever name it calls itself.
    """
    match = _HOST.match(url)
    if match is None:
        return None
    host = match["six"] or match["name"]
    try:
        own = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        own = host.lower().rstrip(".") in _OWN_NAMES
    return None if own else host
