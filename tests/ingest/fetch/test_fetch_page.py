"""Fetching pages from real servers on loopback, through names and addresses that look public."""

from __future__ import annotations

import gzip
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from patience import PATIENCE
from web_sites import PAGE, Answer, Dialler, Names, Site, made_certificate, network, site

from ingest.errors import FetchError
from ingest.fetch.network import Network
from ingest.fetch.page import clean_url, fetch_page
from ingest.fetch.session import FetchLimits, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from ingest.fetch.document import Fetched

pytestmark = pytest.mark.services  # real servers and the system's own resolver, on loopback

PUBLIC = "93.184.216.34"
LIMITS = FetchLimits(seconds=PATIENCE, received_bytes=200_000, decoded_bytes=400_000, redirects=3)


@pytest.fixture
def answers() -> dict[str, Answer]:
    """Return what the server says: one page, and no robots.txt."""
    return {"/ada": Answer(PAGE.encode())}


@pytest.fixture
def server(answers: dict[str, Answer]) -> Iterator[Site]:
    """Yield a server."""
    with site(answers) as running:
        yield running


def fetched(server: Site, path: str = "/ada", *, names: Names | None = None, limits: FetchLimits = LIMITS) -> Fetched:
    """Fetch a page of the server under the name example.org."""
    known = names or Names({"example.org": [[PUBLIC]]})
    with Session(network(known, Dialler({80: server.port})), limits=limits) as session:
        return fetch_page(f"http://example.org{path}", session)


def refusal(server: Site, path: str = "/ada", **options: Any) -> str:
    """Return why a page is not fetched."""
    with pytest.raises(FetchError) as caught:
        fetched(server, path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_page_comes_as_it_is(server: Site) -> None:
    """The bytes are kept, robots.txt was asked for first, and the server was told the name and who we are."""
    document = fetched(server, "/ada?utm_source=x&part=2#top")
    assert (document.body, document.suffix) == (PAGE.encode(), ".html")
    assert document.url == "http://example.org/ada?part=2"
    assert server.asked == [("example.org", "/robots.txt"), ("example.org", "/ada?utm_source=x&part=2")]
    assert server.headers[0]["User-Agent"].startswith("careerbot/")


def test_only_the_checked_address_is_connected_to(server: Site) -> None:
    """The connection goes to the address that was checked; the name is not resolved again on the way."""
    names, dialler = Names({"example.org": [[PUBLIC, "1.1.1.1"]]}), Dialler({80: server.port})
    with Session(network(names, dialler), limits=LIMITS) as session:
        fetch_page("http://example.org/ada", session)
    assert set(dialler.dialled) == {(PUBLIC, 80)}
    assert len(names.asked) == len(dialler.dialled)


def test_an_address_that_does_not_answer_gives_way_to_the_next(server: Site) -> None:
    """Of several addresses the next one is tried."""
    dialler = Dialler({80: server.port})

    def dial(address: str, port: int, seconds: float) -> Any:
        if address == PUBLIC:
            raise ConnectionRefusedError
        return dialler(address, port, seconds)

    with Session(Network(resolve=Names({"example.org": [[PUBLIC, "1.1.1.1"]]}), dial=dial), limits=LIMITS) as session:
        assert fetch_page("http://example.org/ada", session).body
    assert {address for address, _ in dialler.dialled} == {"1.1.1.1"}


def test_a_name_that_changes_its_mind_is_refused(server: Site, answers: dict[str, Answer]) -> None:
    """DNS rebinding: public for robots.txt, this machine for the page."""
    answers["/robots.txt"] = Answer(b"", 404, {"Connection": "close"})
    names = Names({"example.org": [[PUBLIC], ["127.0.0.1"]]})
    assert "this machine" in refusal(server, names=names)
    assert [path for _, path in server.asked] == ["/robots.txt"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("http://127.0.0.1/", "this machine"),
        ("http://[::1]/", "this machine"),
        ("http://[::ffff:10.0.0.1]/", "clothes of IPv6"),
        ("http://169.254.169.254/latest/meta-data/", "link-local"),
        ("http://inside.example/", "private"),
        ("//inside.example/a", "private"),
        ("file:///etc/passwd", "file is not fetched"),
        ("http://ada@example.org/", "user name"),
        ("http://example.org:8080/", "port 8080"),
    ],
)
def test_every_redirect_is_checked(server: Site, answers: dict[str, Answer], target: str, expected: str) -> None:
    """A public page that leads to a forbidden place is refused there."""
    answers["/away"] = Answer(b"", 302, {"Location": target})
    literal = {"127.0.0.1": [["127.0.0.1"]], "::1": [["::1"]], "169.254.169.254": [["169.254.169.254"]]}
    table = {"example.org": [[PUBLIC]], "inside.example": [["10.0.0.7"]], "::ffff:10.0.0.1": [["::ffff:10.0.0.1"]], **literal}
    assert expected in refusal(server, "/away", names=Names(table))
    assert {path for _, path in server.asked} == {"/robots.txt", "/away"}


