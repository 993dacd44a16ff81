"""The captions of a video, through the real library, from a server that answers as YouTube does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from patience import PATIENCE
from web_sites import Answer, Dialler, Names, Site, made_certificate, network, site
from youtube_transcript_api import FetchedTranscript, FetchedTranscriptSnippet

from ingest.errors import FetchError
from ingest.fetch.captions import as_webvtt, fetch_captions, video_id
from ingest.fetch.session import FetchLimits, Session
from ingest.load.captions import read_captions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.fetch.document import Fetched

pytestmark = pytest.mark.services  # real servers and the system's own resolver, on loopback

VIDEO = "https://youtu.be/aBcDeFgHiJk?t=12"
WATCH = """<html><head><meta property="og:title" content="Ada Quill &amp; the robots">
<meta itemprop="datePublished" content="2021-05-06T07:00:00-07:00"></head><script>"INNERTUBE_API_KEY": "key"</script></html>"""
WORDS = (
    '<?xml version="1.0" encoding="utf-8"?><transcript><text start="0.5" dur="3">I took a radio apart.</text>'
    '<text start="2.25" dur="2">Then I &amp;amp; Bo mended it.</text></transcript>'
)
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate for the name of the real site."""
    return made_certificate(tmp_path_factory.mktemp("tls"), "www.youtube.com")


@pytest.fixture
def server(certificate: Path) -> Iterator[Site]:
    """Yield a stand-in for YouTube with one video."""
    answers = {
        "/watch": Answer(WATCH.encode()),
        "/youtubei/v1/player": Answer(player(("en", "asr"), ("en", None), ("de", None)), headers=JSON),
        "/words": Answer(WORDS.encode(), headers={"Content-Type": "text/xml; charset=UTF-8"}),
    }
    with site(answers, certificate=certificate) as running:
        yield running


def player(*tracks: tuple[str, str | None]) -> bytes:
    """Return what YouTube says of a video with these captions: language, and `asr` for automatic ones."""
    listed: list[dict[str, Any]] = [
        {
            "baseUrl": f"https://www.youtube.com/words?lang={code}&kind={kind or 'written'}",
            "languageCode": code,
            "name": {"runs": [{"text": code}]},
        }
        | ({"kind": kind} if kind else {})
        for code, kind in tracks
    ]
    captions = {"playerCaptionsTracklistRenderer": {"captionTracks": listed}}
    return json.dumps({"playabilityStatus": {"status": "OK"}, "captions": captions}).encode()


def captions(server: Site, certificate: Path, *, language: str | None = None, address: str = "93.184.216.34") -> Fetched:
    """Fetch the captions of the video from the stand-in."""
    rules = network(Names({"www.youtube.com": [[address]]}), Dialler({443: server.port}))
    with Session(rules, limits=FetchLimits(seconds=PATIENCE), authorities=str(certificate)) as session:
        return fetch_captions(VIDEO, session, language=language)


def test_captions_come_with_their_times(server: Site, certificate: Path) -> None:
    """Title, date, language and the second of each sentence are there; the words are as they were written."""
    found = captions(server, certificate)
    assert (found.url, found.suffix) == ("https://www.youtube.com/watch?v=aBcDeFgHiJk", ".vtt")
    assert (found.facts.title, str(found.facts.published), found.facts.language) == (
        "Ada Quill & the robots",
        "2021-05-06",
        "en",
    )
    blocks = read_captions(found.body.decode()).blocks
    assert [(block.second, block.text) for block in blocks] == [
        (0.5, "I took a radio apart."),
        (2.25, "Then I & Bo mended it."),
    ]
    assert found.remarks == ("captions: written by people",)
    assert server.asked[0] == ("www.youtube.com", "/robots.txt")


