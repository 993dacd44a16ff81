"""Translations find their originals, and sentences their counterparts. All texts here are invented."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ingest.blocks import Block, BlockKind, Loaded, Metadata
from ingest.parse import understand
from ingest.translations import align, complete, counterpart, link
from ingest.values import Ingested, Kind, Matrix, Source, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

URL = "https://example.org/2021/04/14/a-talk-with-nora-quill-boat-builder/"
ORIGINAL = Source(id="talk", kind=Kind.INTERVIEW, title="A talk with Nora Quill, boat builder", language="en")
TRANSLATION = Source(id="gespräch", kind=Kind.INTERVIEW, title="Ein Gespräch", language="de", original_url=URL)


def embed(texts: Sequence[str]) -> Matrix:
    """Embed by the numbers a text holds: a language all texts share."""
    rows = np.full((len(texts), 64), 0.01, dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for number in re.findall(r"\d+", text):
            row[int(number) % 64] += 1
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def ingested(language: str, *paragraphs: str) -> Ingested:
    """Parse paragraphs of a document."""
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in paragraphs)
    return understand(
        Loaded(blocks=blocks, metadata=Metadata(id=language, title=language, language=language)), path=Path("x.md")
    )


def test_links_by_id_url_and_spelt_title() -> None:
    """A translation finds its original by id, by the original's URL, or by the words of that URL."""
    assert link([ORIGINAL, TRANSLATION]) == {"gespräch": "talk"}
    renamed = replace(ORIGINAL, title="Boats")
    assert link([renamed, TRANSLATION]) == {}
    assert link([renamed, TRANSLATION], {"talk": ["A talk with Nora Quill, boat builder"]}) == {"gespräch": "talk"}
    assert link([replace(renamed, url=URL.replace("https://", "http://www.")), TRANSLATION]) == {"gespräch": "talk"}
    stated = replace(TRANSLATION, original_url=None, translation_of="talk")
    assert link([ORIGINAL, stated]) == {"gespräch": "talk"}
    assert link([stated]) == {}


def test_originals_learn_url_and_date() -> None:
    """What only the translation knows of the original's URL and date goes to the original; what it knows itself stays."""
    sources = (ORIGINAL, TRANSLATION)
    original, translation = complete(sources, link(sources))
    assert (original.url, original.published) == (URL, date(2021, 4, 14))
    assert translation.translation_of == "talk"
    known = replace(ORIGINAL, url="https://example.com/nora", published=date(2020, 1, 2))
    assert complete((known, TRANSLATION), {"gespräch": "talk"})[0] == known
    for url in ("https://example.org/2021/04/nora/", "https://example.org/2021/99/14/nora"):
        assert complete((ORIGINAL, replace(TRANSLATION, original_url=url)), {"gespräch": "talk"})[0].published is None


def test_sentences_find_their_counterparts() -> None:
    """Alignment is by likeness and order, through an added paragraph and a sentence that became two."""
    english = ingested(
        "en",
        "I built 3 boats in spring. They sailed for 5 years.",
        "Then came 7 storms, and we rebuilt 8 hulls.",
        "My dog is 9 years old.",
    )
    german = ingested(
        "de",
        "Vorwort 44 des Übersetzers hier.",
        "Ich baute 3 Boote im Frühling. Sie fuhren 5 Jahre lang.",
        "Dann kamen 7 Stürme. Und wir bauten 8 Rümpfe neu.",
        "Mein Hund ist 9 Jahre alt.",
    )
    alignments = align(english, german, embed)
    text, other = english.document.text, german.document.text
    assert [(pair.span.of(text), pair.other_span.of(other)) for pair in alignments] == [
        ("I built 3 boats in spring.", "Ich baute 3 Boote im Frühling."),
        ("They sailed for 5 years.", "Sie fuhren 5 Jahre lang."),
        ("Then came 7 storms, and we rebuilt 8 hulls.", "Dann kamen 7 Stürme. Und wir bauten 8 Rümpfe neu."),
        ("My dog is 9 years old.", "Mein Hund ist 9 Jahre alt."),
    ]
    assert {(pair.source_id, pair.other_id) for pair in alignments} == {("en", "de")}


def test_paragraphs_merge_too() -> None:
    """Two paragraphs of one side may stand for one of the other."""
    english = ingested("en", "We had 1 plan and 2 saws.", "Then 3 men left us.", "And 4 women came along.", "Now 5 are here.")
    spanish = ingested(
        "es", "Había 1 plan y 2 sierras.", "Luego 3 hombres se fueron. Y 4 mujeres vinieron.", "Ahora 5 están aquí."
    )
    alignments = align(english, spanish, embed)
    found = counterpart(alignments, Span(*re.search(r"And 4 .* along\.", english.document.text).span()))  # type: ignore[union-attr]
    assert found is not None
    assert found.of(spanish.document.text) == "Y 4 mujeres vinieron."


def test_counterparts_of_parts_and_of_nothing() -> None:
    """Part of a sentence has the whole sentence's counterpart, several have all of theirs, an unaligned one has none."""
    english, german = (
        ingested("en", "I built 3 boats. They had 5 masts."),
        ingested("de", "Ich baute 3 Boote. Sie hatten 5 Masten."),
    )
    alignments = align(english, german, embed)
    text = german.document.text
    assert [
        found.of(text) if found else None for found in (counterpart(alignments, span) for span in (Span(2, 9), Span(0, 34)))
    ] == [
        "Ich baute 3 Boote.",
        "Ich baute 3 Boote. Sie hatten 5 Masten.",
    ]
    assert counterpart(alignments, Span(90, 99)) is None
    assert counterpart((), Span(0, 4)) is None


def test_an_empty_side_aligns_with_nothing() -> None:
    """A document without text has no counterparts."""
    empty = replace(ingested("en", "One word here."), segments=())
    assert align(empty, ingested("de", "Ein Wort hier."), embed) == ()