def test_redirects_are_followed_to_a_limit(server: Site, answers: dict[str, Answer]) -> None:
    """A page that moved is found and known by its new address; one that moves for ever is given up."""
    answers["/old"] = Answer(b"", 301, {"Location": "/ada"})
    answers["/loop"] = Answer(b"", 302, {"Location": "/loop"})
    assert fetched(server, "/old").url == "http://example.org/ada"
    assert "redirects more than 3 times" in refusal(server, "/loop")


@pytest.mark.parametrize(
    ("robots", "refused"),
    [
        (Answer(b"User-agent: *\nDisallow: /\n", headers={"Content-Type": "text/plain"}), "asks programs not to fetch it"),
        (Answer(b"User-agent: careerbot\nDisallow: /ada\n", headers={"Content-Type": "text/plain"}), "asks programs not to"),
        (Answer(b"User-agent: *\nDisallow: /*da$\n", headers={"Content-Type": "text/plain"}), "asks programs not to"),
        (Answer(b"User-agent: other\nDisallow: /\n", headers={"Content-Type": "text/plain"}), None),
        (Answer(b"User-agent: *\nDisallow: /\nAllow: /ada\n", headers={"Content-Type": "text/plain"}), None),
        (Answer(b"", 404), None),
        (Answer(b"", 403), None),
        (Answer(b"", 500), "cannot be read (500)"),
        (Answer(b"", 503), "cannot be read (503)"),
    ],
)
def test_robots_txt_is_respected(server: Site, answers: dict[str, Answer], robots: Answer, refused: str | None) -> None:
    """RFC 9309: its rules bind us, its absence allows, its failure forbids."""
    answers["/robots.txt"] = robots
    if refused is None:
        assert fetched(server).body
    else:
        assert refused in refusal(server)
        assert "/ada" not in [path for _, path in server.asked]


def test_the_robots_txt_of_the_other_site_counts_too(server: Site, answers: dict[str, Answer]) -> None:
    """A redirect to another site is asked of that site."""
    answers["/away"] = Answer(b"", 302, {"Location": "http://other.example/ada"})
    names = Names({"example.org": [[PUBLIC]], "other.example": [["1.1.1.1"]]})
    fetched(server, "/away", names=names)
    assert ("other.example", "/robots.txt") in server.asked


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Send chunks for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(1000):
        handler.wfile.write(b"2710\r\n" + b"a" * 10_000 + b"\r\n")


DRIPS = 20 * int(PATIENCE)
"""Bytes, one each twentieth of a second, that take longer than anybody waits."""


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """Send a body a byte at a time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n")
    for _ in range(DRIPS):
        handler.wfile.write(b"a")
        time.sleep(0.05)


def dripping_head(handler: BaseHTTPRequestHandler) -> None:
    """Send headers a byte at a time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(DRIPS):
        handler.wfile.write(b"a")
        time.sleep(0.05)


