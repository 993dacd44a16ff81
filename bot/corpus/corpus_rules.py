"""What the corpus has to be as a whole: size, topics, the register of originals, questions, provenance."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.corpus.digest_rules import link_fault
from bot.corpus.faults import Fault, line_with
from bot.corpus.questions import FILE as QUESTIONS
from bot.corpus.whole import README, SOURCES, TOPICS
from bot.strings import LANGUAGES
from ingest.language import detect
from ingest.registry import Registry
from ingest.values import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.corpus.digest import Digest
    from bot.corpus.questions import Questions
    from bot.corpus.whole import Corpus

ALWAYS = ("zh", "es")
"""Languages into which translated digests are translated first."""
MORE = ("de", "fr", "pt", "hi", "ja", "ru")
ASKS = range(2, 4)
"""English questions of a digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much there has to be at least."""

    digests: int = 48
    translated: int = 16
    """Digests in Chinese and Spanish."""
    translated_further: int = 6
    """Of those, in `further` more languages."""
    further: int = 3


def corpus_faults(corpus: Corpus, size: Size) -> Iterator[Fault]:
    """Yield what is wrong with the corpus beyond its single digests."""
    yield from _size_faults(corpus, size)
    yield from _id_faults(corpus)
    yield from _topic_faults(corpus)
    yield from _source_faults(corpus)
    yield from _question_faults(corpus)
    yield from _provenance_faults(corpus)


def _size_faults(corpus: Corpus, size: Size) -> Iterator[Fault]:
    languages = [set(corpus.languages(digest.front.id)) for digest in corpus.originals]
    translated = [found for found in languages if found.issuperset(ALWAYS)]
    further = [found for found in translated if len(found.intersection(MORE)) >= size.further]
    for found, wanted, what in (
        (len(languages), size.digests, "digests"),
        (len(translated), size.translated, f"digests translated into {' and '.join(ALWAYS)}"),
        (len(further), size.translated_further, f"of those translated into {size.further} more of {', '.join(MORE)}"),
    ):
        if found < wanted:
            yield Fault(path=corpus.folder, line=1, text=f"{found} {what}; there have to be {wanted}")


def _id_faults(corpus: Corpus) -> Iterator[Fault]:
    ids = Counter(digest.front.id for digest in corpus.digests)
    pairs = Counter((digest.front.translation_of, digest.front.language) for digest in corpus.translations)
    for digest in corpus.digests:
        if ids[digest.front.id] > 1:
            yield Fault(path=digest.path, line=digest.line_of("id"), text=f"the id {digest.front.id} is given twice")
        if pairs[digest.front.translation_of, digest.front.language] > 1:
            text = f"another file translates {digest.front.translation_of} into {digest.front.language}"
            yield Fault(path=digest.path, line=digest.line_of("translation_of"), text=text)


def _topic_faults(corpus: Corpus) -> Iterator[Fault]:
    path = corpus.folder / TOPICS
    used = {topic for digest in corpus.digests for topic in digest.front.topics}
    for topic, names in corpus.topics.items():
        if tuple(names) != LANGUAGES or not all(names.values()):
            yield Fault(path=path, line=line_with(path, f"[{topic}]"), text=f"{topic} needs names in {', '.join(LANGUAGES)}")
        if topic not in used:
            yield Fault(path=path, line=line_with(path, f"[{topic}]"), text=f"no digest names the topic {topic}")


def _source_faults(corpus: Corpus) -> Iterator[Fault]:
    """Yield where the register of originals and the digests disagree."""
    path = corpus.folder / SOURCES
    if not corpus.sources:
        return
    counts = Counter(str(source["id"]) for source in corpus.sources)
    for source in corpus.sources:
        line = line_with(path, f'id = "{source["id"]}"')
        if counts[str(source["id"])] > 1 or corpus.find(str(source["id"])):
            yield Fault(path=path, line=line, text=f"the id {source['id']} is given twice, or is a digest's")
        if "url" in source and (wrong := link_fault(str(source["url"]))):
            yield Fault(path=path, line=line, text=wrong)
    registry = Registry.load(path)
    for digest in corpus.originals:
        for key, text in _register_faults(digest, registry):
            yield Fault(path=digest.path, line=digest.line_of(key), text=text)


def _register_faults(digest: Digest, registry: Registry) -> Iterator[tuple[str, str]]:
    known = registry.find(url=digest.front.url, title=None)
    if known is None:
        yield "url", f"{SOURCES} has no entry with this url"
        return
    if known.published != digest.front.published:
        yield "published", f"{SOURCES} says that {known.id} was published {known.published or 'on an unknown day'}"
    people = {person.name: person for person in known.people}
    if digest.front.person not in people or people[digest.front.person].role != digest.front.person_role:
        yield "person", f"{SOURCES} does not give {digest.front.person} as the {digest.front.person_role} of {known.id}"
    hosts = {person.name for person in known.people if person.role is Role.INTERVIEWER}
    if digest.front.interviewer and not any(host in digest.front.interviewer for host in hosts):
        yield "interviewer", f"{SOURCES} does not give {digest.front.interviewer} as the interviewer of {known.id}"


def _question_faults(corpus: Corpus) -> Iterator[Fault]:
    path = corpus.folder / QUESTIONS
    if not corpus.questions:
        return
    originals = {digest.front.id for digest in corpus.originals}
    for digest in corpus.originals:
        if digest.front.id not in corpus.questions:
            yield Fault(path=digest.path, line=digest.line_of("id"), text=f"{QUESTIONS} has no questions for {digest.front.id}")
    asked = Counter(question for entry in corpus.questions.values() for question, _ in _all(entry))
    for name, entry in corpus.questions.items():
        line = line_with(path, f"[{name}]")
        if name not in originals:
            yield Fault(path=path, line=line, text=f"there is no digest {name}")
        for text in _entry_faults(entry):
            yield Fault(path=path, line=line, text=text)
        for question, _ in _all(entry):
            if asked[question] > 1:
                yield Fault(path=path, line=line, text=f"asked twice: {question}")


def _entry_faults(entry: Questions) -> Iterator[str]:
    if len(entry.asks) not in ASKS:
        yield f"{len(entry.asks)} English questions; there have to be {ASKS[0]} to {ASKS[-1]}"
    if not any(entry.asks_in.values()):
        yield "no question in another language (asks_zh, asks_es)"
    for question, language in _all(entry):
        if language == "en" or language not in LANGUAGES:
            if language in entry.asks_in:
                yield f"asks_{language} names no other language that the bot speaks"
            continue
        if (found := detect(question, among=LANGUAGES)) != language:
            yield f"reads like {found}, not {language}: {question}"
    for question, _ in _all(entry):
        if not question.endswith(("?", "？")):
            yield f"is no question: {question}"


def _all(entry: Questions) -> Iterator[tuple[str, str]]:
    """Yield every question with its language."""
    yield from ((question, "en") for question in (*entry.asks, entry.does_not_know))
    for language, questions in entry.asks_in.items():
        yield from ((question, language) for question in questions)


def _provenance_faults(corpus: Corpus) -> Iterator[Fault]:
    """Yield digests that the table of originals in the README lacks, and lines there that lead nowhere."""
    path = corpus.folder / README
    named = re.findall(r"^\| `([^`]+)` \| ", path.read_text(encoding="utf-8"), re.MULTILINE) if path.is_file() else []
    originals = [digest.front.id for digest in corpus.originals]
    files = {file.name for file in corpus.folder.iterdir()}
    for digest in corpus.originals:
        if digest.front.id not in named:
            yield Fault(path=digest.path, line=1, text=f"{README} does not say what was read for {digest.front.id}")
    for name in named:
        if name not in originals and name not in files and not name.startswith("<"):
            yield Fault(path=path, line=line_with(path, f"| `{name}` |"), text=f"there is no digest {name}")
