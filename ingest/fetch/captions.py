"""The captions of a YouTube video, as WebVTT with their times."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ingest.errors import FetchError
from ingest.fetch.document import Facts, Fetched
from ingest.fetch.robots import Robots
from ingest.load.dates import parse_date
from ingest.registry import normalise_url

if TYPE_CHECKING:
    from datetime import date

    from youtube_transcript_api import FetchedTranscript, Transcript, TranscriptList

    from ingest.fetch.session import Session

_YOUTUBE: Final = "youtube:"
_VIDEO_ID: Final = re.compile(r"[\w-]{11}")
_DATE: Final = re.compile(r"<meta[^>]+itemprop=\"(?:datePublished|uploadDate)\"[^>]+content=\"([^\"]+)\"", re.IGNORECASE)
_TITLE: Final = re.compile(r"<meta[^>]+property=\"og:title\"[^>]+content=\"([^\"]+)\"", re.IGNORECASE)


def video_id(url: str) -> str | None:
    """Return the id of the YouTube video that `url` shows, whatever the form of the URL; None for any other address."""
    found = normalise_url(url)
    name = found.removeprefix(_YOUTUBE)
    return name if found != name and _VIDEO_ID.fullmatch(name) else None


def fetch_captions(url: str, session: Session, *, language: str | None = None) -> Fetched:
    """Return the captions of the video at `url`: in the language spoken, if known, and rather written than automatic.

    robots.txt is asked for the page of the video, which is what was asked for; the requests that follow are those that its
    player makes.

    Raises:
        FetchError: no such video, no captions, none in the language, or YouTube does not let us in.
    """
    import requests  # noqa: PLC0415
    from youtube_transcript_api import YouTubeTranscriptApi, YouTubeTranscriptApiException  # noqa: PLC0415

    video = video_id(url)
    if video is None:
        raise FetchError("it is no YouTube video; check the address")
    page = f"https://www.youtube.com/watch?v={video}"
    Robots(session).check(page)
    try:
        tracks = YouTubeTranscriptApi(http_client=session).list(video)
        track = _chosen(tracks, language)
        spoken = track.fetch()
        head = session.get(page).text
    except YouTubeTranscriptApiException as error:
        raise FetchError(_reason(error)) from error
    except (requests.RequestException, OSError) as error:
        raise session.explained(error) from error
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError) as error:  # the library trusts YouTube's answers
        raise FetchError("YouTube answered something unexpected; try again later, or add the captions as a file") from error
    return Fetched(
        url=page,
        suffix=".vtt",
        body=as_webvtt(spoken).encode(),
        facts=Facts(title=_title(head), published=_published(head), language=track.language_code.partition("-")[0]),
        remarks=("captions: automatic" if track.is_generated else "captions: written by people",),
    )


@dataclass(frozen=True, slots=True)
class _Cue:
    start: float
    end: float
    text: str


def as_webvtt(spoken: FetchedTranscript) -> str:
    """Return captions as a WebVTT file whose cues do not overlap."""
    starts = [*(snippet.start for snippet in spoken), float("inf")]
    cues = [
        _Cue(
            snippet.start, min(snippet.start + snippet.duration, max(snippet.start, following)), " ".join(snippet.text.split())
        )
        for snippet, following in zip(spoken, starts[1:], strict=True)
    ]
    written = "\n\n".join(
        f"{_clock(cue.start)} --> {_clock(cue.end)}\n{html.escape(cue.text, quote=False)}" for cue in cues if cue.text
    )
    return f"WEBVTT\n\n{written}\n"


def _clock(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{thousandths:03d}"


def _chosen(tracks: TranscriptList, language: str | None) -> Transcript:
    """Return the captions to take. Written ones in another language than the one spoken would be a translation."""
    every = list(tracks)
    heard = [track.language_code for track in every if track.is_generated]
    wanted = [language] if language else heard
    for code in wanted:
        same = [track for track in every if _same_language(track.language_code, code)]
        if same:
            return min(same, key=lambda track: track.is_generated)
    if language:
        known = ", ".join(sorted({track.language_code for track in every}))
        raise FetchError(f"it has no captions in {language!r}; it has {known}")
    return min(every, key=lambda track: (track.is_generated, not _same_language(track.language_code, "en")))


def _same_language(code: str, other: str) -> bool:
    return code.lower().partition("-")[0] == other.lower().partition("-")[0]


def _title(page: str) -> str | None:
    found = _TITLE.search(page)
    return html.unescape(found[1]).strip() or None if found else None


def _published(page: str) -> date | None:
    found = _DATE.search(page)
    return parse_date(found[1]) if found else None


def _reason(error: Exception) -> str:
    """Return one line for what the library explains in many."""
    from youtube_transcript_api import (  # noqa: PLC0415
        AgeRestricted,
        IpBlocked,
        NoTranscriptFound,
        PoTokenRequired,
        RequestBlocked,
        TranscriptsDisabled,
        VideoUnavailable,
    )

    if isinstance(error, TranscriptsDisabled | NoTranscriptFound):
        return "the video has no captions; transcribe it and add the file with --url"
    if isinstance(error, IpBlocked | RequestBlocked | PoTokenRequired):
        return "YouTube does not let programs at this address read captions; save them in a browser and add the file with --url"
    if isinstance(error, AgeRestricted):
        return "the video asks for a login; save its captions in a browser and add the file with --url"
    if isinstance(error, VideoUnavailable):
        return "there is no such video any more; check the address"
    return f"YouTube did not hand its captions out ({type(error).__name__}); save them in a browser and add the file with --url"
