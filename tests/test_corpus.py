"""The starter corpus: front matter, translations in step with their originals, and nobody else's sentences."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel, ConfigDict, HttpUrl, TypeAdapter

from bot.strings import LANGUAGES
from bot.topics import LONGEST
from ingest.language import detect
from ingest.load.dates import parse_date
from ingest.load.front_matter import split_front_matter, stated_metadata
from ingest.registry import Registry
from ingest.sentences import split
from ingest.values import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CORPUS = Path(__file__).parents[1] / "corpus"
TOPICS: dict[str, dict[str, str]] = tomllib.loads((CORPUS / "topics.toml").read_text(encoding="utf-8"))
RUN = 10
"""Words in a row that make a copy."""
CJK_RUN = 16
"""Chinese characters in a row that make a copy: about ten words."""
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_PRONOUNS = re.compile(r"\b(?:I|I'm|my|we|our|me|us)\b")


class FrontMatter(BaseModel):
    """What the head of every digest has to state, and nothing else."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    kind: str
    title: str
    person: str
    position: str
    aliases: list[str]
    person_role: str
    interviewer: str | None = None
    publication: str
    url: str
    published: date | None = None
    language: str
    translation_of: str | None = None
    machine_translated: bool
    topics: list[str]
    licence: str
    retrieved: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One file of the corpus, taken apart."""

    path: Path
    front: FrontMatter
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    """Each heading with its sentences."""

    @property
    def text(self) -> str:
        """Headings and sentences."""
        return "\n".join(line for heading, sentences in self.sections for line in (heading, *sentences))


def _read(path: Path) -> Digest:
    front, body = split_front_matter(path.read_text(encoding="utf-8"))
    _, *parts = re.split(r"^## ", body, flags=re.MULTILINE)
    return Digest(path=path, front=FrontMatter.model_validate(front), sections=tuple(map(_section, parts)))


def _section(part: str) -> tuple[str, tuple[str, ...]]:
    heading, _, text = part.partition("\n")
    return heading.strip(), tuple(span.of(text) for span in split(text))


DIGESTS = [_read(path) for path in sorted(CORPUS.glob("*.md")) if path.name != "README.md"]
BY_ID = {digest.front.id: digest for digest in DIGESTS}
TRANSLATIONS = [digest for digest in DIGESTS if digest.front.translation_of]
EVERY = pytest.mark.parametrize("digest", DIGESTS, ids=lambda digest: digest.path.stem)
EVERY_TRANSLATION = pytest.mark.parametrize("digest", TRANSLATIONS, ids=lambda digest: digest.path.stem)


def test_ids_are_unique_and_name_their_files() -> None:
    """An id leads to its file."""
    assert [digest.front.id for digest in DIGESTS] == [digest.path.stem for digest in DIGESTS]
    assert len(BY_ID) == len(DIGESTS) > 0


@EVERY
def test_front_matter_states_what_it_must(digest: Digest) -> None:
    """Kind, role, address, licence, topics and dates are what the corpus's README asks for."""
    front = digest.front
    assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", front.id)
    assert front.kind == Kind.DIGEST
    assert front.person_role in {Role.INTERVIEWEE, Role.AUTHOR}
    assert bool(front.interviewer) == (front.person_role == Role.INTERVIEWEE)
    assert TypeAdapter(HttpUrl).validate_python(front.url).scheme == "https"
    assert front.licence == "CC-BY-4.0"
    assert front.topics
    assert set(front.topics) <= TOPICS.keys()
    assert front.published is None or front.published <= front.retrieved


@EVERY
def test_ingestion_understands_the_front_matter(digest: Digest) -> None:
    """Person, role, date, language and the digested address arrive where ingestion looks for them."""
    metadata = stated_metadata(split_front_matter(digest.path.read_text(encoding="utf-8"))[0])
    assert metadata.kind is Kind.DIGEST
    assert metadata.digest_of == digest.front.url
    assert metadata.published == parse_date(digest.front.published)
    assert metadata.language == digest.front.language
    assert metadata.translation_of == digest.front.translation_of
    assert [person.name for person in metadata.people if person.role == digest.front.person_role] == [digest.front.person]


@EVERY
def test_text_is_in_the_stated_language(digest: Digest) -> None:
    """The language detected is the language declared."""
    assert detect(digest.text, among=LANGUAGES) == digest.front.language


