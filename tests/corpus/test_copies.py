"""Sentences taken from somebody else are found whatever stands between their words, and nothing else is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from invented_digests import CHINESE, ENGLISH, write_corpus

from bot.corpus.copies import copies
from bot.corpus.whole import read_corpus

if TYPE_CHECKING:
    from pathlib import Path

TEN = "old robot arm in the harbour needed 22 new parts"
CAPTIONS = """\
WEBVTT

00:00:01.000 --> 00:00:02.000
old robot arm in the

00:02.000 --> 00:00:04.500
harbour needed 22 new parts
"""
TRANSCRIPT = """\
transcript:
- line: old robot arm in the
  sec: 12
  time: '0:12'
  who: Nora
- line: harbour needed 22 new parts
"""
ZH = "港口里的旧机械臂每个季节都需要"


def _found(folder: Path, name: str, text: str) -> list[str]:
    corpus, _ = read_corpus(write_corpus(folder / "corpus"))
    texts = folder / "texts"
    texts.mkdir()
    (texts / name).write_text(text, encoding="utf-8")
    return [f"{fault.path.name}:{fault.line}: {fault.text}" for fault in copies(corpus.digests, [texts])]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", f"They told me of my {TEN}, believe it or not."),
        ("a.md", "An OLD robot-arm\nin the **harbour** needed\n22 new parts"),
        ("a.vtt", CAPTIONS),
        ("a.md", TRANSCRIPT),
        ("a.jsonl", json.dumps({"text": "old robot arm in\nthe harbour needed 22 new parts"})),
    ],
)
def test_ten_words_in_a_row_are_found(tmp_path: Path, name: str, text: str) -> None:
    """Line breaks, marks, case, times and speakers do not hide a copy; file and line are named."""
    found = _found(tmp_path, name, text)
    assert found == [f"{ENGLISH}:28: shares a run with {name}: {TEN}"]


@pytest.mark.parametrize("text", [TEN.removeprefix("old "), TEN.replace("harbour", "port"), "nothing of the kind"])
def test_nine_words_are_no_copy(tmp_path: Path, text: str) -> None:
    """Nor are ten of which one differs."""
    assert _found(tmp_path, "a.txt", text) == []


def test_sixteen_chinese_characters_are_found(tmp_path: Path) -> None:
    """A number between them counts as one."""
    (found,) = _found(tmp_path, "a.txt", f"他写{ZH} 22 个")
    assert found.startswith(f"{CHINESE}:29: shares a run with a.txt: 港 口 里")


def test_fewer_chinese_characters_are_no_copy(tmp_path: Path) -> None:
    """Fifteen are what any two texts may share."""
    assert _found(tmp_path, "a.txt", f"他写{ZH}。") == []


def test_words_of_hindi_are_whole_words(tmp_path: Path) -> None:
    """Vowel signs belong to their word: five words are not taken for ten."""
    corpus, _ = read_corpus(write_corpus(tmp_path / "corpus"))
    hindi = "नोरा ने पुराने रोबोट की मरम्मत"
    (tmp_path / "corpus" / ENGLISH).write_text(
        corpus.originals[0].path.read_text(encoding="utf-8").replace("Vale says that", f"Vale {hindi}", 1), encoding="utf-8"
    )
    again, _ = read_corpus(tmp_path / "corpus")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text(hindi, encoding="utf-8")
    assert list(copies(again.digests, [tmp_path / "texts"])) == []


def test_no_texts_and_short_texts_are_no_fault(tmp_path: Path) -> None:
    """A file shorter than a run, or none at all."""
    assert _found(tmp_path, "a.txt", "old") == []
    assert list(copies([], [tmp_path / "texts"])) == []
