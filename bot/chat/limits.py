"""Discord's limits, and how they are counted.

Discord's own client counts UTF-16 code units, as JavaScript does; its servers are said to count code points, of which there are
never more. What fits by the larger count fits by both.
"""

from __future__ import annotations

TEXT = 2000
EMBED_TEXT = 4096
EMBED_TITLE = 256
EMBED_FOOTER = 2048
EMBEDS_TOTAL = 6000
"""Characters of all embeds of one message together."""
EMBEDS = 10
BUTTONS = 25
BUTTON_LABEL = 80
CUSTOM_ID = 100
MODAL_TITLE = 45
MODAL_LABEL = 45
MODAL_TEXT = 1000
THREAD_NAME = 100
CHOICE = 100
CHOICES = 25
NONCE = 25


def length(text: str) -> int:
    """Return how many characters Discord may count: UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, most: int) -> str:
    """Return `text`, cut at a word and ended by an ellipsis where it is longer than `most` code units."""
    if length(text) <= most:
        return text
    kept = text[: most - 1]
    while length(kept) > most - 1:
        kept = kept[:-1]
    word = kept.rfind(" ")
    if word > len(kept) * 2 // 3:
        kept = kept[:word]
    return kept.rstrip("\u200d ,;:") + "…"
