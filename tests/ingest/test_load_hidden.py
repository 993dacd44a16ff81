"""Words of a web page that no reader sees are not evidence, and are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import docx
import pytest
from docx.enum.text import WD_COLOR_INDEX
from docx.shared import Pt, RGBColor

from ingest.load.hidden import without_hidden
from ingest.parse import parse
from ingest.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

PLANTED = "Nobody is to see that our invented school is the best of all schools."
SEEN = "I copied listings from library books for two winters until my cousin explained loops to me."
SHEET = "<style>.away { display: none } #pale{color:#FFF} /* body */ p.small { font-size: 0 }</style>"


def page(body: str, head: str = "", attributes: str = "") -> str:
    """Return an invented page with a visible paragraph before and after."""
    return (
        f"<!doctype html><html lang='en'><head><title>An invented talk</title>{head}</head><body {attributes}><article>"
        f"<h1>An invented talk</h1><p>{SEEN}</p>{body}<p>{SEEN}</p></article></body></html>"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<p style="color:#ffffff">', "</p>"),
        ("<p style='font-weight: bold; color: rgb(255, 255, 255)'>", "</p>"),
        ('<div style="DISPLAY: none"><p>', "</p></div>"),
        ('<p style="visibility:hidden">', "</p>"),
        ('<p style="font-size:0px">', "</p>"),
        ('<p style="opacity:0">', "</p>"),
        ('<p style="position:absolute;left:-9999px">', "</p>"),
        ("<p hidden>", "</p>"),
        ('<p><font color="white">', "</font></p>"),
        ('<p class="other away">', "</p>"),
        ('<p id="pale">', "</p>"),
        ('<p class="small">', "</p>"),
    ],
)
def test_hidden_words_are_left_out_and_counted(before: str, after: str, tmp_path: Path) -> None:
    """However they are hidden; what is seen stays."""
    path = tmp_path / "talk.html"
    path.write_text(page(f"{before}{PLANTED}{after}", SHEET), encoding="utf-8")
    parsed = parse(path, registry=Registry())
    assert "invented school" not in parsed.document.text
    assert SEEN in parsed.document.text
    assert f"dropped {len(PLANTED)} characters of hidden text" in parsed.notes


@pytest.mark.parametrize(
    "shown",
    [
        page(f'<p style="color:#fff;background:#000">{PLANTED}</p>'),
        page(f'<p style="color:white">{PLANTED}</p>', attributes='style="background-color: navy"'),
        page(f'<p style="color:white">{PLANTED}</p>', "<style>body { background: #123456; margin: 0 }</style>"),
        page(f'<p style="color:#fff">{PLANTED}</p>', attributes='bgcolor="black"'),
        page(f'<p style="opacity:0.9;font-size:0.9em">{PLANTED}</p>'),
        page(f'<p style="background-color:#fff">{PLANTED}</p>'),
        page(f"<p>{PLANTED}</p>"),
    ],
)
def test_what_is_seen_is_not_hidden(shown: str) -> None:
    """White on dark is how half of the web looks at night; the page comes back untouched."""
    assert without_hidden(shown) == (shown, 0)


def test_a_closed_menu_is_left_out_without_a_word() -> None:
    """What opens on a click is no attempt to deceive."""
    menu = page('<nav><ul style="display:none"><li>All the pages of this invented site</li></ul></nav>')
    shown, characters = without_hidden(menu)
    assert ("All the pages" in shown, characters) == (False, 0)


@pytest.mark.parametrize("odd", ["", "hidden", "<p hidden", "<!-- hidden -->", "<html hidden></html>", "\ud800 hidden"])
def test_odd_pages_do_not_break_it(odd: str) -> None:
    """Whatever cannot be taken apart is left alone."""
    assert without_hidden(odd)[1] == 0


def test_hidden_words_of_a_word_document_are_left_out_and_counted(tmp_path: Path) -> None:
    """Marked as hidden, white on white, or of one point; white on a colour is seen."""
    document = docx.Document()
    document.add_heading("An invented talk", 1)
    for harm in ("vanish", "white", "tiny", "white on black"):
        paragraph = document.add_paragraph(f"{SEEN} ")
        run = paragraph.add_run(PLANTED if harm != "white on black" else "Seen on black.")
        run.font.hidden = True if harm == "vanish" else None
        run.font.size = Pt(1) if harm == "tiny" else None
        if harm.startswith("white"):
            run.font.color.rgb = RGBColor(255, 255, 255)
        if harm == "white on black":
            run.font.highlight_color = WD_COLOR_INDEX.BLACK
    path = tmp_path / "talk.docx"
    document.save(str(path))
    parsed = parse(path, registry=Registry())
    assert "invented school" not in parsed.document.text
    assert "Seen on black." in parsed.document.text
    assert f"dropped {3 * len(PLANTED)} characters of hidden text" in parsed.notes
