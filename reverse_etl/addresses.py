"""Internet addresses: of a host, and whether one is public."""

import ipaddress
import socket

from reverse_etl.abilities import NotSent

_EMBEDDING = (  # networks whose addresses end in one of IPv4: NAT64, and IPv4-compatible ones
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("::/96"),
)


def is_public(address: str) -> bool:
    """Whether an address is one of the internet's, however it is written."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.is_site_local:
            return False
        embeds = any(ip in network for network in _EMBEDDING)
        inner = ipaddress.IPv4Address(ip.packed[-4:]) if embeds else ip.ipv4_mapped or ip.sixtofour
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host. Raises NotSent where it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent(f"the host {host} cannot be found") from None
    return [str(entry[4][0]) for entry in found]
