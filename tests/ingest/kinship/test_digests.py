"""Which digests give way to the interview that they sum up. All sources here are invented."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from ingest.kinship.digests import collapsed
from ingest.values import Kind, Source

URL = "https://example.org/talk"
TALK = Source(id="talk", kind=Kind.INTERVIEW, title="A talk", language="en", url=URL)
DIGEST = Source(id="digest", kind=Kind.DIGEST, title="Of a talk", language="en", url=URL, digest_of=URL)
DIGEST_ES = replace(DIGEST, id="digest-es", language="es", translation_of="digest")


def taken(*sources: Source, silent: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return which digests give way to which original, where all sources but the `silent` ones have passages."""
    return collapsed(sources, lambda source_id: source_id not in silent)


def test_a_digest_and_its_translations_give_way_in_any_order() -> None:
    """What is in the index decides; the digest stays where the original is not there or has no passages."""
    for order in permutations((TALK, DIGEST, DIGEST_ES)):
        assert taken(*order) == {"digest": "talk", "digest-es": "talk"}
    assert taken(DIGEST, DIGEST_ES) == {}
    assert taken(TALK, DIGEST, DIGEST_ES, silent=frozenset({"talk"})) == {}
    assert taken(replace(TALK, url=None), DIGEST) == {}
    assert taken(TALK, replace(DIGEST, url=None, digest_of=None)) == {}


@pytest.mark.parametrize(
    ("stated", "same"),
    [
        ("http://www.EXAMPLE.org/talk/", True),
        (f"{URL}?utm_source=letter&ref=home#top", True),
        (f"{URL}?episode=2", False),
        ("https://example.org/talks", False),
        ("https://example.com/talk", False),
    ],
)
def test_one_address_is_written_in_many_ways(stated: str, same: bool) -> None:
    """Scheme, `www.`, a trailing slash, an anchor and a campaign's parameters make no other page; other parameters do."""
    assert bool(taken(replace(TALK, url=stated), DIGEST)) is same


def test_pages_told_apart_by_parameters() -> None:
    """Parameters count in any order, without a value too; a video has one address however it is linked."""
    second = replace(DIGEST, digest_of=f"{URL}?season=1&episode=2")
    assert taken(replace(TALK, url=f"{URL}?episode=2&season=1"), second)
    assert not taken(TALK, second)
    assert not taken(replace(TALK, url=f"{URL}?31"), replace(DIGEST, digest_of=f"{URL}?32"))
    film = replace(DIGEST, digest_of="https://www.youtube.com/watch?v=AbCdEfGhIjK&t=31s")
    assert taken(replace(TALK, url="https://youtu.be/AbCdEfGhIjK?si=shared"), film)


def test_several_digests_and_originals_of_one_interview() -> None:
    """All digests of an interview give way, to the first of its texts that has passages."""
    second, other = replace(DIGEST, id="a-digest"), replace(TALK, id="a-talk")
    assert taken(TALK, other, DIGEST, second) == {"digest": "a-talk", "a-digest": "a-talk"}
    assert taken(TALK, other, DIGEST, silent=frozenset({"a-talk"})) == {"digest": "talk"}
    unrelated = replace(DIGEST, id="z", url=f"{URL}/z", digest_of=f"{URL}/z")
    assert taken(TALK, DIGEST, unrelated) == {"digest": "talk"}


def test_a_translation_of_a_digest_needs_no_facts_of_its_own() -> None:
    """A translation that only names the digest goes with it; so does a copy."""
    bare = Source(id="bare", kind=Kind.ARTICLE, title="Resumen", language="es", translation_of="digest")
    copy = replace(bare, id="copy", language="en", translation_of=None, copy_of="digest")
    assert taken(TALK, DIGEST, bare, copy) == {"digest": "talk", "bare": "talk", "copy": "talk"}
    assert taken(DIGEST, bare, copy) == {}


def test_originals_never_give_way() -> None:
    """Wrong links between an interview and its digest hide neither the interview nor its translations."""
    mistaken = replace(TALK, language="de", translation_of="digest")
    theirs = replace(TALK, id="talk-fr", language="fr", url=f"{URL}/fr", translation_of="talk")
    assert taken(mistaken, DIGEST, theirs) == {"digest": "talk"}
    assert taken(TALK, replace(DIGEST_ES, translation_of="talk"), theirs) == {"digest-es": "talk"}
    circle = replace(mistaken, url=None), replace(DIGEST, translation_of="talk")
    assert taken(*circle) == {}


def test_a_machine_translation_alone_is_not_the_original() -> None:
    """The words of a machine are not the person's: the digest stays until the original, or its family, is there."""
    machine = replace(TALK, id="talk-zh", language="zh", machine_translated=True)
    assert taken(machine, DIGEST) == {}
    original = replace(TALK, url=None)
    assert taken(original, replace(machine, translation_of="talk"), DIGEST) == {"digest": "talk-zh"}
