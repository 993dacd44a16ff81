"""Long Markdown in parts that each fit a message, nothing broken that belongs together.

Never cut are links, citation marks with the word before them, mentions, addresses, escapes, inline code, bold words, and
characters made of several code points; a code fence that has to be cut is closed and opened again with its language. Parts end,
in this order of preference, after a paragraph, a line, a sentence, a word. Only one thing longer than a whole part is cut
anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.chat.limits import length

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TOGETHER = re.compile(
    r"(?P<fence>`{3,}(?P<name>[\w+#.-]*(?=\n))?)"
    r"|(?P<mark>(?:[ \t]?\[\d{1,3}\])+(?!\())"
    r"|\[(?:\\.|[^\[\]\\\n]){1,300}\]\([^\s()]{1,600}\)"
    r"|<[^<>\s]{1,120}>"
    r"|https?://[^\s<>]+"
    r"|(?<![`\\])`[^`\n]{1,200}`(?!`)"
    r"|\*\*(?:\\.|[^*\\\n]){1,200}\*\*"
    r"|\\."
    r"|(?P<space>[ \t]+|\n+)"
    r"|(?P<word>[A-Za-z0-9,;:'\"%/=+(){}.!?-]+)"
)
_STOPS = frozenset(".!?…。！？।؟")
_CLOSERS = "\"'”’»)]』」"
_PARAGRAPH, _LINE, _SENTENCE, _WORD, _ANY = range(5)
_MARK_RESERVE = 4


@dataclass(frozen=True, slots=True)
class _Atom:
    """A stretch that is not cut; `toggles` is how often it opens or closes a fence."""

    text: str
    size: int
    """UTF-16 code units."""
    toggles: int = 0
    name: str = ""
    sticks: bool = False
    """It belongs to what stands before it."""


def split(text: str, most: int) -> list[str]:
    """Return `text` in parts of at most `most` UTF-16 code units, fences balanced in each. An empty text has no parts.

    Args:
        text: Markdown.
        most: at least 40.
    """
    parts: list[str] = []
    rest = [atom for found in _atoms(text) for atom in _cut_down(found, most)]
    fence: str | None = None
    while rest:
        taken = _take(rest, fence, most)
        part, fence = _joined(rest[:taken], fence)
        rest = _without_leading_space(rest[taken:], fence)
        if part.strip():
            parts.append(part)
    return parts


def _take(atoms: list[_Atom], fence: str | None, most: int) -> int:
    """Return how many atoms go into the next part: the best place to end it in its second half."""
    room = most - (len(fence) + _MARK_RESERVE if fence is not None else 0)
    size, fits, inside = 0, 0, fence is not None
    for count, atom in enumerate(atoms, start=1):
        size += atom.size
        inside ^= bool(atom.toggles % 2)
        if size + (_MARK_RESERVE if inside else 0) > room:
            break
        fits = count
    if fits == len(atoms):
        return fits
    return _best_end(atoms, fits, room) or max(1, fits)


def _best_end(atoms: list[_Atom], fits: int, room: int) -> int:
    sizes, size = [], 0
    for atom in atoms[:fits]:
        size += atom.size
        sizes.append(size)
    for wanted in (_PARAGRAPH, _LINE, _SENTENCE, _WORD, _ANY):
        least = room // 2 if wanted < _WORD else 0
        for count in range(fits, 0, -1):
            if sizes[count - 1] < least:
                break
            if not atoms[count].sticks and _kind(atoms, count) <= wanted:
                return count
    return 0


def _kind(atoms: list[_Atom], count: int) -> int:
    """Return what ends before atom number `count`."""
    before, after = atoms[count - 1].text, atoms[count].text
    if not before.isspace() and not after.isspace():
        return _SENTENCE if before in _STOPS and unicodedata.east_asian_width(before) == "W" else _ANY
    if "\n" in before or "\n" in after:
        return _PARAGRAPH if "\n\n" in before or "\n\n" in after else _LINE
    words = [atom.text.rstrip(_CLOSERS) for atom in atoms[max(0, count - 4) : count] if not atom.sticks]
    said = "".join(words).rstrip()
    return _SENTENCE if said and said[-1] in _STOPS else _WORD


def _joined(atoms: Iterable[_Atom], fence: str | None) -> tuple[str, str | None]:
    """Return the part these atoms make, an open fence closed, and the opening that the next part needs."""
    text = fence or ""
    for atom in atoms:
        text += atom.text
        if atom.toggles % 2:
            fence = None if fence is not None else f"```{atom.name}\n"
    if fence is None:
        return text.rstrip(), None
    return (text if text.endswith("\n") else f"{text}\n") + "```", fence


def _without_leading_space(atoms: list[_Atom], fence: str | None) -> list[_Atom]:
    """Drop what separated the parts; inside a fence only one line break, since indentation means something there."""
    if fence is not None:
        return atoms[1:] if atoms and atoms[0].text == "\n" else atoms
    start = next((at for at, atom in enumerate(atoms) if not atom.text.isspace()), len(atoms))
    return atoms[start:]


def _atoms(text: str) -> Iterator[_Atom]:
    position = 0
    while position < len(text):
        found = _TOGETHER.match(text, position)
        if found:
            # A mark above the last letter of a word belongs to it.
            end = _cluster_end(text, found.end() - 1) if found["word"] else found.end()
            ticks = len(found["fence"]) - len(found["name"] or "") if found["fence"] else 0
            whole = text[position:end]
            yield _Atom(whole, length(whole), toggles=ticks // 3, name=found["name"] or "", sticks=bool(found["mark"]))
            position = end
        else:
            end = _cluster_end(text, position)
            yield _Atom(text[position:end], length(text[position:end]))
            position = end


def _cut_down(atom: _Atom, most: int) -> Iterator[_Atom]:
    """Yield the atom, in pieces where it alone is too long for a part."""
    room = most - 2 * _MARK_RESERVE - 20
    if atom.size <= room:
        yield atom
        return
    piece = ""
    for character in atom.text:
        if length(piece + character) > room:
            yield _Atom(piece, length(piece))
            piece = ""
        piece += character
    yield _Atom(piece, length(piece))


def _cluster_end(text: str, start: int) -> int:
    """Return where the character at `start` ends, with its marks, joiners, skin tones, or the other half of a flag."""
    end = start + 1
    if _is_flag_half(text[start]) and end < len(text) and _is_flag_half(text[end]):
        end += 1
    while end < len(text):
        character = text[end]
        if character == "\u200d" and end + 1 < len(text):
            end += 2
        elif character == "\u200d" or unicodedata.category(character) in {"Mn", "Me", "Mc"} or _is_skin_tone(character):
            end += 1
        else:
            break
        if end - start > 64:  # noqa: PLR2004 - nobody writes such a character; stacked marks must not make an endless one
            break
    return min(end, len(text))


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_skin_tone(character: str) -> bool:
    return "\U0001f3fb" <= character <= "\U0001f3ff"
