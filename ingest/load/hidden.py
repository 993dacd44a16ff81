"""Words of a web page that no reader sees: styled away, white on white, of no size, or pushed off the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement  # type: ignore[import-untyped]

_SUSPECT = re.compile(
    r"\bhidden\b|display\s*:\s*none|visibility\s*:|opacity\s*:|font-size\s*:\s*0|color\s*:|(?:left|top|text-indent)\s*:\s*-\d",
    re.IGNORECASE,
)
"""Without any of this in its source a page hides nothing, and is not taken apart."""
_UNSEEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)|font-size\s*:\s*0(?![.\d]*[1-9])"
    r"|(?:left|right|top|text-indent)\s*:\s*-\d{3,})",
    re.IGNORECASE,
)
_WHITE = re.compile(
    r"(?:^|;)\s*color\s*:\s*(?:white|transparent|#fff(?:fff)?\b|rgba?\(\s*255\s*,\s*255\s*,\s*255\b|rgba\([^)]*,\s*0(?:\.0+)?\s*\))",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(
    r"(?:^|;)\s*background(?:-color|-image)?\s*:(?!\s*(?:white|#fff(?:fff)?\b|none|transparent))", re.IGNORECASE
)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE_SELECTOR = re.compile(r"(?:[a-z]+)?([.#])([\w-]+)$", re.IGNORECASE)
_FURNITURE = frozenset(
    {"nav", "header", "footer", "aside", "form", "dialog", "menu", "button", "svg", "noscript", "script", "style"}
)
"""What pages hide until somebody opens it: left out, and not worth a note."""
_WORTH_A_NOTE = 20


def without_hidden(page: str) -> tuple[str, int]:
    """Return a page without what its readers do not see, and how many characters of that look planted.

    What is looked at: inline styles, `hidden`, old `font` colours, and rules for one class or id in the page's own style sheet.
    White text counts as hidden where nothing around it says that the background is another colour.
    """
    if not _SUSPECT.search(page):
        return page, 0
    from lxml import etree, html  # type: ignore[import-untyped]  # noqa: PLC0415 (only pages need it)

    try:
        tree = html.document_fromstring(page.encode("utf-8", "surrogatepass"), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return page, 0
    unseen = list(_unseen(tree))
    if not unseen:
        return page, 0
    characters = sum(_planted(element) for element in unseen)
    for element in unseen:
        if element.getparent() is not None:
            element.drop_tree()
    return str(html.tostring(tree, encoding="unicode")), characters


def _unseen(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the topmost hidden elements below the body."""
    rules = _rules(tree)
    inside: set[HtmlElement] = set()
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in {"html", "head", "body"}:
            continue
        if element.getparent() in inside:
            inside.add(element)
        elif _is_hidden(element, rules):
            inside.add(element)
            yield element


def _is_hidden(element: HtmlElement, rules: dict[str, str]) -> bool:
    style = _style(element, rules)
    if "hidden" in element.attrib or _UNSEEN.search(style):
        return True
    white = _WHITE.search(style) or re.fullmatch(r"\s*(?:white|#ffffff)\s*", element.get("color", ""), re.IGNORECASE)
    return bool(white) and not any(_has_background(one, rules) for one in (element, *element.iterancestors()))


def _has_background(element: HtmlElement, rules: dict[str, str]) -> bool:
    return bool(_BACKGROUND.search(_style(element, rules))) or "bgcolor" in element.attrib


def _style(element: HtmlElement, rules: dict[str, str]) -> str:
    names = [f".{name}" for name in element.get("class", "").split()] + [f"#{element.get('id', '')}", str(element.tag)]
    return ";".join([*(rules[name] for name in names if name in rules), element.get("style", "")])


def _rules(tree: HtmlElement) -> dict[str, str]:
    """Return what the page's own style sheets say of single classes, ids, and of the page as a whole."""
    found: dict[str, str] = {}
    for sheet in tree.iter("style"):
        for selectors, style in _RULE.findall(re.sub(r"/\*.*?\*/", "", sheet.text or "", flags=re.DOTALL)):
            for selector in selectors.split(","):
                match = _SIMPLE_SELECTOR.fullmatch(selector.strip())
                name = match[1] + match[2] if match else selector.strip()
                if match or name in {"html", "body", "main", "article", "section"}:
                    found[name] = f"{found.get(name, '')};{style.strip()}"
    return found


def _planted(element: HtmlElement) -> int:
    if any(one.tag in _FURNITURE for one in (element, *element.iterancestors())):
        return 0
    length = len(" ".join(str(element.text_content()).split()))
    return length if length >= _WORTH_A_NOTE else 0
