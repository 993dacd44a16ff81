"""HTML to blocks: trafilatura finds the article on the page and gives it as Markdown."""

from __future__ import annotations

import logging
import re

from ingest.blocks import Metadata
from ingest.load.dates import parse_date
from ingest.load.draft import Draft
from ingest.load.hidden import without_hidden
from ingest.load.markdown import read_markdown
from ingest.values import Person, Role

_HTML = re.compile(
    r"\A\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_LANGUAGE = re.compile(r"<html[^>]*\blang\s*=\s*[\"']?([a-z]{2})\b", re.IGNORECASE)


def is_html(text: str) -> bool:
    """Tell whether `text` begins as a page of HTML does."""
    return _HTML.match(text) is not None


def read_html(text: str) -> Draft:
    """Return the blocks of the main text of a page, without menus, comments and the like, and what its head states."""
    import trafilatura  # noqa: PLC0415

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    shown, hidden = without_hidden(text)
    body = trafilatura.extract(
        shown,
        output_format="markdown",
        include_comments=False,
        include_formatting=True,
        include_links=False,
        favor_recall=True,
    )
    if not body:
        body = trafilatura.html2txt(shown) or ""
    draft = read_markdown(str(body))
    return Draft(
        blocks=draft.blocks,
        facts=_facts(text),
        dropped_characters=draft.dropped_characters + hidden,
        notes=(*draft.notes, *((f"dropped {hidden} characters of hidden text",) if hidden else ())),
    )


def _facts(text: str) -> Metadata:
    import trafilatura  # noqa: PLC0415

    found = trafilatura.extract_metadata(text)
    language = _LANGUAGE.search(text)
    authors = (found.author or "").split(";") if found else ()
    return Metadata(
        title=found.title if found else None,
        url=found.url if found else None,
        published=parse_date(found.date) if found else None,
        language=language[1].lower() if language else None,
        licence=found.license if found else None,
        people=tuple(Person(name=name.strip(), role=Role.AUTHOR) for name in authors if name.strip()),
    )
