"""DOCX to blocks, through python-docx."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

from ingest.blocks import Block, BlockKind, Metadata
from ingest.errors import UnreadableError
from ingest.load.draft import Draft
from ingest.load.limits import LEAST_BOMB_BYTES, MAX_PARTS, MAX_RATIO, MAX_UNPACKED_BYTES, check_text
from ingest.values import Person, Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_BULLET = re.compile(r"(?:[-•*–·]|\(?\d{1,2}[.)])\s+(?=\S)")
_PROGRAMS = {"python-docx", "microsoft office user", "user", "author", "administrator"}

_HIDDEN_RUNS = (
    ".//w:r[w:rPr/w:vanish[not(@w:val='0' or @w:val='false')] or w:rPr/w:sz[number(@w:val) <= 4]"
    " or (w:rPr/w:color[translate(@w:val, 'f', 'F') = 'FFFFFF'] and not(w:rPr/w:shd or w:rPr/w:highlight"
    " or ancestor::w:p/w:pPr/w:shd or ancestor::w:tc/w:tcPr/w:shd))]"
)
"""Sizes are in half points: what is set in two points is not meant to be read."""


def read_docx(path: Path) -> Draft:
    """Return the paragraphs and the rows of tables of a Word document, in order.

    Raises:
        UnreadableError: encrypted, damaged, not a DOCX, without text, or over a limit.
    """
    _check_package(path)
    from docx import Document as open_document  # noqa: N813, PLC0415

    try:
        document = open_document(str(path))
        hidden = _drop_hidden(document)
        blocks = tuple(_blocks(document))
        facts = _facts(document)
    except Exception as error:  # python-docx raises many kinds on damaged files
        raise UnreadableError(f"{path}: is a damaged DOCX ({type(error).__name__}); save it again or remove it") from error
    check_text(path, "\n".join(block.text for block in blocks))
    notes = (f"dropped {hidden} characters of hidden text",) if hidden else ()
    return Draft(blocks=blocks, facts=facts, broken_lines=True, dropped_characters=hidden, notes=notes)


def _drop_hidden(document: Document) -> int:
    """Take out what no reader sees: runs marked as hidden, white ones on nothing, tiny ones. Return how many characters."""
    characters = 0
    for run in document.element.body.xpath(_HIDDEN_RUNS):
        if "FFFFFF" in run.xpath("string(w:rPr/w:color/@w:val)").upper() and document.element.xpath("w:background"):
            continue
        characters += len(run.text)
        run.getparent().remove(run)
    return characters


def _check_package(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        raise UnreadableError(f"{path}: is not a DOCX file (an old .doc, or encrypted?); save it as DOCX without a password")
    with zipfile.ZipFile(path) as package:
        parts = package.infolist()
    if len(parts) > MAX_PARTS:
        raise UnreadableError(
            f"{path}: holds {len(parts):,} parts, over the limit of {MAX_PARTS:,}; save it again or remove it"
        )
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if unpacked > LEAST_BOMB_BYTES and unpacked / packed > MAX_RATIO:
        raise UnreadableError(f"{path}: unpacks to {unpacked // packed:,} times its size, as a zip bomb does; remove it")
    if unpacked > MAX_UNPACKED_BYTES:
        raise UnreadableError(f"{path}: unpacks to {unpacked // 1024 // 1024:,} MB, over the limit; split it")


def _blocks(document: Document) -> Iterator[Block]:
    from docx.text.paragraph import Paragraph as ParagraphType  # noqa: PLC0415

    for item in document.iter_inner_content():
        if isinstance(item, ParagraphType):
            yield from _paragraph(item)
        else:
            yield from _table(item)


def _paragraph(paragraph: Paragraph) -> Iterator[Block]:
    style = (paragraph.style.name if paragraph.style is not None else None) or ""
    text = " ".join(paragraph.text.split())
    if not text:
        return
    heading = _HEADING.match(style)
    bullet = _BULLET.match(text)
    numbered = paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None  # noqa: SLF001  (no public name for it)
    if style == "Title" or heading:
        yield Block(kind=BlockKind.HEADING, text=text, level=int(heading[1]) + 1 if heading else 1)
    elif "Quote" in style:
        yield Block(kind=BlockKind.BLOCK_QUOTE, text=text)
    elif "List" in style or numbered or bullet:
        yield Block(kind=BlockKind.LIST_ITEM, text=text[bullet.end() :] if bullet else text)
    else:
        runs = [run for run in paragraph.runs if run.text.strip()]
        emphasised = bool(runs) and all(run.bold or run.italic for run in runs)
        yield Block(kind=BlockKind.PARAGRAPH, text=text, emphasised=emphasised)


def _table(table: Table) -> Iterator[Block]:
    for row in table.rows:
        cells = [" ".join(cell.text.split()) for cell in row.cells]
        text = " | ".join(cell for index, cell in enumerate(cells) if cell and (index == 0 or cell != cells[index - 1]))
        if text:
            yield Block(kind=BlockKind.LIST_ITEM, text=text)


def _facts(document: Document) -> Metadata:
    properties = document.core_properties
    author = " ".join((properties.author or "").split())
    if len(parts := author.split(", ")) == 2:  # noqa: PLR2004  ("Lee, Ann")
        author = f"{parts[1]} {parts[0]}"
    people = (Person(name=author, role=Role.AUTHOR),) if " " in author and author.lower() not in _PROGRAMS else ()
    return Metadata(title=" ".join((properties.title or "").split()) or None, people=people)
