"""Which text of a family is the original, and what metadata forbids. All sources here are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from ingest.index.rows import StoredProfile
from ingest.kinship.candidates import MOST_HOLDERS, candidates
from ingest.kinship.families import heads, may_be_kin, relatives, without
from ingest.kinship.through import through_others
from ingest.values import Alignment, Kind, Source, Span

EN = Source(id="m-talk", kind=Kind.INTERVIEW, title="A talk", language="en")
DE = Source(id="a-gespraech", kind=Kind.INTERVIEW, title="Ein Gespräch", language="de")
ES = Source(id="b-charla", kind=Kind.INTERVIEW, title="Una charla", language="es")
URL = "https://example.org/talk"


def original_of(one: Source, other: Source) -> str:
    """Return the id of the one of two texts that is taken for the original."""
    translations, copies = relatives([one, other], {}, [(one.id, other.id)])
    ((_, original),) = (translations | copies).items()
    return original


@pytest.mark.parametrize(
    ("mark", "original"),
    [
        ({}, "m-talk"),
        ({"machine_translated": True}, "a-gespraech"),
        ({"original_url": URL}, "a-gespraech"),
    ],
)
def test_marks_of_a_translation_come_first(mark: dict[str, object], original: str) -> None:
    """English is the original unless it is marked as a translation."""
    assert original_of(replace(EN, **mark), DE) == original  # type: ignore[arg-type]


def test_dates_and_addresses_tell_next() -> None:
    """The earlier text is the original, then the one whose address is known, then the first id."""
    early, late = date(2019, 1, 1), date(2021, 1, 1)
    assert original_of(replace(EN, published=late), replace(DE, published=early)) == DE.id
    assert original_of(EN, replace(DE, published=late)) == DE.id
    assert original_of(EN, replace(DE, url=URL)) == DE.id
    assert original_of(DE, ES) == DE.id
    assert original_of(ES, DE) == DE.id


def test_a_text_in_the_originals_language_is_a_copy() -> None:
    """Translations and copies of one text hang on it, whichever pairs were found."""
    twin = replace(EN, id="z-talk")
    translations, copies = relatives([EN, twin, DE, ES], {}, [(DE.id, twin.id), (EN.id, twin.id), (DE.id, ES.id)])
    assert translations == {DE.id: EN.id, ES.id: EN.id}
    assert copies == {twin.id: EN.id}


def test_links_of_metadata_stay_and_their_originals_win() -> None:
    """What metadata linked is not linked again; a text that others name as theirs is the original."""
    stated = replace(ES, translation_of=DE.id)
    translations, copies = relatives([EN, DE, stated], {ES.id: DE.id}, [(EN.id, ES.id)])
    assert (translations, copies) == ({EN.id: DE.id}, {})
    assert relatives([EN, DE, stated], {ES.id: DE.id}, []) == ({}, {})


def test_metadata_is_never_overruled() -> None:
    """Texts of which one names another original, or one that is not here, are not linked; nor a digest with an interview."""
    assert may_be_kin(EN, DE, {})
    assert may_be_kin(EN, replace(DE, original_url=URL), {})
    assert may_be_kin(replace(EN, original_url=URL), replace(DE, original_url=f"{URL}/"), {})
    assert not may_be_kin(replace(EN, original_url=URL), replace(DE, original_url="https://example.org/other"), {})
    assert not may_be_kin(replace(EN, url="https://example.org/other"), replace(DE, original_url=URL), {})
    assert not may_be_kin(EN, replace(DE, translation_of="gone"), {})
    assert not may_be_kin(EN, DE, {DE.id: EN.id})
    assert not may_be_kin(DE, ES, {DE.id: "one", ES.id: "two"})
    digest = replace(DE, kind=Kind.DIGEST, digest_of=URL)
    assert not may_be_kin(EN, digest, {})
    assert may_be_kin(replace(EN, kind=Kind.DIGEST, digest_of=URL), digest, {})
    assert not may_be_kin(replace(EN, kind=Kind.DIGEST, digest_of=f"{URL}/2"), digest, {})


def test_families_have_one_head() -> None:
    """A translation of a copy belongs to the copy's original; links in a circle or to nowhere do no harm."""
    copy = replace(EN, id="copy", copy_of=EN.id)
    assert heads([EN, copy, replace(DE, translation_of="copy")]) == {EN.id: EN.id, "copy": EN.id, DE.id: EN.id}
    assert heads([replace(DE, translation_of="gone")]) == {DE.id: DE.id}
    circle = heads([replace(EN, copy_of=DE.id), replace(DE, translation_of=EN.id)])
    assert set(circle) == {EN.id, DE.id}


