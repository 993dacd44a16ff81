"""`ingest add`: put one page, video or file into the library, and the library into the index."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ingest.commands import options

if TYPE_CHECKING:
    from datetime import date

    from ingest.fetch.add import Added
    from ingest.fetch.document import Facts, Fetched
    from ingest.sync import SyncReport
    from ingest.values import Person, Source

_NOT_TAKEN = frozenset({"failed", "duplicate", "forgotten"})
"""Kinds of `ingest.changes.Step` that leave a file out of the index."""


@click.command()
@click.argument("target", metavar="URL|FILE")
@click.option("--title", help="Title, where the document does not state it or states it wrongly.")
@click.option(
    "--person",
    "people",
    multiple=True,
    metavar="NAME[=ROLE]",
    help="Who speaks: interviewee (if not said), interviewer, author. Repeat it.",
)
@click.option("--date", "published", help="When it was published, as YYYY-MM-DD.")
@click.option("--language", help="Language as ISO 639-1 code; of a video, also which captions to take.")
@click.option("--translation-of", metavar="ID|URL", help="The original that this is a translation of.")
@click.option("--licence", help="Licence, where it is known.")
@click.option("--url", help="Of a FILE: where it is to be found.")
@click.option("--any-port", is_flag=True, help="Fetch from ports but 80 and 443 too.")
@click.option("--use-proxy", is_flag=True, help="Fetch through the proxy that the environment names.")
@options.home_option
@options.embedder_options
@options.registry_option
@click.option("--quiet", is_flag=True, help="No questions, no progress and no table; warnings only.")
@options.json_option
def add(target: str, *, any_port: bool, use_proxy: bool, quiet: bool, as_json: bool, **chosen: object) -> NoReturn:
    """Fetch a web page or the captions of a YouTube video, or take a FILE, and put it into the index.

    It is kept in the folder `library` of the home: a card with its title, people and date, which may be
    corrected there, and the document as it came. Adding the same URL again replaces it. Only public
    addresses are fetched, and only what their robots.txt allows.
    """
    from ingest.errors import HomeBusyError  # noqa: PLC0415 (so that --help answers at once)
    from ingest.fetch import add as adding  # noqa: PLC0415
    from ingest.progress import reporter  # noqa: PLC0415
    from ingest.sync import sync  # noqa: PLC0415

    named = {
        name: chosen.pop(name) for name in ("title", "people", "published", "language", "licence", "translation_of", "url")
    }
    facts = _facts(named)
    settings = options.settings_of(**chosen)
    home, stages = options.home_of(settings), options.stages_of(settings)
    url = str(named["url"]) if named["url"] else None
    fetched = _fetched(target, facts, url, any_port=any_port, use_proxy=use_proxy)
    asking = sys.stdin.isatty() and sys.stderr.isatty() and not (quiet or as_json)
    name = target if adding.is_url(target) else str(Path(target).expanduser().resolve())
    added = adding.add(fetched, name, home=home, stages=stages, ask=_ask if asking else None)
    folder = added.card.parent
    try:
        with reporter(quiet=quiet or as_json) as report:
            done = sync([folder], home=home, embedder=options.embedder_of(settings), stages=stages, report=report)
    except HomeBusyError as error:
        raise HomeBusyError(f"{error}; the document is kept and goes in with: ingest sync {folder}") from error
    sys.exit(_told(added, done, quiet=quiet, as_json=as_json))


def _facts(named: dict[str, object]) -> Facts:
    from ingest.fetch.document import Facts  # noqa: PLC0415

    def text(name: str) -> str | None:
        value = named.get(name)
        return value.strip() or None if isinstance(value, str) else None

    people = named.get("people")
    return Facts(
        title=text("title"),
        people=tuple(_person(str(person)) for person in people) if isinstance(people, tuple) else (),
        published=_date(text("published")),
        language=text("language"),
        licence=text("licence"),
        translation_of=text("translation_of"),
    )


def _person(given: str) -> Person:
    from ingest.errors import UsageError  # noqa: PLC0415
    from ingest.values import Person, Role  # noqa: PLC0415

    name, _, role = (part.strip() for part in given.partition("="))
    roles = [known.value for known in Role if known is not Role.UNKNOWN]
    if not name or (role and role not in roles):
        raise UsageError(f"--person {given}: write NAME or NAME=ROLE; a role is one of {', '.join(roles)}")
    return Person(name=name, role=Role(role) if role else Role.INTERVIEWEE)


def _date(given: str | None) -> date | None:
    from ingest.errors import UsageError  # noqa: PLC0415
    from ingest.load.dates import parse_date  # noqa: PLC0415

    day = parse_date(given)
    if given and day is None:
        raise UsageError(f"--date {given}: write it as YYYY-MM-DD")
    return day


def _fetched(target: str, facts: Facts, url: str | None, *, any_port: bool, use_proxy: bool) -> Fetched:
    from ingest.errors import UsageError  # noqa: PLC0415
    from ingest.fetch import add as adding  # noqa: PLC0415

    if not adding.is_url(target):
        return adding.take(Path(target).expanduser(), facts, url=url)
    if url:
        raise UsageError("--url is for a file; a web page has its address already")
    from urllib.request import getproxies  # noqa: PLC0415

    from ingest.fetch.network import Network  # noqa: PLC0415
    from ingest.fetch.session import Session  # noqa: PLC0415

    proxies = (
        {scheme: proxy for scheme, proxy in getproxies().items() if scheme in {"http", "https", "all"}} if use_proxy else {}
    )
    with Session(Network(any_port=any_port, proxies=proxies)) as session:
        return adding.fetch(target, session, facts)


def _ask(source: Source, facts: Facts) -> Facts:
    """Ask on the terminal for what neither the document nor the options state; an empty answer leaves it open."""
    from dataclasses import replace  # noqa: PLC0415

    from ingest.fetch.add import missing  # noqa: PLC0415

    gaps = missing(source, Path(source.path or "").stem)
    if "title" in gaps:
        facts = replace(facts, title=_prompt("Title") or facts.title)
    if "people" in gaps:
        named = _prompt("Who speaks (NAME or NAME=ROLE; several with ';')").split(";")
        facts = replace(facts, people=facts.people + tuple(_person(one) for one in named if one.strip()))
    if "date" in gaps:
        facts = replace(facts, published=_date(_prompt("Published (YYYY-MM-DD)")) or facts.published)
    return facts


def _prompt(what: str) -> str:
    return str(click.prompt(f"{what}, empty if not known", default="", show_default=False, err=True)).strip()


def _told(added: Added, done: SyncReport, *, quiet: bool, as_json: bool) -> int:
    """Say what became of the document; one that the index does not take is not kept either. Return the exit code."""
    from ingest import tables  # noqa: PLC0415
    from ingest.changes import Kind  # noqa: PLC0415
    from ingest.fetch.library import discard  # noqa: PLC0415

    refused = next((step for step in done.steps if step.path == str(added.card) and step.kind in _NOT_TAKEN), None)
    if refused is not None:
        discard(added.card)
    if as_json:
        kept = None if refused else str(added.card)
        facts = {"source": added.source.id, "card": kept, "refused": refused.reason if refused else None}
        click.echo(json.dumps({**facts, **tables.sync_as_json(done)}, ensure_ascii=False))
    elif refused is not None:
        click.echo(f"ingest: not added: {refused.reason}", err=True)
    elif not quiet:
        tables.print_sync(done)
        click.echo(f"{added.source.id} is kept as {added.card}")
    return int(refused is not None and refused.kind is not Kind.DUPLICATE)
