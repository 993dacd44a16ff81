"""Check the starter corpus; with `--write` also write `docs/corpus.md`, with `--check` fail when that page is out of date."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot.corpus.check import check
from bot.corpus.faults import Fault
from bot.corpus.page import page
from bot.corpus.source_check import read_source_checks, source_check_faults
from bot.corpus.whole import read_corpus

ROOT = Path(__file__).resolve().parent.parent
CORPUS, PAGE, RECORD = ROOT / "corpus", ROOT / "docs" / "corpus.md", ROOT / "docs" / "corpus-source-check.toml"
AT_HAND = (ROOT.parent / "shared" / "seeds", ROOT.parent / "shared" / "eval" / "interviews")
"""Where the originals of digests lie on a machine that has them."""
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--write", is_flag=True, help="Write docs/corpus.md.")
@click.option("--check", "compare", is_flag=True, help="Fail when docs/corpus.md is out of date.")
@click.option("--texts", multiple=True, type=_FOLDER, help="Folder of texts that no digest may copy from; default: ../shared.")
def main(*, write: bool, compare: bool, texts: tuple[Path, ...]) -> None:
    """Name every fault with its file and line; exit with 1 where there is one."""
    at_hand = list(texts) or [folder for folder in AT_HAND if folder.is_dir()]
    if not at_hand:
        click.echo("skipped: no texts at hand (../shared), so nothing was compared for copied sentences", err=True)
    corpus, unreadable = read_corpus(CORPUS)
    faults = [*unreadable, *check(corpus, texts=at_hand), *source_check_faults(RECORD, corpus)]
    if not faults:
        written = page(corpus, read_source_checks(RECORD))
        if write:
            PAGE.write_text(written, encoding="utf-8")
        elif compare and (not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != written):
            faults.append(Fault(path=PAGE, line=1, text="is out of date; run: python tools/corpus_check.py --write"))
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        sys.exit(1)
    compared = f"compared with the texts in {', '.join(map(str, at_hand))}" if at_hand else "not compared with any text"
    click.echo(f"{len(corpus.originals)} digests, {len(corpus.translations)} translations, {compared}: no fault")


if __name__ == "__main__":
    main()
