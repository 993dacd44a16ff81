"""Write a SentencePiece "precompiled character map" from a plain table of replacements.

The `tokenizers` library reads such a map (`normalizers.Precompiled`) but cannot make one. Its form: the size in bytes of a
double-array trie, the trie, then the replacement texts, each ended by a zero byte. A trie unit is 32 bits: bits 0-7 the label,
bit 8 whether a key ends in this state, bits 10-30 what to XOR to the unit's position to reach the block of its children; a
value unit has bit 31 set and the offset of the replacement in the others (darts-clone; Aoe 1989, "An efficient digital search
algorithm by using a double-array structure").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LABELS = 256
_HAS_LEAF = 1 << 8
_VALUE = 1 << 31
_OFFSET_SHIFT = 10


@dataclass(slots=True)
class _Node:
    children: dict[int, _Node] = field(default_factory=dict)
    value: int | None = None


def precompiled_charsmap(replacements: Mapping[str, str]) -> bytes:
    """Return the map that turns each key of `replacements` into its value.

    Raises:
        ValueError: A text holds U+0000, which the format cannot hold.
    """
    if any("\0" in key + value for key, value in replacements.items()):
        raise ValueError("a character map cannot hold U+0000")
    texts, offsets = bytearray(), {}
    for value in sorted(set(replacements.values())):
        offsets[value] = len(texts)
        texts += value.encode() + b"\0"
    root = _Node()
    for key, value in replacements.items():
        _insert(root, key.encode(), offsets[value])
    units = _Layout().place(root)
    trie = b"".join(unit.to_bytes(4, "little") for unit in units)
    return len(trie).to_bytes(4, "little") + trie + bytes(texts)


def _insert(node: _Node, key: bytes, value: int) -> None:
    for label in key:
        node = node.children.setdefault(label, _Node())
    node.value = value


class _Layout:
    """Finds a block for the children of every node so that no two units share a place and no two nodes a block."""

    def __init__(self) -> None:
        self._units = [0] * _LABELS
        self._taken = {0}
        self._bases: set[int] = set()
        self._first_free = 1

    def place(self, root: _Node) -> list[int]:
        """Return the units of the trie below `root`."""
        waiting = [(root, 0)]
        while waiting:
            node, position = waiting.pop()
            base = self._find_base(node)
            self._units[position] |= (position ^ base) << _OFFSET_SHIFT
            if node.value is not None:
                self._units[position] |= _HAS_LEAF
                self._put(base, _VALUE | node.value)
            for label, child in node.children.items():
                self._put(base ^ label, label)
                waiting.append((child, base ^ label))
        return self._units

    def _find_base(self, node: _Node) -> int:
        labels = [*([0] if node.value is not None or not node.children else []), *node.children]
        while self._first_free in self._taken:
            self._first_free += 1
        place = self._first_free
        while True:
            base = place ^ labels[0]
            if base not in self._bases and not any(base ^ label in self._taken for label in labels):
                self._bases.add(base)
                return base
            place += 1

    def _put(self, place: int, unit: int) -> None:
        while place >= len(self._units):
            self._units += [0] * _LABELS
        self._units[place] = unit
        self._taken.add(place)
