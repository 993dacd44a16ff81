"""Which language a text is in: by its script, then by a vote of its function words, then by py3langid.

py3langid (a naive Bayes classifier over byte n-grams, Lui and Baldwin 2012) takes most of a second to load and errs on short
questions; it is asked only where script and function words leave the matter open.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("kana", r"[\u3041-\u30ff\uff66-\uff9f]"),
    ("han", r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"),
    ("ko", r"[\u1100-\u11ff\uac00-\ud7af]"),
    ("cyrillic", r"[\u0400-\u04ff]"),
    ("ar", r"[\u0600-\u06ff\u0750-\u077f]"),
    ("hi", r"[\u0900-\u097f]"),
    ("he", r"[\u0590-\u05ff]"),
    ("el", r"[\u0370-\u03ff]"),
    ("th", r"[\u0e00-\u0e7f]"),
    ("latin", r"[A-Za-z\u00c0-\u024f]"),
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_IDEOGRAPH_WEIGHT = 2.5
"""One Han or kana character says about as much as this many letters."""
_KANA_SHARE = 0.08
"""Kana among kana and Han from which a text is Japanese; Chinese texts hold a stray の."""
_SAMPLE = 4_000
"""Characters of a text that are looked at."""
_SHORT = 200
"""Characters below which only the languages people ask in are considered."""
_VOTE_WEIGHT = 8.0
"""What one function word adds to py3langid's log probability."""
_CLEAR_VOTES = 2.0
"""Votes the best language needs at least: one word that is common in it and rare elsewhere."""
_CLEAR_LEAD = 1.5
"""How far the best language has to lead the second in votes for the vote alone to decide."""


class _Classifier(Protocol):
    def set_languages(self, langs: list[str] | None = None) -> None: ...

    def rank(self, text: str) -> list[tuple[str, float]]: ...


@cache
def _words() -> Mapping[str, Mapping[str, float]]:
    """Return for each language its function words and marks with their weights."""
    table = tomllib.loads(resources.files("ingest.data").joinpath("languages.toml").read_text(encoding="utf-8"))
    weights: dict[str, dict[str, float]] = {}
    for language, words in table["strong"].items():
        weights[language] = dict.fromkeys(words.split(), 2.0)
    for language, words in table["weak"].items():
        weights.setdefault(language, {}).update(dict.fromkeys(words.split(), 1.0))
    return weights


def prepare() -> None:
    """Load what an unclear text would otherwise wait for: most of a second."""
    _classifier()


def detect(text: str, *, among: Collection[str] | None = None) -> str:
    """Return the ISO 639-1 code of the language of `text`; `en` where it holds no letters.

    Args:
        text: a question, a paragraph or a whole document; the first 4,000 characters count.
        among: the only codes that may be returned; all that are known where None.
    """
    sample = text[:_SAMPLE]
    counts = {name: len(re.findall(pattern, sample)) for name, pattern in _SCRIPTS}
    language = _by_script(counts, sample)
    if language and (among is None or language in among):
        return language
    return _latin(sample, among)


def _by_script(counts: Mapping[str, int], text: str) -> str | None:
    """Return the language that the scripts give away, or None for Latin letters and for none at all."""
    ideographs = counts["kana"] + counts["han"]
    weight = {name: count for name, count in counts.items() if name not in {"kana", "han"}}
    weight["cjk"] = int(ideographs * _IDEOGRAPH_WEIGHT)
    foreign = {name: count for name, count in weight.items() if name != "latin" and count}
    if not foreign:
        return None
    best = max(foreign, key=lambda name: foreign[name])
    # A question in Chinese is full of Latin names; one in English about a person may hold a Chinese one.
    if weight["latin"] > foreign[best] and (sum(_votes(text).values()) > 0 or weight["latin"] > 8 * foreign[best]):
        return None
    if best == "cjk":
        return "ja" if counts["kana"] > _KANA_SHARE * ideographs else "zh"
    if best == "cyrillic":
        return "uk" if re.search(r"[іїєґІЇЄҐ]", text) else "ru"
    if best == "ar":
        return "fa" if re.search(r"[پچژگ]", text) else "ar"
    return best


def _votes(text: str) -> dict[str, float]:
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)] + re.findall("[¿¡ñãõßœ]", text.lower())
    return {language: sum(table.get(word, 0.0) for word in words) for language, table in _words().items()}


def _latin(text: str, among: Collection[str] | None) -> str:
    votes = {language: vote for language, vote in _votes(text).items() if among is None or language in among}
    ranked = sorted(votes, key=lambda language: -votes[language])
    if ranked and _is_clear(votes[ranked[0]], votes[ranked[1]] if len(ranked) > 1 else 0.0):
        return ranked[0]
    if not _WORD.search(text):
        return "en" if among is None or "en" in among else min(among)
    languages = set(among) if among is not None else (set(votes) if len(text) < _SHORT else None)
    return _classify(text, languages, votes)


def _is_clear(first: float, second: float) -> bool:
    return first >= _CLEAR_VOTES and first >= _CLEAR_LEAD * second


def _classify(text: str, languages: Collection[str] | None, votes: Mapping[str, float]) -> str:
    classifier = _classifier()
    classifier.set_languages(sorted(languages) if languages else None)
    scores = {code: score + _VOTE_WEIGHT * votes.get(code, 0.0) for code, score in classifier.rank(text)}
    return max(scores, key=lambda code: scores[code])


@cache
def _classifier() -> _Classifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  (0.9 s, and seldom needed)

    identifier: _Classifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=False)
    return identifier