@EVERY
def test_sections_are_questions_with_short_answers(digest: Digest) -> None:
    """A section is a question short enough to name a topic, then one to six sentences, none of them a question."""
    for heading, sentences in digest.sections:
        assert heading.endswith(("?", "？"))
        assert len(heading) <= LONGEST, heading
        assert 1 <= len(sentences) <= 6, heading
        assert not [sentence for sentence in sentences if sentence.endswith(("?", "？"))]


@pytest.mark.parametrize(
    "digest", [digest for digest in DIGESTS if digest.front.language == "en"], ids=lambda digest: digest.path.stem
)
def test_english_digests_are_short(digest: Digest) -> None:
    """400 to 900 words."""
    assert 400 <= len(" ".join(sentence for _, sentences in digest.sections for sentence in sentences).split()) <= 900


@EVERY
def test_every_sentence_names_its_person(digest: Digest) -> None:
    """Sentences are cited one by one, so each names the person; none speaks in the first person."""
    names = set(digest.front.person.split())
    for sentence in (sentence for _, sentences in digest.sections for sentence in sentences):
        assert any(name in sentence for name in names), sentence
        assert digest.front.language != "en" or not _PRONOUNS.search(sentence), sentence


@EVERY_TRANSLATION
def test_translations_keep_step_with_their_original(digest: Digest) -> None:
    """Same facts in the front matter, as many sections, and as many sentences in each."""
    original = BY_ID[str(digest.front.translation_of)]
    assert original.front.translation_of is None
    assert digest.front.language != original.front.language
    for shared in ("person", "person_role", "interviewer", "publication", "url", "published", "topics"):
        assert getattr(digest.front, shared) == getattr(original.front, shared)
    counts = [[len(sentences) for _, sentences in one.sections] for one in (original, digest)]
    assert counts[0] == counts[1]


@EVERY_TRANSLATION
def test_translations_keep_the_numbers(digest: Digest) -> None:
    """Every number written in digits in the original stands in the same section of the translation."""
    original = BY_ID[str(digest.front.translation_of)]
    for (heading, ours), (_, theirs) in zip(digest.sections, original.sections, strict=True):
        assert set(re.findall(r"\d+", " ".join(theirs))) <= set(re.findall(r"\d+", " ".join(ours))), heading


@pytest.mark.parametrize("topic", TOPICS)
def test_topics_have_a_name_in_every_language(topic: str) -> None:
    """A refusal can name its nearest topics to any reader."""
    assert tuple(TOPICS[topic]) == LANGUAGES


def test_no_topic_is_idle() -> None:
    """The list of topics holds what digests use."""
    assert {topic for digest in DIGESTS for topic in digest.front.topics} == TOPICS.keys()


def test_registry_of_sources_loads() -> None:
    """Every original that has a digest is registered, under its address, with the same person; no id is given twice."""
    path = CORPUS / "sources.toml"
    ids = [source["id"] for source in tomllib.loads(path.read_text(encoding="utf-8"))["source"]]
    assert len(ids) == len(set(ids))
    assert not set(ids) & BY_ID.keys()
    registry = Registry.load(path)
    for digest in DIGESTS:
        known = registry.find(url=digest.front.url, title=None)
        assert known is not None
        assert known.published == digest.front.published
        assert digest.front.person in {person.name for person in known.people}


@pytest.mark.shared
def test_no_digest_copies_a_source(shared: Path) -> None:
    """No ten words in a row (sixteen characters of Chinese) stand in the seeds or in any of the interviews at hand."""
    words = [_TOKEN.findall(digest.text.lower()) for digest in DIGESTS]
    ours = {run for each in words for run in _runs(each, RUN) if not any(map(_CJK.match, run))}
    ours |= {run for each in words for run in _runs(each, CJK_RUN) if any(map(_CJK.match, run))}
    copied = []
    for path in _texts(shared):
        theirs = _TOKEN.findall(path.read_text("utf-8", "ignore").lower())
        found = ours.intersection(_runs(theirs, RUN)) | ours.intersection(_runs(theirs, CJK_RUN))
        copied += [(path.name, " ".join(run)) for run in found]
    assert not copied


def _texts(shared: Path) -> Iterator[Path]:
    for folder in (shared / "seeds", shared / "eval" / "interviews"):
        yield from (path for path in folder.rglob("*") if path.is_file())


def _runs(words: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    """Yield all runs of `length` words."""
    return zip(*(words[start:] for start in range(length)), strict=False)
