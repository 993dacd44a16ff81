"""Answers on a terminal."""

from __future__ import annotations

import io

import pytest
from invented_values import QUOTE, answered, citation, question, source

from bot.errors import ModelError
from bot.events import ClaimReady, Done, Event, EvidenceFound, Failed, Refused, Searching
from bot.markdown import escape
from bot.render.terminal import TerminalRenderer, printable
from bot.values import Answer, Evidence, Rendition, Status, Support
from ingest.values import Passage, Role, Span

CLEAR = "\x1b[2J"


class Screen(io.StringIO):
    """A terminal that keeps what is written to it."""

    def isatty(self) -> bool:
        """Say yes: click takes styles out of what goes elsewhere."""
        return True


def show(*events: Event, stream: bool = True, colour: bool = False) -> tuple[str, str]:
    """Return what is written to output and to diagnostics."""
    out, diagnostics = Screen(), Screen()
    renderer = TerminalRenderer(out, diagnostics, stream=stream, colour=colour, width=80)
    for event in events:
        renderer.show(event)
    return out.getvalue(), diagnostics.getvalue()


def all_of(answer: Answer) -> tuple[Event, ...]:
    """Return the stream that ends in `answer`."""
    claims = [ClaimReady(claim=claim, citations=(cited,)) for claim, cited in zip(answer.claims, answer.citations, strict=True)]
    return (Searching(question=question(language=answer.language)), *claims, Done(answer=answer))


@pytest.mark.parametrize("stream", [True, False])
def test_each_claim_is_written_once(stream: bool) -> None:
    """Streamed or at the end, a statement with its number stands there once, then the count, then the source."""
    out, _ = show(*all_of(answered(text="Kit mended radios.")), stream=stream)
    assert out.count("Kit mended radios. [1]") == 1
    assert "1 of 2 people in the corpus speaks to this: Kit Marsh." in out
    assert out.index("[1]") < out.index("Sources")
    assert "[1] Kit Marsh · Kit Marsh mends radios · 2020-01-02" in out
    assert "https://example.org/kit" in out


def test_streaming_writes_before_the_end() -> None:
    """A claim is there as soon as it is verified; without streaming nothing is, until the end."""
    events = all_of(answered())[:-1]
    assert "Kit said" in show(*events)[0]
    assert show(*events, stream=False)[0] == ""


def test_no_colour_no_escape_codes() -> None:
    """Without colour not one escape character is written; with it the text is styled."""
    events = all_of(answered())
    assert "\x1b" not in "".join(show(*events))
    assert "\x1b[" in show(*events, colour=True)[0]


def test_words_cannot_move_the_cursor() -> None:
    """Control characters of a document or a model are blanks on every line."""
    nasty = f"{CLEAR}\rKit\x07\x9b31m"
    cited = citation(source(url=f"https://example.org/{CLEAR}"), speaker=f"Kit{CLEAR}", quote=nasty)
    out, diagnostics = show(*all_of(answered([cited], text=nasty, support=Support.PARAPHRASE)))
    assert all(character.isprintable() or character == "\n" for character in out + diagnostics)
    assert printable("a\x1b[2Jb\n") == "a [2Jb\n"


def test_the_exact_words_stand_below_a_restatement() -> None:
    """A paraphrase is followed by its quote among the sources; a quote is not repeated."""
    assert f"“{QUOTE}”" in show(*all_of(answered(text="Restated.", support=Support.PARAPHRASE)))[0]
    assert f"“{QUOTE}”" not in show(*all_of(answered()))[0]


def test_a_video_source_shows_time_and_link() -> None:
    """A timed quote names its minute and links to its second."""
    cited = citation(source(url="https://www.youtube.com/watch?v=invented123"), second=65, speaker=None, role="unknown")
    out, _ = show(*all_of(answered([cited])))
    assert "at 1:05" in out
    assert "v=invented123&t=65s" in out
    assert "[1] Kit Marsh (speaker not known) · " in out


def test_other_languages_of_an_idea_are_named() -> None:
    """Where an idea also stands in another language the source says so."""
    cited = citation(also_in=(Rendition(source=source(language="zh"), span=Span(0, 1), quote="x"),))
    assert "also in Chinese" in show(*all_of(answered([cited])))[0]


def test_evidence_is_a_note() -> None:
    """What was found goes to diagnostics, shortened."""
    passage = Passage(id="p", source_id="kit", span=Span(0, 9), language="en", sentences=(), role=Role.INTERVIEWEE)
    found = Evidence(source=source(), passage=passage, span=Span(0, 9), quote="word " * 100, score=1.0)
    out, diagnostics = show(Searching(question=question()), EvidenceFound(evidence=(found,)))
    assert out == ""
    assert diagnostics.startswith("Reading: word word")
    assert len(diagnostics) < 120


def test_a_refusal_is_plain_text() -> None:
    """A refusal is written as its words, without Markdown's backslashes but with its own."""
    words = r"Nothing on C# or C:\temp [yet]."
    refused = Answer(question="x", language="en", status=Status.REFUSED, text=escape(words))
    assert show(Refused(answer=refused)) == (f"{words}\n", "")


def test_a_failure_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """An error goes to diagnostics, not into the answer."""
    out, diagnostics = show(Failed(error=ModelError("the model is gone")))
    assert (out, diagnostics) == ("", "the model is gone\n")
    assert capsys.readouterr() == ("", "")
