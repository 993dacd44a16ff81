"""Discord's locales as the languages the bot speaks."""

from __future__ import annotations

from bot.strings import LANGUAGES

LOCALES = {
    "en": ("en-US", "en-GB"),
    "zh": ("zh-CN", "zh-TW"),
    "es": ("es-ES", "es-419"),
    "de": ("de",),
    "fr": ("fr",),
    "pt": ("pt-BR",),
    "ru": ("ru",),
    "ja": ("ja",),
    "hi": ("hi",),
}
"""Discord has no locale for Arabic; questions in Arabic are answered in it all the same."""


def language_of(locale: str | None) -> str:
    """Return the language to speak to somebody with this Discord locale; English where the bot does not speak theirs."""
    base = (locale or "").replace("_", "-").partition("-")[0].lower()
    return base if base in LANGUAGES else LANGUAGES[0]