def test_links_to_what_is_gone_are_cut() -> None:
    """A source loses its links to sources that are taken out, and no others."""
    linked = replace(EN, translation_of=DE.id, copy_of=ES.id)
    assert without(linked, {DE.id}) == replace(EN, copy_of=ES.id)
    assert without(linked, {ES.id}) == replace(EN, translation_of=DE.id)
    assert without(linked, {"other"}) == linked


def profile(seed: int, *, sentences: int = 20, sketch: tuple[int, ...] = ()) -> StoredProfile:
    """Return a profile with a vector of its own and a little in common with all."""
    vector = np.random.default_rng(seed).standard_normal(16).astype(np.float32) + 4
    return StoredProfile(
        sentences=sentences, vector=vector / np.linalg.norm(vector), sketch=np.array(sketch or [seed], dtype="<u4")
    )


def test_few_are_compared() -> None:
    """Each document is compared with the nearest few of another language, however many there are; sizes have to agree."""
    sources = [replace(EN, id=f"en-{n:03}") for n in range(60)] + [replace(DE, id=f"de-{n:03}") for n in range(60)]
    profiles = {source.id: profile(int(source.id[3:])) for source in sources}
    found = candidates(sources, profiles, {})
    assert {(f"de-{n:03}", f"en-{n:03}") for n in range(60)} <= set(found)
    assert len(found) <= 4 * 60
    assert found == sorted(set(found))
    longer = profiles | {source.id: profile(int(source.id[3:]), sentences=90) for source in sources[:60]}
    assert candidates(sources, longer, {}) == []


def test_copies_are_found_by_their_sketches() -> None:
    """Texts that share hashes are compared; hashes that a whole series shares are not counted."""
    sources = [replace(EN, id=f"en-{n:03}") for n in range(MOST_HOLDERS + 5)]
    series = (1, 2, 3, 4, 5)
    profiles = {
        source.id: profile(n, sketch=(*series, 100 + n, 500, 501, 502, 503)[: 6 if n > 1 else 10])
        for n, source in enumerate(sources)
    }
    assert candidates(sources, profiles, {}) == [("en-000", "en-001")]


def pairs(one: str, other: str, *spans: tuple[int, int, int, int]) -> list[Alignment]:
    """Return alignments of two texts."""
    return [Alignment(source_id=one, span=Span(a, b), other_id=other, other_span=Span(c, d)) for a, b, c, d in spans]


def turned(alignments: list[Alignment]) -> list[Alignment]:
    """Return alignments seen from the other side."""
    return [
        Alignment(source_id=one.other_id, span=one.other_span, other_id=one.source_id, other_span=one.span)
        for one in alignments
    ]


def test_translations_meet_through_their_original() -> None:
    """What two translations have in common with the original they have in common, where most of it is the same."""
    to_zh = pairs("en", "zh", (0, 10, 0, 4), (11, 20, 5, 9))
    to_es = pairs("en", "es", (0, 10, 0, 12), (19, 30, 13, 25))
    held = {"en": [*to_zh, *to_es], "zh": turned(to_zh), "es": turned(to_es)}
    found = through_others("zh", lambda one: held[one])
    assert list(found) == [
        *pairs("zh", "en", (0, 4, 0, 10)),
        *pairs("zh", "es", (0, 4, 0, 12)),
        *pairs("zh", "en", (5, 9, 11, 20)),
    ]
    assert through_others("en", lambda one: held[one]) == tuple(
        sorted(held["en"], key=lambda one: (one.span.start, one.other_id, one.other_span.start))
    )
    assert through_others("alone", lambda _: ()) == ()
