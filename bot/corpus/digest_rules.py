"""What each digest and each translation has to be by itself: `corpus/README.md` says it in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from bot.corpus.faults import Fault
from bot.strings import LANGUAGES
from bot.topics import LONGEST
from ingest.language import detect
from ingest.load.dates import parse_date
from ingest.load.front_matter import split_front_matter, stated_metadata
from ingest.values import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bot.corpus.digest import Digest
    from bot.corpus.whole import Corpus

LICENCE = "CC-BY-4.0"
WORDS = range(400, 901)
"""Words of an English digest."""
SENTENCES = range(1, 7)
"""Sentences of a section."""
SHARED = ("person", "person_role", "interviewer", "publication", "url", "published", "topics")
"""What a translation's front matter states as its original's does."""
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_TRACKING = re.compile(r"utm_\w+|mc_[ce]id|[a-z]{0,2}clid|igshid|si|ref|ref_src|source|feature|trk|_hs\w+", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+|\bwww\.\S+|\]\(")
_PRONOUNS = re.compile(r"\b(?:I|I'm|my|we|our|me|us)\b")
_ASKS = ("?", "？")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the rules are measured against."""

    corpus: Corpus
    today: date


def digest_faults(digest: Digest, rules: Rules) -> Iterator[Fault]:
    """Yield what is wrong with one digest, a translation or not."""
    for key, text in (*_fact_faults(digest, rules), *_ingestion_faults(digest)):
        yield Fault(path=digest.path, line=digest.line_of(key), text=text)
    found = detect(digest.text, among=LANGUAGES)
    if found != digest.front.language:
        text = f"the text reads like {found}, the front matter says {digest.front.language}"
        yield Fault(path=digest.path, line=digest.line_of("language"), text=text)
    yield from _text_faults(digest)
    if digest.front.translation_of is not None:
        yield from _translation_faults(digest, rules.corpus)


def link_fault(url: str) -> str | None:
    """Return what is wrong with an address; None for one that is well formed, encrypted and tells nobody who follows it."""
    try:
        parts = urlsplit(url)
        has_port = parts.port is not None
    except ValueError as error:
        return f"{url} is no address: {error}"
    if parts.scheme != "https":
        return f"{url} does not start with https://"
    if not _HOST.fullmatch(parts.hostname or "") or has_port or parts.username or re.search(r"\s", url):
        return f"{url} is not a well-formed public address"
    tracking = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True) if _TRACKING.fullmatch(name)]
    return f"{url} carries what only tracks readers: {', '.join(tracking)}" if tracking else None


def _fact_faults(digest: Digest, rules: Rules) -> Iterator[tuple[str, str]]:
    """Yield a key of the front matter and what is wrong with it."""
    front = digest.front
    if front.id != digest.path.stem or not _ID.fullmatch(front.id):
        yield "id", f"the id {front.id} does not name its file, or holds more than small letters, digits and hyphens"
    if front.kind != Kind.DIGEST:
        yield "kind", f"the kind is {front.kind}, not digest"
    if front.person_role not in {Role.INTERVIEWEE, Role.AUTHOR}:
        yield "person_role", f"{front.person_role} is neither interviewee nor author"
    if bool(front.interviewer) != (front.person_role == Role.INTERVIEWEE):
        yield "interviewer", "an interviewee has an interviewer, an author has none"
    if wrong := link_fault(front.url):
        yield "url", wrong
    if front.licence != LICENCE:
        yield "licence", f"the licence is {front.licence}, not {LICENCE}"
    yield from _topic_faults(digest, rules)
    if front.published is not None and front.published > front.retrieved:
        yield "published", f"published {front.published}, after it was read on {front.retrieved}"
    if front.retrieved > rules.today:
        yield "retrieved", f"{front.retrieved} is still to come"


