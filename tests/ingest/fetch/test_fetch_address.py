"""Which addresses and URLs may be fetched at all."""

from __future__ import annotations

import pytest
from patience import PATIENCE
from web_sites import Names

from ingest.errors import FetchError
from ingest.fetch.address import why_refused
from ingest.fetch.deadline import Deadline
from ingest.fetch.network import Network

pytestmark = pytest.mark.services  # real servers and the system's own resolver, on loopback

REFUSED = [
    "0.0.0.0",  # noqa: S104 (to be refused)
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.9.9.9",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:a00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "nonsense",
]
ALLOWED = ["8.8.8.8", "93.184.216.34", "1.1.1.1", "192.0.1.1", "2606:4700:4700::1111", "2a00:1450:4001:800::200e"]


@pytest.mark.parametrize("address", REFUSED)
def test_only_the_public_internet_is_reached(address: str) -> None:
    """Private, local, reserved, translated and tunnelled addresses are refused, and a reason is given."""
    assert why_refused(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_the_public_internet_is_reached(address: str) -> None:
    """Addresses of public servers pass."""
    assert why_refused(address) is None


def test_loopback_is_let_through_for_tests_alone() -> None:
    """The switch for tests opens this machine and nothing else."""
    assert why_refused("127.0.0.1", allow_loopback=True) is None
    assert why_refused("::1", allow_loopback=True) is None
    assert why_refused("::ffff:127.0.0.1", allow_loopback=True)
    assert why_refused("10.0.0.1", allow_loopback=True)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("file:///etc/passwd", "file is not fetched"),
        ("ftp://example.org/a", "ftp is not fetched"),
        ("gopher://example.org/", "gopher is not fetched"),
        ("javascript://example.org/", "javascript is not fetched"),
        ("//example.org/", "without a scheme"),
        ("http://ada@example.org/", "user name"),
        ("http://ada:secret@example.org/", "user name"),
        ("http://@example.org/", "user name"),
        ("http://example.org:8080/", "port 8080"),
        ("http://example.org:22/", "port 22"),
        ("http://example.org:0/", "port 0"),
        ("http://example.org:99999/", "not a web address"),
        ("http:///path", "not a web address"),
        ("http://[::1/", "not a web address"),
        ("http://exa mple.org/", "not a web address"),
        ("http://example.org/\r\nHost: inside", "not a web address"),
        ("http://example.org/" + "a" * 3000, "not a web address"),
    ],
)
def test_only_plain_web_addresses_are_fetched(url: str, expected: str) -> None:
    """Other schemes, user names, other ports and what only looks like a URL are refused in one line."""
    with pytest.raises(FetchError, match=expected) as caught:
        Network().check_url(url)
    assert "\n" not in str(caught.value)


def test_other_ports_can_be_asked_for() -> None:
    """With the option a port is a port."""
    assert Network(any_port=True).check_url("http://example.org:8080/").port == 8080
    assert Network().check_url("https://example.org:443/").port == 443


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "::1", "::ffff:127.0.0.1"]
)
def test_every_spelling_of_this_machine_is_refused(host: str) -> None:
    """What the system's resolver makes of a spelling is what is checked."""
    with Deadline(PATIENCE) as deadline, pytest.raises(FetchError, match="only public addresses"):
        Network().addresses(host, 80, deadline)


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["93.184.216.34", "::ffff:10.0.0.1"], ["93.184.216.34", "fe80::1%eth0"]],
)
def test_one_bad_address_among_good_ones_is_enough(addresses: list[str]) -> None:
    """A name with any address that is not public is refused."""
    with Deadline(PATIENCE) as deadline, pytest.raises(FetchError, match="only public addresses"):
        Network(resolve=Names({"mixed.example": [addresses]})).addresses("mixed.example", 80, deadline)


def test_a_name_without_addresses_is_refused() -> None:
    """No address, no connection."""
    with Deadline(PATIENCE) as deadline, pytest.raises(FetchError, match="has no address"):
        Network(resolve=Names({"empty.example": [[]]})).addresses("empty.example", 80, deadline)
