"""Which addresses an outgoing request may go to.

Refused is everything that is not the public internet: loopback, private, link-local (cloud metadata), shared,
documentation, multicast and reserved ranges, and the same hidden in IPv6: mapped, compatible, NAT64, 6to4, Teredo.
Addresses are judged after resolution, so `0x7f.1` and a name that points to 127.0.0.1 are what they resolve to.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")
_REFUSED = (
    IPv6Network("64:ff9b:1::/48"),  # local-use NAT64 (RFC 8215)
    IPv6Network("2001::/32"),  # Teredo
    IPv6Network("fec0::/10"),  # old site-local
    IPv6Network("::/96"),  # IPv4-compatible
)


def public(address: str) -> bool:
    """Whether `address` (an IP literal, no scope id) is a host of the public internet."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or _nat64(ip)
        if inner is not None:
            return _public_v4(inner)
        return ip.is_global and not ip.is_multicast and not ip.scope_id and not any(ip in n for n in _REFUSED)
    return _public_v4(ip)


def _public_v4(ip: IPv4Address) -> bool:
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _nat64(ip: IPv6Address) -> IPv4Address | None:
    return IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in _NAT64 else None
