"""Which network addresses may be connected to: those of the public internet, and nothing that only looks like one."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_NAMED: Final = (
    (IPv4Network("169.254.0.0/16"), "link-local, where clouds keep their metadata"),
    (IPv4Network("168.63.129.16/32"), "a cloud's metadata service"),
    (IPv4Network("100.64.0.0/10"), "shared by carriers (CGNAT)"),
    (IPv4Network("192.0.0.0/24"), "reserved"),
    (IPv4Network("192.88.99.0/24"), "a 6to4 relay"),
    (IPv4Network("198.18.0.0/15"), "for benchmarks"),
    (IPv6Network("::/96"), "an old form of IPv4"),
    (IPv6Network("64:ff9b::/96"), "translated to IPv4 (NAT64)"),
    (IPv6Network("64:ff9b:1::/48"), "translated to IPv4 (NAT64)"),
    (IPv6Network("2001::/32"), "tunnelled to IPv4 (Teredo)"),
    (IPv6Network("2002::/16"), "tunnelled to IPv4 (6to4)"),
    (IPv6Network("fec0::/10"), "site-local"),
    (IPv6Network("5f00::/16"), "for segment routing"),
    (IPv6Network("3fff::/20"), "for documentation"),
)


def why_refused(address: str, *, allow_loopback: bool = False) -> str | None:
    """Return what forbids connecting to `address`, as words that follow "is"; None where nothing does.

    Args:
        address: an IPv4 or IPv6 address, with or without a scope (`fe80::1%eth0`).
        allow_loopback: let 127.0.0.0/8 and ::1 through, for servers that tests start.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return "no address"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        return "an IPv4 address in the clothes of IPv6"
    if parsed.is_loopback:
        return None if allow_loopback else "this machine"
    return _named(parsed) or _by_registry(parsed)


def _named(address: IPv4Address | IPv6Address) -> str | None:
    return next((what for network, what in _NAMED if address.version == network.version and address in network), None)


def _by_registry(address: IPv4Address | IPv6Address) -> str | None:
    """Return what IANA's registries, as Python knows them, say against it."""
    if address.is_unspecified:
        return "no machine's"
    if address.is_multicast:
        return "multicast"
    if address.is_link_local:
        return "link-local"
    if address.is_private:
        return "private"
    if address.is_reserved or not address.is_global:
        return "reserved"
    return None
