"""Names are also searched for as captions mishear them."""

from __future__ import annotations

from bot.aliases import heard_forms


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