def silent(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing until the other side leaves."""
    handler.connection.settimeout(PATIENCE)
    try:
        handler.connection.recv(1)
    except TimeoutError:
        return
    raise ConnectionResetError


@pytest.mark.parametrize("act", [dripping, dripping_head, silent])
def test_time_runs_out_whatever_the_server_does(
    server: Site, answers: dict[str, Answer], act: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    """One deadline covers silence and bytes that drip in: we leave long before the server would come to an end."""
    answers["/ada"] = Answer(act=act)
    assert "longer than 0.6 s" in refusal(server, limits=FetchLimits(seconds=0.6))
    assert server.finished == []


def test_time_runs_out_for_names_too() -> None:
    """A resolver that hangs is left behind."""
    left = threading.Event()

    def resolve(name: str, port: int) -> list[str]:
        del name, port
        left.wait(PATIENCE)
        return []

    with (
        Session(Network(resolve=resolve), limits=FetchLimits(seconds=0.2)) as session,
        pytest.raises(FetchError, match=r"0\.2 s"),
    ):
        fetch_page("http://slow.example/", session)
    left.set()


def test_size_is_limited_before_and_after_decompression(server: Site, answers: dict[str, Answer]) -> None:
    """A stated length, an endless stream and a bomb are each stopped at the limit."""
    html = {"Content-Type": "text/html"}
    answers["/long"] = Answer(b"a" * 300_000)
    answers["/endless"] = Answer(act=endless)
    answers["/bomb"] = Answer(gzip.compress(b"a" * 50_000_000), headers=html | {"Content-Encoding": "gzip"})
    answers["/twice"] = Answer(
        gzip.compress(gzip.compress(b"a" * 50_000_000)), headers=html | {"Content-Encoding": "gzip, gzip"}
    )
    for path in ("/long", "/endless", "/bomb", "/twice"):
        assert "larger than" in refusal(server, path), path


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(b"x", headers={"Content-Type": "video/mp4"}), "of the type video/mp4"),
        (Answer(b"PK", headers={"Content-Type": "application/zip"}), "of the type application/zip"),
        (Answer(b" \n"), "it is empty"),
        (Answer(b"no", 401), "does not let us in (401)"),
        (Answer(b"no", 403), "does not let us in (403)"),
        (Answer(b"no", 404), "no such page (404)"),
        (Answer(b"no", 429), "is busy or keeps programs out (429)"),
        (Answer(b"no", 500), "answered 500"),
        (Answer(b"not gzip", headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}), "the connection broke off"),
    ],
)
def test_what_is_no_page_is_refused_in_one_line(
    server: Site, answers: dict[str, Answer], answer: Answer, expected: str
) -> None:
    """Wrong types, empty pages, closed doors and broken answers each say what they are."""
    answers["/ada"] = answer
    assert expected in refusal(server)


@pytest.mark.parametrize(
    ("content", "headers", "suffix"),
    [
        (b"%PDF-1.7 x", {"Content-Type": "application/pdf"}, ".pdf"),
        (b"%PDF-1.7 x", {}, ".pdf"),
        (b"<html><body>x</body></html>", {}, ".html"),
        (b"plain words", {"Content-Type": "text/plain"}, ".txt"),
        (b"WEBVTT\n\n", {"Content-Type": "text/vtt"}, ".vtt"),
    ],
)
def test_the_kind_is_what_the_server_states_or_what_it_looks_like(
    server: Site, answers: dict[str, Answer], content: bytes, headers: dict[str, str], suffix: str
) -> None:
    """The content type decides; where there is none, the first bytes do."""
    answers["/ada"] = Answer(content, headers=headers)
    assert fetched(server).suffix == suffix


def test_other_charsets_become_utf_8(server: Site, answers: dict[str, Answer]) -> None:
    """A page in Shift JIS is kept as UTF-8, and its card will say so."""
    text = "<html><body>小さなロボットを作っています。</body></html>"
    answers["/ada"] = Answer(text.encode("shift_jis"), headers={"Content-Type": "text/html; charset=Shift_JIS"})
    document = fetched(server)
    assert document.body.decode() == text
    assert document.remarks == ("was stored as shift_jis, kept as UTF-8",)


def test_proxies_and_passwords_of_the_environment_are_not_used(
    server: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither HTTP_PROXY nor ~/.netrc has a say."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    (tmp_path / "netrc").write_text("machine example.org login ada password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert fetched(server).body
    assert all("Authorization" not in headers for headers in server.headers)


def test_a_proxy_that_is_asked_for_is_used_and_does_not_open_the_inside(server: Site) -> None:
    """Through a proxy the page comes; a name that leads inside is still refused."""
    names = Names({"inside.example": [["10.0.0.7"]]})
    proxies = {"http": f"http://127.0.0.1:{server.port}"}
    server.answers["http://example.org/ada"] = server.answers["/ada"]
    with Session(Network(resolve=names, proxies=proxies), limits=LIMITS) as session:
        assert fetch_page("http://example.org/ada", session).body == PAGE.encode()
        with pytest.raises(FetchError, match="private"):
            fetch_page("http://inside.example/", session)


def test_the_certificate_is_checked_against_the_name(tmp_path: Path, answers: dict[str, Answer]) -> None:
    """TLS to the pinned address verifies the name of the URL: the right one is served, another one is not."""
    certificate = made_certificate(tmp_path, "example.org")
    names = Names({"example.org": [[PUBLIC]], "other.example": [[PUBLIC]]})
    with site(answers, certificate=certificate) as server:
        rules = network(names, Dialler({443: server.port}))
        with Session(rules, limits=LIMITS, authorities=str(certificate)) as session:
            assert fetch_page("https://example.org/ada", session).url == "https://example.org/ada"
            with pytest.raises(FetchError, match="certificate is not valid"):
                fetch_page("https://other.example/ada", session)
        with Session(rules, limits=LIMITS) as session, pytest.raises(FetchError, match="certificate is not valid"):
            fetch_page("https://example.org/ada", session)


def test_a_page_does_not_lead_from_https_to_http(tmp_path: Path, answers: dict[str, Answer]) -> None:
    """A downgrade is refused."""
    certificate = made_certificate(tmp_path, "example.org")
    answers["/down"] = Answer(b"", 302, {"Location": "http://example.org/ada"})
    with site(answers, certificate=certificate) as server:
        rules = network(Names({"example.org": [[PUBLIC]]}), Dialler({443: server.port}))
        with Session(rules, limits=LIMITS, authorities=str(certificate)) as session, pytest.raises(FetchError, match="to http"):
            fetch_page("https://example.org/down", session)


def test_loopback_opens_by_the_constructor_alone(server: Site) -> None:
    """Tests may allow this machine; nothing else does."""
    rules = Network(allow_loopback=True, any_port=True)
    with Session(rules, limits=LIMITS) as session:
        assert fetch_page(f"http://127.0.0.1:{server.port}/ada", session).body == PAGE.encode()
    with Session(Network(any_port=True), limits=LIMITS) as session, pytest.raises(FetchError, match="this machine"):
        fetch_page(f"http://127.0.0.1:{server.port}/ada", session)


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("HTTP://Example.org/A?b=1#c", "http://example.org/A?b=1"),
        ("https://example.org?utm_source=x", "https://example.org/"),
        ("https://example.org/a?q=a%20b&gclid=1", "https://example.org/a?q=a+b"),
    ],
)
def test_what_is_cited_is_the_address_without_trackers(url: str, clean: str) -> None:
    """Fragments and trackers go, what names the page stays."""
    assert clean_url(url) == clean
