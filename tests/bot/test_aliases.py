"""Names are also searched for as captions mishear them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from invented_corpus import BilingualEmbedder, ingest_texts
from invented_values import question

from bot.aliases import heard_forms, read_own
from bot.people import find_mentions
from bot.retrieve import retrieve
from ingest.errors import UsageError
from ingest.home import ALIASES
from ingest.index.reader import open_index

if TYPE_CHECKING:
    from pathlib import Path


def test_a_name_brings_its_misheard_forms() -> None:
    """A question for Kaggle also searches for what captions write in its place."""
    assert "goggle" in heard_forms("How did he win on Kaggle?")


def test_forms_are_search_terms() -> None:
    """Only whole words long enough to tell something are searched for."""
    forms = heard_forms("Kaggle PyTorch Lyft NeurIPS")
    assert all(len(form) > 3 and " " not in form for form in forms)


def test_no_name_brings_nothing() -> None:
    """A question without such a name is searched for as it is."""
    assert heard_forms("how do I begin?") == []


def test_a_home_brings_names_of_its_own(tmp_path: Path) -> None:
    """What a home's file adds holds from the next question on, beside what comes with the package."""
    assert heard_forms("Did Zephyrine use Kaggle?", tmp_path) == heard_forms("Did Zephyrine use Kaggle?")
    (tmp_path / ALIASES).write_text(
        'alias = [{ name = "Zephyrine", heard = ["zeppelin", "saf fron", "goggle"] }]', encoding="utf-8"
    )
    forms = heard_forms("Did Zephyrine use Kaggle?", tmp_path)
    assert {"zeppelin", "fron", "goggle", "kangol"} <= set(forms)
    assert "saf" not in forms
    assert len(forms) == len(set(forms))


@pytest.mark.parametrize("text", ["alias = [", 'alias = ["x"]', 'alias = [{ name = "x" }]', "other = 1"])
def test_a_file_that_cannot_be_read_changes_nothing(tmp_path: Path, text: str) -> None:
    """A question is searched for as if the file were not there; whoever looks after the home is told what is wrong."""
    (tmp_path / ALIASES).write_text(text, encoding="utf-8")
    assert heard_forms("Kaggle", tmp_path) == heard_forms("Kaggle")
    with pytest.raises(UsageError, match="mend it"):
        read_own(tmp_path)


def test_the_search_knows_the_home(tmp_path: Path) -> None:
    """A question for a name finds the passage in which the home's file says it was misheard."""
    text = "---\nlanguage: en\n---\n# A talk\n\nWe flew the zeppelin over the harbour every single morning of that year.\n\n"
    home = ingest_texts(tmp_path, {"a.md": text + "Later we kept bees and sold honey to the whole of the island."})
    asked = question("Zephyrine", language="en", asked_in="en")
    with open_index(home) as index:
        embedder = BilingualEmbedder()
        without = retrieve(asked, index, embedder, find_mentions(asked.text, index)).candidates
        (home / ALIASES).write_text('alias = [{ name = "Zephyrine", heard = ["zeppelin"] }]', encoding="utf-8")
        found = retrieve(asked, index, embedder, find_mentions(asked.text, index)).candidates
    assert max(one.lexical for one in without) == 0.0
    assert max(one.lexical for one in found) > 0.0
