"""Citations show an idea in the asker's language and name the words exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from invented_corpus import BilingualEmbedder
from invented_values import citation, question, source

from bot.cite import SUMMARY, cite, say_the_same
from bot.evidence import select
from bot.people import Mentioned
from bot.retrieve import retrieve
from bot.values import Rendition
from ingest.values import Span

if TYPE_CHECKING:
    from bot.values import Citation, Evidence
    from ingest.index.reader import Index

HARDWARE = "My workbench has two cheap oscilloscopes and one soldering iron from my grandfather."
HARDWARE_ZH = "我的工作台上有两台便宜的示波器和一把祖父留下的烙铁。"


def find(words: str, index: Index) -> Evidence:
    """Return the evidence that holds `words`."""
    asked = question(words)
    evidence = select(asked, retrieve(asked, index, BilingualEmbedder(), Mentioned()), index, limit=12)
    return next(item for item in evidence if words in item.quote)


@pytest.mark.parametrize(("language", "words", "other"), [("zh", HARDWARE_ZH, HARDWARE), ("en", HARDWARE, HARDWARE_ZH)])
def test_the_askers_language_is_shown_and_the_other_kept(language: str, words: str, other: str, index: Index) -> None:
    """Whichever rendition was found, the asker reads the one in their language; the other is one step away."""
    citation = cite(find(HARDWARE, index), 3, language, index)
    assert citation.n == 3
    assert citation.source.language == language
    assert words in citation.quote
    assert [other in rendition.quote for rendition in citation.also_in] == [True]


def test_another_language_gets_the_original(index: Index) -> None:
    """Who reads neither is shown the original before a translation."""
    citation = cite(find(HARDWARE, index), 1, "de", index)
    assert citation.source.id == "nora-vale"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_rendition_is_an_exact_slice(language: str, index: Index) -> None:
    """The quote and its counterparts are their documents' own characters, within a paragraph."""
    citation = cite(find(HARDWARE, index), 1, language, index)
    shown_everywhere: list[Citation | Rendition] = [citation, *citation.also_in]
    for shown in shown_everywhere:
        assert index.document(shown.source.id).text[shown.span.start : shown.span.end] == shown.quote
        assert "\n" not in shown.quote


def test_a_digest_is_a_summary(index: Index) -> None:
    """A digest's sentences are ours: their role says so, and no speaker is named."""
    citation = cite(find("A mentor should be asked".lower().removeprefix("a "), index), 1, "en", index)
    assert (citation.role, citation.speaker) == (SUMMARY, None)


def test_unmarked_speakers_stay_unknown(index: Index) -> None:
    """Words of captions belong to nobody in particular, and carry their second."""
    citation = cite(find("sonar pictures", index), 1, "en", index)
    assert (citation.role, citation.speaker) == ("unknown", None)
    assert citation.second is not None


def test_counterparts_of_one_passage_say_the_same() -> None:
    """Two citations that share a rendition are one idea, in whatever languages they were found."""
    english = Rendition(source=replace(source(), id="original"), span=Span(0, 40), quote="q" * 40)
    spanish = citation(replace(source(), id="es"), also_in=(english,))
    chinese = citation(replace(source(), id="zh"), also_in=(replace(english, span=Span(30, 60)),))
    elsewhere = citation(replace(source(), id="zh"), also_in=(replace(english, span=Span(40, 60)),))
    assert say_the_same(spanish, chinese)
    assert say_the_same(spanish, spanish)
    assert not say_the_same(spanish, elsewhere)