@pytest.mark.parametrize(
    ("tracks", "language", "taken"),
    [
        ([("en", "asr"), ("en", None), ("de", None)], None, "lang=en&kind=written"),
        ([("de", None), ("en", "asr")], None, "lang=en&kind=asr"),
        ([("de", None), ("en-GB", None), ("fr", None)], None, "lang=en-GB&kind=written"),
        ([("en", "asr"), ("de", None)], "de", "lang=de&kind=written"),
        ([("pt-BR", None), ("en", "asr")], "pt", "lang=pt-BR&kind=written"),
        ([("ja", "asr")], None, "lang=ja&kind=asr"),
    ],
)
def test_the_spoken_language_goes_first_and_written_captions_before_automatic_ones(
    server: Site, certificate: Path, tracks: list[tuple[str, str | None]], language: str | None, taken: str
) -> None:
    """What was written in another language than the one spoken is a translation, and taken only when asked for."""
    server.answers["/youtubei/v1/player"].body = player(*tracks)
    captions(server, certificate, language=language)
    assert f"/words?{taken}" in [path for _, path in server.asked]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (json.dumps({"playabilityStatus": {"status": "OK"}}).encode(), "has no captions"),
        (
            json.dumps({"playabilityStatus": {"status": "ERROR", "reason": "This video is unavailable"}}).encode(),
            "no such video",
        ),
        (json.dumps({"playabilityStatus": {"status": "LOGIN_REQUIRED", "reason": "Sign in"}}).encode(), "did not hand"),
        (b"[]", "something unexpected"),
        (b"not json", "connection broke off|something unexpected"),
    ],
)
def test_what_youtube_refuses_is_said_in_one_line(server: Site, certificate: Path, body: bytes, expected: str) -> None:
    """The library's pages of advice become one line."""
    server.answers["/youtubei/v1/player"].body = body
    with pytest.raises(FetchError, match=expected) as caught:
        captions(server, certificate)
    assert "\n" not in str(caught.value)


def test_a_language_without_captions_names_those_there_are(server: Site, certificate: Path) -> None:
    """Asking for a language that is not there tells which are."""
    with pytest.raises(FetchError, match="no captions in 'fr'; it has de, en"):
        captions(server, certificate, language="fr")


def test_the_librarys_requests_go_through_the_same_rules(server: Site, certificate: Path) -> None:
    """A caption address that leads inside is refused, although the library asks for it and not we."""
    inside = player(("en", None)).replace(b"www.youtube.com/words", b"inside.example/words")
    server.answers["/youtubei/v1/player"].body = inside
    names = Names({"www.youtube.com": [["93.184.216.34"]], "inside.example": [["169.254.169.254"]]})
    rules = network(names, Dialler({443: server.port}))
    with (
        Session(rules, limits=FetchLimits(seconds=PATIENCE), authorities=str(certificate)) as session,
        pytest.raises(FetchError, match="link-local"),
    ):
        fetch_captions(VIDEO, session)


def test_captions_of_an_inside_address_are_refused(server: Site, certificate: Path) -> None:
    """The name of the real site gains nothing by leading inside."""
    with pytest.raises(FetchError, match="private"):
        captions(server, certificate, address="192.168.0.1")


@pytest.mark.parametrize(
    ("url", "video"),
    [
        ("https://www.youtube.com/watch?v=aBcDeFgHiJk&t=3", "aBcDeFgHiJk"),
        ("https://youtu.be/aBcDeFgHiJk", "aBcDeFgHiJk"),
        ("https://m.youtube.com/watch?v=aBcDeFgHiJk", "aBcDeFgHiJk"),
        ("https://www.youtube.com/shorts/aBcDeFgHiJk", "aBcDeFgHiJk"),
        ("https://www.youtube.com/@channel", None),
        ("https://youtu.be/../etc", None),
        ("https://example.org/watch?v=aBcDeFgHiJk", None),
    ],
)
def test_a_video_is_known_by_its_address(url: str, video: str | None) -> None:
    """All forms of a video's URL give its id; nothing else does."""
    assert video_id(url) == video


def test_cues_do_not_overlap_and_go_on_for_hours() -> None:
    """A caption ends where the next begins, as WebVTT readers expect, and an empty one is left out."""
    said = [("one", 3599.0, 5.0), ("  ", 3600.0, 1.0), ("two --> & <three>", 3601.5, 2.0)]
    snippets = [FetchedTranscriptSnippet(text=text, start=start, duration=length) for text, start, length in said]
    spoken = FetchedTranscript(
        snippets=snippets, video_id="aBcDeFgHiJk", language="English", language_code="en", is_generated=True
    )
    written = as_webvtt(spoken)
    assert "00:59:59.000 --> 01:00:00.000\none\n" in written
    assert [(block.second, block.text) for block in read_captions(written).blocks] == [
        (3599.0, "one"),
        (3601.5, "two --> & <three>"),
    ]
