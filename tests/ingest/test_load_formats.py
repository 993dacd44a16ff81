"""`load` on every file format. All texts are invented."""

from __future__ import annotations

import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest
from docx import Document
from docx.shared import Pt
from pypdf import PdfWriter

from ingest.blocks import Block, BlockKind, Loaded
from ingest.errors import UnreadableError
from ingest.load import SUFFIXES, limits, load, portable_document, word
from ingest.registry import Registry
from ingest.values import Kind, Role

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path, content: str | bytes) -> Loaded:
    """Return a file as loaded."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load(path, registry=Registry())


def texts(loaded: Loaded) -> list[str]:
    """Return the texts of blocks."""
    return [block.text for block in loaded.blocks]


def kinds(loaded: Loaded) -> list[BlockKind]:
    """Return the kinds of the blocks."""
    return [block.kind for block in loaded.blocks]


MARKDOWN = """---
title: Baking and Bits
author: Zora Quill
date: 2021-02-03
language: en-GB
url: https://blog.example.org/bits
tags: [bread, code]
---

<!-- a note -->
Setext title
============

A *paragraph* with a [link [x]](https://a.example/(b)), ![image](i.png)`code`, [ref][] and [other][b]
that is wrapped\\. Snake_case and 2 * 3 stay, _this_ goes, &amp; <u>that</u><https://c.example>{:target="_blank"}.

**我们的** [感知](https://a.example) **来**

* One
  goes on
* Two
1. Three

> Quoted by
> two lines
>
> More of it \\- [Ann Lee](/ann)

* * *

| a | b |
|---|---|
| c | d |

```python
dropped = True
```

First\\
second

[ref]: https://d.example "D"

### Last ###

*All of it.*
"""


def test_markdown(tmp_path: Path) -> None:
    """Markup goes, words and white space stay, and each layout gets its kind."""
    loaded = read(tmp_path / "a.md", MARKDOWN)
    assert loaded.blocks == (
        Block(kind=BlockKind.HEADING, text="Setext title", level=1),
        Block(
            kind=BlockKind.PARAGRAPH,
            text="A paragraph with a link [x], code, ref and other that is wrapped. Snake_case and 2 * 3 stay, "
            "this goes, & thathttps://c.example.",
        ),
        Block(kind=BlockKind.PARAGRAPH, text="我们的 感知 来", emphasised=False),
        Block(kind=BlockKind.LIST_ITEM, text="One goes on"),
        Block(kind=BlockKind.LIST_ITEM, text="Two"),
        Block(kind=BlockKind.LIST_ITEM, text="Three"),
        Block(kind=BlockKind.BLOCK_QUOTE, text="Quoted by two lines"),
        Block(kind=BlockKind.BLOCK_QUOTE, text="More of it - Ann Lee"),
        Block(kind=BlockKind.RULE, text=""),
        Block(kind=BlockKind.LIST_ITEM, text="a | b"),
        Block(kind=BlockKind.LIST_ITEM, text="c | d"),
        Block(kind=BlockKind.PARAGRAPH, text="First"),
        Block(kind=BlockKind.PARAGRAPH, text="second"),
        Block(kind=BlockKind.HEADING, text="Last", level=3),
        Block(kind=BlockKind.PARAGRAPH, text="All of it.", emphasised=True),
    )
    metadata = loaded.metadata
    assert (metadata.title, metadata.published, metadata.language) == ("Baking and Bits", date(2021, 2, 3), "en")
    assert (metadata.kind, metadata.topics, metadata.people[0].role) == (Kind.ARTICLE, ("bread", "code"), Role.AUTHOR)
    assert loaded.dropped_characters > 0


def test_markdown_with_long_lines_has_a_paragraph_a_line(tmp_path: Path) -> None:
    """Where lines are long and not parted by blank ones, nobody wrapped them."""
    line = (
        "This is a long line of talk that goes on and on without a break "
        "until somebody at last presses the key for it, yes, and then more. "
    )
    loaded = read(tmp_path / "transcript of talk.md", "\n".join([line + str(i) for i in range(5)]))
    assert len(loaded.blocks) == 5
    assert loaded.metadata.kind is Kind.TRANSCRIPT
    assert not loaded.marked_speakers


def test_bad_front_matter_is_text(tmp_path: Path) -> None:
    """Front matter that is no YAML mapping is read as text, not refused."""
    assert read(tmp_path / "a.md", "---\n[: {\n---\nText here.").blocks
    assert read(tmp_path / "b.md", "---\n- a\n---\nText here.").blocks


def test_plain_text_line_by_line(tmp_path: Path) -> None:
    """Without blank lines each line is a paragraph; short lines without end marks are headings, dashes are items."""
    loaded = read(
        tmp_path / "a.txt", "My Life in Bread\nI bake.\nThings I use\n- Flour: white\n- Water\nAnd salt.\n----\nEnd it here."
    )
    assert kinds(loaded) == [
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.HEADING,
        BlockKind.LIST_ITEM,
        BlockKind.LIST_ITEM,
        BlockKind.PARAGRAPH,
        BlockKind.RULE,
        BlockKind.PARAGRAPH,
    ]
    assert loaded.metadata.title == "My Life in Bread"


def test_plain_text_with_wrapped_lines(tmp_path: Path) -> None:
    """Short lines between blank ones are one paragraph; cut lines without any blank line are joined too."""
    loaded = read(tmp_path / "a.txt", "One day I\nbaked bread.\n\nThen I\nslept.\n\n* a\n* b\n")
    assert texts(loaded) == ["One day I baked bread.", "Then I slept.", "a", "b"]
    cut = (
        "When I was small I liked to bake bread with my aunt who\nlived by the sea and had a large oven that was never\ncold.\n"
    )
    assert len(read(tmp_path / "b.txt", cut * 3).blocks) == 3


def test_text_that_is_another_format(tmp_path: Path) -> None:
    """A .txt that is Markdown, HTML or captions is read as what it is."""
    assert read(tmp_path / "a.txt", "# Title\n\n> quote\n\nText.").blocks[1].kind is BlockKind.BLOCK_QUOTE
    assert read(tmp_path / "b.txt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHi you.\n").blocks[0].second == 1.0
    assert read(tmp_path / "c.txt", "1\n00:00:03,500 --> 00:00:05,000\nHi.\n").blocks[0].second == 3.5
    assert texts(read(tmp_path / "d.txt", PAGE))[0] == "Zora's way"


def test_hidden_text_is_dropped_and_noted(tmp_path: Path) -> None:
    """Words styled to be invisible are not read, and a note says so."""
    loaded = read(tmp_path / "a.txt", 'I bake.\n<span style="font-size:0.01pt;color:white;">Python expert</span>\nI sleep.')
    assert texts(loaded) == ["I bake.", "I sleep."]
    assert "hidden" in loaded.notes[0]


def test_timed_lines(tmp_path: Path) -> None:
    """Lines that begin with times become cues with seconds; a line without one continues the cue."""
    loaded = read(tmp_path / "a.txt", "Show\n00:00:01 Hello there.\n\n00:01:02 This is\nmy show.\n[1:05:06] Bye.")
    assert [(block.second, block.text) for block in loaded.blocks] == [
        (None, "Show"),
        (1.0, "Hello there."),
        (62.0, "This is my show."),
        (3906.0, "Bye."),
    ]
    assert (loaded.metadata.kind, loaded.marked_speakers, loaded.punctuated) == (Kind.TRANSCRIPT, False, True)


def test_saved_caption_page(tmp_path: Path) -> None:
    """A page saved around captions keeps title and words; its facts become metadata."""
    words = "so I bake bread and then you know " * 30
    page = f"Zora on Bread\n\nVideo Statistics\nCaptions Word Cloud\nCaptions\n{words}\nInfo\nChannel: Acme\nViews: 3\n"
    page += "Id: AbCdEfGhIjK\nLength: 1min\nPublished: Tue Mar 24 2020\nRelated Videos\nNote\n"
    loaded = read(tmp_path / "a.txt", page)
    assert kinds(loaded) == [BlockKind.HEADING, BlockKind.CUE]
    assert loaded.metadata.url == "https://www.youtube.com/watch?v=AbCdEfGhIjK"
    assert loaded.metadata.published == date(2020, 3, 24)
    assert (loaded.marked_speakers, loaded.punctuated) == (False, False)


VTT = """WEBVTT

00:00:01.000 --> 00:00:02.500
<v Ann Lee>What do you <c.x>bake</c>?</v>

00:00:03.000 --> 00:00:04.000
<v Zora>Bread &amp; rolls.
<v Ann Lee>Nice.
"""


def test_voices_of_captions(tmp_path: Path) -> None:
    """Voices become speakers; a cue with two voices becomes two blocks."""
    loaded = read(tmp_path / "a.vtt", VTT)
    assert [(block.speaker, block.text) for block in loaded.blocks] == [
        ("Ann Lee", "What do you bake?"),
        ("Zora", "Bread & rolls."),
        ("Ann Lee", "Nice."),
    ]
    assert loaded.marked_speakers


def test_rolling_captions_are_taken_once(tmp_path: Path) -> None:
    """Lines that roll up the screen appear once, inline times gone."""
    cues = ["I bake", "I bake\nbread<00:00:01.500><c> daily</c>", "bread daily\nand sleep", "and sleep\nwell"]
    text = "WEBVTT\n\n" + "\n\n".join(f"00:00:0{i}.000 --> 00:00:0{i + 1}.000\n{cue}" for i, cue in enumerate(cues))
    loaded = read(tmp_path / "a.vtt", text)
    assert texts(loaded) == ["I bake", "bread daily", "and sleep", "well"]
    assert loaded.dropped_characters > 0


def test_malformed_captions_are_refused(tmp_path: Path) -> None:
    """Captions that do not follow their format are one clear line."""
    with pytest.raises(UnreadableError, match="well-formed"):
        read(tmp_path / "a.srt", "just some words\n")


LIST = """---
title: Bread Talk
guests: [zoraquill]
links: {youtube: "https://www.youtube.com/watch?v=AbCdEfGhIjK"}
intro: In this talk Zora Quill tells of bread.
transcript:
- header: Start
- {line: "What do you bake?", sec: 3, time: "0:03", who: Ann}
- {line: "Bread: it is good.", time: "0:09", who: Zora}
- {line: "And what else do you bake?", who: Ann}
- {line: "Rolls.", who: "This whole sentence got into the wrong field when somebody edited the file."}
- 7
---
Links:

* [Site](https://a.example)
"""


def test_transcript_in_front_matter(tmp_path: Path) -> None:
    """Sections, lines, speakers and seconds come from the list; links after it go; slugs are spelled out.

    A line without a time has that of the line before it.
    """
    loaded = read(tmp_path / "a.md", LIST)
    assert [(block.second, block.speaker, block.text) for block in loaded.blocks] == [
        (None, None, "Start"),
        (3.0, "Ann", "What do you bake?"),
        (9.0, "Zora", "Bread: it is good."),
        (9.0, "Ann", "And what else do you bake?"),
        (9.0, None, "Rolls."),
    ]
    roles = {person.name: person.role for person in loaded.metadata.people}
    assert roles == {"Zora Quill": Role.INTERVIEWEE, "Ann": Role.INTERVIEWER}


def test_the_last_time_of_a_list_is_not_carried_for_ever(tmp_path: Path) -> None:
    """Lines a few minutes after the last time have none; nor have those before the first."""
    long = "We bake and bake. " * 40
    lines = "".join(f'- {{line: "{text}"{time}}}\n' for text, time in [("Ho.", ""), ("Hi.", ", sec: 7"), *[(long, "")] * 4])
    loaded = read(tmp_path / "a.md", f"---\ntitle: Bread Talk\ntranscript:\n{lines}---\n")
    assert [block.second for block in loaded.blocks] == [None, 7.0, 7.0, 7.0, None, None]


PAGE = """<!DOCTYPE html><html lang="en"><head><title>Zora's way - Acme</title><meta name="author" content="Zora Quill">
<meta property="og:title" content="Zora's way"><meta property="article:published_time" content="2020-05-06"></head><body>
<nav><a href="/">Home</a></nav><article><h1>Zora's way</h1><p>I began to bake bread when I was nine years old, and I have never
stopped since that day in May.</p><p>My aunt taught me how to knead, and my uncle taught me how to count the loaves.</p>
<h2>Later</h2><p>Then I learned to write programs that bake bread without anybody near the oven, which paid well.</p></article>
<footer>All rights reserved</footer></body></html>"""


def test_html(tmp_path: Path) -> None:
    """The article of a page is kept, its menu is not; the head gives title, author, date and language."""
    loaded = read(tmp_path / "a.html", PAGE)
    assert "Home" not in texts(loaded)
    assert any(block.kind is BlockKind.HEADING and block.text == "Later" for block in loaded.blocks)
    assert (loaded.metadata.title, loaded.metadata.published) == ("Zora's way", date(2020, 5, 6))
    assert loaded.metadata.people[0].name == "Zora Quill"


def test_html_without_an_article(tmp_path: Path) -> None:
    """A page too small for the extractor still gives its words; one without any is refused."""
    assert "I bake" in " ".join(texts(read(tmp_path / "a.htm", "<html><body><div>I bake.</div></body></html>")))
    with pytest.raises(UnreadableError, match="no text"):
        read(tmp_path / "b.htm", "<html><body></body></html>")


def pdf(*pages: list[str]) -> bytes:
    """Return a PDF whose pages show lines of text."""
    objects: list[str] = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 50 750 Td {shown} ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        content = len(objects)
        objects.append(f"<< /Type /Page /Parent 2 0 R /Contents {content} 0 R /Resources << /Font << /F1 3 0 R >> >> >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} /MediaBox [0 0 600 800] >>"
    body, offsets = "%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return (body + tail).encode()


def test_pdf(tmp_path: Path) -> None:
    """Lines and pages are joined to paragraphs; running heads and page numbers go; a cut word is whole again."""
    first = [
        "Acme Letters 1",
        "My Bread",
        "I learned to bake bread by the sea with my aunt and a com-",
        "puter that we both",
        "liked.",
    ]
    second = ["Acme Letters 2", "We wrote programs for the oven of the whole village and of", "2"]
    third = ["Acme Letters 3", "its neighbours, end-to-", "end. See end-to-end.", "3"]
    loaded = read(tmp_path / "a.pdf", pdf(first, second, third))
    assert texts(loaded) == [
        "My Bread",
        "I learned to bake bread by the sea with my aunt and a computer that we both liked.",
        "We wrote programs for the oven of the whole village and of its neighbours, end-to-end. See end-to-end.",
    ]


def test_pdfs_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a text layer, encrypted, damaged or too long: each is one line that says which."""
    with pytest.raises(UnreadableError, match="no text layer"):
        read(tmp_path / "a.pdf", pdf([]))
    with pytest.raises(UnreadableError, match="damaged"):
        read(tmp_path / "b.pdf", b"%PDF-1.4 nothing")
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "c.pdf")
    with pytest.raises(UnreadableError, match="encrypted"):
        load(tmp_path / "c.pdf", registry=Registry())
    monkeypatch.setattr(portable_document, "MAX_PAGES", 1)
    with pytest.raises(UnreadableError, match="pages"):
        read(tmp_path / "d.pdf", pdf(["a"], ["b"]))


def test_docx(tmp_path: Path) -> None:
    """Styles give the kinds, rows of tables become items, bold paragraphs are emphasised, properties are metadata."""
    document = Document()
    document.core_properties.title, document.core_properties.author = "Bread", "Quill, Zora"
    document.add_heading("Bread", 0)
    document.add_heading("Flour", 1)
    document.add_paragraph("I bake.").runs[0].font.size = Pt(9)
    document.add_paragraph("Why?").runs[0].bold = True
    document.add_paragraph("white", style="List Bullet")
    document.add_paragraph("• brown")
    document.add_paragraph("Bread is life", style="Quote")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "a", "b"
    document.save(str(tmp_path / "a.docx"))
    loaded = load(tmp_path / "a.docx", registry=Registry())
    assert [(block.kind.value, block.text) for block in loaded.blocks] == [
        ("heading", "Bread"),
        ("heading", "Flour"),
        ("paragraph", "I bake."),
        ("paragraph", "Why?"),
        ("list_item", "white"),
        ("list_item", "brown"),
        ("block_quote", "Bread is life"),
        ("list_item", "a | b"),
    ]
    assert loaded.blocks[3].emphasised
    assert loaded.metadata.people[0].name == "Zora Quill"


def test_docx_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a package, a package of something else, or one that unpacks to too much: each is one line."""
    with pytest.raises(UnreadableError, match="not a DOCX"):
        read(tmp_path / "a.docx", b"\xd0\xcf\x11\xe0 old")
    with zipfile.ZipFile(tmp_path / "b.docx", "w") as package:
        package.writestr("x.txt", "x" * 100)
    with pytest.raises(UnreadableError, match="damaged"):
        load(tmp_path / "b.docx", registry=Registry())
    monkeypatch.setattr(word, "MAX_UNPACKED_BYTES", 10)
    with pytest.raises(UnreadableError, match="unpacks"):
        load(tmp_path / "b.docx", registry=Registry())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    """UTF-8 with and without mark, UTF-16 with mark and Windows-1252 give the same text."""
    assert texts(read(tmp_path / "a.txt", "Café “crème”, s’il vous plaît.\r\n".encode(encoding))) == [
        "Café “crème”, s’il vous plaît."
    ]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n ", "no text"),
        ("a.txt", b"\x00\x01\x02abc", "binary"),
        ("a.txt", b"\x81\x8d\xff", "neither UTF-8"),
        ("a.exe", b"MZ", "not supported"),
        ("noname", b"x", "no suffix"),
        ("a.txt", b"Enter your email address below.\n", "furniture"),
    ],
)
def test_unreadable_files_are_one_clear_line(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    """The line names the file and says what is wrong."""
    with pytest.raises(UnreadableError, match=says) as refused:
        read(tmp_path / name, content)
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)


def test_missing_files_folders_and_large_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not there, is a folder, or is over a limit is refused."""
    for path, says in ((tmp_path / "no.txt", "does not exist"), (tmp_path, "folder")):
        with pytest.raises(UnreadableError, match=says):
            load(path, registry=Registry())
    monkeypatch.setattr(limits, "MAX_CHARACTERS", 3)
    with pytest.raises(UnreadableError, match="characters"):
        read(tmp_path / "a.txt", "abcdef")
    monkeypatch.setattr(limits, "MAX_BYTES", 5)
    with pytest.raises(UnreadableError, match="MB"):
        read(tmp_path / "a.txt", "abcdef")


def test_suffixes() -> None:
    """The suffixes that a folder is searched for."""
    assert {".md", ".markdown", ".txt", ".html", ".htm", ".pdf", ".docx", ".vtt", ".srt"} == SUFFIXES
