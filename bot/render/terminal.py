"""Answers on a terminal: claims as they are verified, then the sources with person, title, date, time and link."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import click

from bot import strings
from bot.cite import SUMMARY
from bot.events import ClaimReady, Done, Event, EvidenceFound, Failed, Refused, Searching
from bot.links import clock, link
from bot.markdown import unescape
from bot.render.wrap import wrap
from bot.values import Answer, Citation, Claim, Support
from bot.voices import describe
from ingest.values import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 100
_PREVIEW = 90


class TerminalRenderer:
    """Write an event stream for a person.

    Args:
        out: where the answer goes.
        diagnostics: where progress goes.
        stream: show claims as they come; otherwise all at the end.
        colour: use ANSI styles.
        width: columns to fill.
    """

    def __init__(self, out: TextIO, diagnostics: TextIO, *, stream: bool, colour: bool, width: int = WIDTH) -> None:
        self._out, self._diagnostics = out, diagnostics
        self._stream, self._colour, self._width = stream, colour, width
        self._language = "en"

    def show(self, event: Event) -> None:
        """Write what one event tells."""
        match event:
            case Searching(question=question):
                self._language = question.language
            case EvidenceFound(evidence=evidence):
                self._note(f"{strings.text('heading.evidence', self._language)}: {_preview(evidence[0].quote)}")
            case ClaimReady(claim=claim) if self._stream:
                self._claim(claim)
            case Done(answer=answer):
                self._done(answer)
            case Refused(answer=answer):
                self._refused(answer)
            case Failed(error=error):
                click.echo(str(error), file=self._diagnostics, err=True)

    def _note(self, text: str) -> None:
        click.echo(self._style(printable(text), dim=True), file=self._diagnostics)

    def _claim(self, claim: Claim) -> None:
        numbers = self._style("".join(f"[{n}]" for n in claim.citations), fg="cyan")
        self._print(f"{printable(claim.text)} {numbers}")

    def _done(self, answer: Answer) -> None:
        if not self._stream:
            for claim in answer.claims:
                self._claim(claim)
        if counted := describe(answer.voices, answer.language):
            self._print(self._style(printable(counted), dim=True))
        self._print(self._style(strings.text("heading.sources", answer.language), bold=True), gap=False)
        restated = {n for claim in answer.claims if claim.support is Support.PARAPHRASE for n in claim.citations}
        for citation in answer.citations:
            for line in self._source(citation, shown=citation.n not in restated or citation.role == SUMMARY):
                click.echo(line, file=self._out)

    def _source(self, citation: Citation, *, shown: bool) -> Iterable[str]:
        """Yield the lines of one source; the exact words too, unless the claim above already is those words."""
        source = citation.source
        facts = [*self._who(citation), source.title]
        if source.published:
            facts.append(source.published.isoformat())
        if citation.second is not None:
            facts.append(strings.text("source.at_time", self._language, time=clock(citation.second)))
        others = dict.fromkeys(other.source.language for other in citation.also_in if other.source.language != source.language)
        if others:
            languages = [strings.language_name(code, self._language) for code in others]
            facts.append(strings.text("source.also_in", self._language, languages=strings.listing(languages, self._language)))
        yield f"{self._style(f'[{citation.n}]', fg='cyan')} {printable(' · '.join(facts))}"
        if not shown:
            yield f"    {printable(strings.quoted(citation.quote, self._language))}"
        if address := link(citation):
            yield f"    {self._style(printable(address), underline=True)}"

    def _who(self, citation: Citation) -> Iterable[str]:
        """Yield whose words they are, as far as is known: the speaker, whom a summary is about, or who was interviewed."""
        if citation.speaker and citation.role != SUMMARY:
            yield citation.speaker
            return
        guests = [person.name for person in citation.source.people if person.role in {Role.INTERVIEWEE, Role.AUTHOR}]
        role = strings.text("role.summary" if citation.role == SUMMARY else "role.unknown", self._language)
        if guests:
            yield strings.listing(guests, self._language) + strings.aside(role, self._language)

    def _refused(self, answer: Answer) -> None:
        click.echo(printable(unescape(answer.text)), file=self._out)

    def _print(self, text: str, *, gap: bool = True) -> None:
        for line in wrap(text, self._width):
            click.echo(line, file=self._out)
        if gap:
            click.echo("", file=self._out)
        self._out.flush()

    def _style(
        self, text: str, *, fg: str | None = None, bold: bool = False, dim: bool = False, underline: bool = False
    ) -> str:
        if not self._colour:
            return text
        return click.style(text, fg=fg, bold=bold or None, dim=dim or None, underline=underline or None)


def printable(text: str) -> str:
    """Return `text` without control characters: words from a document must not move the cursor or change colours."""
    return "".join(character if character.isprintable() or character == "\n" else " " for character in text)


def _preview(text: str) -> str:
    return text if len(text) <= _PREVIEW else f"{text[:_PREVIEW].rstrip()}…"
