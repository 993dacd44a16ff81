"""`docs/quality.md`: the results as a page, the published figures of others beside ours."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from bot.evaluation.results import figure, targets
from bot.evaluation.suite import NAMES
from bot.evaluation.table import as_text, figure_names
from bot.resources import data_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.evaluation.results import Results

WIDEST = 9
"""Columns of a table; rows with more groups than that are split."""


def write_page(results: Results, path: Path) -> None:
    """Write the page."""
    path.write_text(page(results), encoding="utf-8")


def page(results: Results) -> str:
    """Return the page: what was measured, targets, peers, every suite with its worst cases."""
    peers = tomllib.loads(data_file("peers.toml").read_text(encoding="utf-8"))["figure"]
    parts = [_HEAD.format(version=results["careerbot"], models=_models(results)), *_targets(results), *_peers(peers, results)]
    for name in [name for name in NAMES if name in results["suites"]]:
        parts += _suite(name, results["suites"][name])
    return "\n".join(parts) + "\n"


_HEAD = """# Quality

Written by `bot eval --json docs/quality.json --write-page docs/quality.md` with careerbot {version}; {models}.

Every figure comes from the code that answers people. Time is counted, not measured: each call of the language model costs its
usual time (judging a quote 0.5 s, restating one 1.5 s), so that what fits into an answer's budget, and with it every figure, is
the same on a slow machine and a busy one. Shares lie between 0 and 1. A figure that misses its target is marked with `!`.
"""


def _models(results: Results) -> str:
    pairs = {(entry["models"]["embedder"], entry["models"]["llm"]) for entry in results["suites"].values()}
    return "; ".join(f"embedder {embedder}, language model {llm}" for embedder, llm in sorted(pairs))


def _targets(results: Results) -> Iterator[str]:
    yield "## Targets\n"
    yield "| suite | figure | target | measured | |"
    yield "| --- | --- | ---: | ---: | --- |"
    for name, entry in _in_order(results):
        for target in targets(entry):
            value = figure(entry, target.row, target.figure)
            bound = f"≥ {target.at_least:g}" if target.at_least is not None else f"≤ {target.at_most:g}"
            shown = "not measured" if value is None else as_text(value)
            mark = "" if value is None else ("met" if target.is_met(value) else "missed")
            yield f"| {name} | {_cell(target.row)}: {_words(target.figure)} | {bound} | {shown} | {mark} |"
    yield ""


def _peers(peers: Sequence[Mapping[str, Any]], results: Results) -> Iterator[str]:
    yield "## Beside the figures that others publish\n"
    yield "Published by their authors, on their own set-ups; nobody ran the two side by side.\n"
    yield "| what | who | theirs | ours | how to read it |"
    yield "| --- | --- | --- | --- | --- |"
    for peer in peers:
        yield f"| {peer['what']} | {peer['who']} | {peer['theirs']} | {_ours(peer, results)} | {peer['meaning']} |"
    yield ""


def _ours(peer: Mapping[str, Any], results: Results) -> str:
    shown = []
    for suite, row, name in peer.get("ours", ()):
        entry = results["suites"].get(suite)
        value = figure(entry, row, name) if entry else None
        shown.append(f"{_words(name)} {'not measured' if value is None else as_text(value)}")
    return ", ".join(shown) or "no counterpart"


def _suite(name: str, entry: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {name}\n"
    yield f"{entry['claim']}\n"
    if entry["limit"]:
        yield f"At most {entry['limit']} cases of each kind.\n"
    rows = entry["rows"]
    for start in range(0, len(rows), WIDEST):
        yield from _table(entry, rows[start : start + WIDEST])
    for note in entry["notes"]:
        yield f"- {note}"
    if entry["notes"]:
        yield ""
    if entry["worst"]:
        yield "The worst cases:\n"
        yield "| case | what went wrong |"
        yield "| --- | --- |"
        yield from (f"| {_cell(case['case'])} | {_cell(case['wrong'])} |" for case in entry["worst"])
        yield ""


def _table(entry: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"| | {' | '.join(_cell(row['name']) for row in rows)} |"
    yield f"| --- |{' ---: |' * len(rows)}"
    yield f"| cases | {' | '.join(str(row['count']) for row in rows)} |"
    for name in figure_names({"rows": rows}):
        yield f"| {_words(name)} | {' | '.join(_figure(entry, row, name) for row in rows)} |"
    yield ""


def _figure(entry: Mapping[str, Any], row: Mapping[str, Any], name: str) -> str:
    value = row["figures"].get(name)
    if value is None:
        return ""
    missed = any(t.row == row["name"] and t.figure == name and not t.is_met(value) for t in targets(entry))
    return f"{as_text(value)} !" if missed else as_text(value)


def _in_order(results: Results) -> list[tuple[str, Mapping[str, Any]]]:
    return [(name, results["suites"][name]) for name in NAMES if name in results["suites"]]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _cell(text: str) -> str:
    """Return `text` as it stands in a table cell: what Markdown or HTML would read as markup is made literal."""
    plain = " ".join(text.split())
    for mark in "\\`*_<>|[]":
        plain = plain.replace(mark, f"\\{mark}")
    return plain
