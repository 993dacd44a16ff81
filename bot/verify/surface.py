"""Checks of a claim that need no quote: its language, its marks, its length, and grammar as far as it can be seen."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from bot.verify.language import Language, load
from bot.verify.values import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.verify.tokens import Token

LATIN = ("en", "es", "de", "fr", "pt")
_MARKUP = re.compile(r"[*_`#<>|~\\{}\[\]]|https?:|www\.|@\w|\]\(|&\w+;")
_SCRIPTS = {
    "latin": re.compile(r"LATIN"),
    "han": re.compile(r"CJK|IDEOGRAPH|LATIN"),
    "japanese": re.compile(r"CJK|IDEOGRAPH|HIRAGANA|KATAKANA|LATIN"),
    "cyrillic": re.compile(r"CYRILLIC|LATIN"),
}
_OWN = {"han": re.compile(r"CJK|IDEOGRAPH"), "japanese": re.compile(r"HIRAGANA|KATAKANA"), "cyrillic": re.compile("CYRILLIC")}
_PAIRS = (("(", ")"), ("（", "）"), ("“", "”"), ("「", "」"), ("«", "»"))
_LONGEST = 600
_GROWTH, _ROOM = 1.8, 80


def _letters(text: str) -> list[str]:
    return [unicodedata.name(character, "") for character in text if character.isalpha()]


def in_script(text: str, language: Language) -> bool:
    """Tell whether every letter belongs to the language's script (Latin names are welcome everywhere) and some are its own."""
    names = _letters(text)
    own = _OWN.get(language.script)
    return all(_SCRIPTS[language.script].search(name) for name in names) and (
        own is None or any(own.search(name) for name in names)
    )


def _votes(words: Sequence[str], code: str) -> int:
    language = load(code)
    return 0 if language is None else sum(language.has("function", word) for word in words)


def is_foreign(text: str, language: Language) -> bool:
    """Tell whether the function words of a Latin-script text speak for another language."""
    if language.code not in LATIN:
        return False
    words = re.findall(r"[^\W\d_]+", text.lower())
    own = _votes(words, language.code)
    return any(_votes(words, code) > max(2 * own, own + 2) for code in LATIN if code != language.code)


def _balanced(text: str) -> bool:
    return text.count('"') % 2 == 0 and all(text.count(first) == text.count(last) for first, last in _PAIRS)


def _doubled(tokens: Sequence[Token], quote: Sequence[Token]) -> bool:
    """Tell whether a word, or a run of words, is said twice in a row where the quote does not do so."""
    texts, original = [t.text for t in tokens], [t.text for t in quote]

    def has_repeat(words: Sequence[str], size: int) -> bool:
        return any(words[n : n + size] == words[n + size : n + 2 * size] for n in range(len(words) - 2 * size + 1))

    return any(has_repeat(texts, size) and not has_repeat(original, size) for size in (1, 2, 3, 4))


def surface_reasons(
    claim: str, quote: str, tokens: Sequence[Token], quoted: Sequence[Token], language: Language
) -> list[Reason]:
    """List what is wrong with the claim's surface."""
    found: list[Reason] = []
    text = claim.strip()
    if len(text) > _LONGEST or len(text) > _GROWTH * len(quote) + _ROOM or "\n" in text:
        found.append(Reason.LENGTH)
    if _MARKUP.search(text):
        found.append(Reason.MARKUP)
    if (
        not in_script(text, language)
        or not in_script(quote, language)
        or is_foreign(text, language)
        or is_foreign(quote, language)
    ):
        found.append(Reason.LANGUAGE)
    last = text[-1:] if text[-1:] not in '"”」»' else text[-2:-1]
    opening = next((character for character in text if character.isalnum()), "a")
    if last not in ".!。！" or text.endswith(("..", "…")) or (opening.islower() and not language.characters):
        found.append(Reason.GRAMMAR)
    dangling = tokens and language.has("dangling", tokens[-1].text) and not (quoted and quoted[-1].text == tokens[-1].text)
    if not _balanced(text) or _doubled(tokens, quoted) or dangling:
        found.append(Reason.GRAMMAR)
    if any(token.group in ("i", "we") and not token.quoted for token in tokens):
        found.append(Reason.PERSON)
    return list(dict.fromkeys(found))