def _topic_faults(digest: Digest, rules: Rules) -> Iterator[tuple[str, str]]:
    topics = digest.front.topics
    if not topics:
        yield "topics", "no topic is named"
    for topic in dict.fromkeys(topics):
        if topic not in rules.corpus.topics:
            yield "topics", f"the topic {topic} is not in topics.toml"
        if topics.count(topic) > 1:
            yield "topics", f"the topic {topic} is named twice"


def _ingestion_faults(digest: Digest) -> Iterator[tuple[str, str]]:
    """Yield what ingestion would make something else of than the front matter means."""
    front = digest.front
    metadata = stated_metadata(split_front_matter(digest.path.read_text(encoding="utf-8"))[0])
    people = [person.name for person in metadata.people if person.role == front.person_role]
    for key, understood, stated in (
        ("url", metadata.digest_of, front.url),
        ("published", metadata.published, parse_date(front.published)),
        ("language", metadata.language, front.language),
        ("translation_of", metadata.translation_of, front.translation_of),
        ("person", people, [front.person]),
    ):
        if understood != stated:
            yield key, f"ingestion reads {key} as {understood}"


def _text_faults(digest: Digest) -> Iterator[Fault]:
    for section in digest.sections:
        heading = section.heading
        if not heading.text.endswith(_ASKS) or len(heading.text) > LONGEST:
            text = f"a heading is a question of at most {LONGEST} characters"
            yield Fault(path=digest.path, line=heading.number, text=text)
        if len(section.sentences) not in SENTENCES:
            text = f"{len(section.sentences)} sentences; a section has {SENTENCES[0]} to {SENTENCES[-1]}"
            yield Fault(path=digest.path, line=heading.number, text=text)
        for sentence in section.sentences:
            for text in _sentence_faults(sentence.text, digest):
                yield Fault(path=digest.path, line=sentence.number, text=f"{text}: {sentence.text[:60]}")
    words = sum(len(section.text.split()) for section in digest.sections)
    if digest.front.language == "en" and words not in WORDS:
        yield Fault(path=digest.path, line=1, text=f"{words} words; a digest has {WORDS[0]} to {WORDS[-1]}")


def _sentence_faults(sentence: str, digest: Digest) -> Iterator[str]:
    if sentence.endswith(_ASKS):
        yield "a question cannot be cited"
    if not any(name in sentence for name in digest.front.person.split()):
        yield f"does not name {digest.front.person}, and is cited by itself"
    if digest.front.language == "en" and _PRONOUNS.search(sentence):
        yield "speaks in the first person"
    if _LINK.search(sentence):
        yield "links belong in the front matter"


def _translation_faults(digest: Digest, corpus: Corpus) -> Iterator[Fault]:
    original = corpus.find(str(digest.front.translation_of))
    if original is None or original.front.translation_of is not None or original.front.language == digest.front.language:
        text = f"{digest.front.translation_of} is no original in another language"
        yield Fault(path=digest.path, line=digest.line_of("translation_of"), text=text)
        return
    for key in SHARED:
        if getattr(digest.front, key) != getattr(original.front, key):
            yield Fault(path=digest.path, line=digest.line_of(key), text=f"{key} differs from {original.path.name}")
    yield from _step_faults(digest, original)


def _step_faults(digest: Digest, original: Digest) -> Iterator[Fault]:
    """Yield where a translation is out of step: another number of sections or sentences, or a number that got lost."""
    ours, theirs = len(digest.sections), len(original.sections)
    if ours != theirs:
        yield Fault(path=digest.path, line=1, text=f"{ours} sections; {original.path.name} has {theirs}")
        return
    for section, origin in zip(digest.sections, original.sections, strict=True):
        place = section.heading.number
        if len(section.sentences) != len(origin.sentences):
            counts = (
                f"{len(section.sentences)} sentences; {original.path.name}:{origin.heading.number} has {len(origin.sentences)}"
            )
            yield Fault(path=digest.path, line=place, text=counts)
        for number in sorted(set(_NUMBER.findall(origin.text)) - set(_NUMBER.findall(section.text))):
            yield Fault(path=digest.path, line=place, text=f"the number {number} is lost from {original.path.name}")
