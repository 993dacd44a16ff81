"""Files that travel with the code are found."""

from __future__ import annotations

from bot.resources import corpus_dir, data_file, prompts_dir


def test_everything_is_where_it_is_looked_for() -> None:
    """Corpus, prompts and tables are files."""
    assert (corpus_dir() / "README.md").is_file()
    assert (prompts_dir() / "restate.toml").is_file()
    assert all(data_file(f"{name}.toml").is_file() for name in ("acronyms", "aliases", "abstention", "function_words"))
