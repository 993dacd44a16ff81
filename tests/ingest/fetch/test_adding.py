"""`ingest add` from end to end: what is kept, what is refused, and that it is an ordinary document afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner
from patience import PATIENCE
from web_sites import PAGE, Answer, Dialler, Names, network, site

from ingest.cli import cli
from ingest.embed.hashing import HashEmbedder
from ingest.errors import FetchError, UnreadableError, UsageError
from ingest.fetch.add import Added, add, fetch, is_url, missing, take
from ingest.fetch.document import Facts, Fetched
from ingest.fetch.library import Library
from ingest.fetch.session import FetchLimits, Session
from ingest.forget import forget
from ingest.home import Home
from ingest.index.reader import open_index
from ingest.load.original import original_of
from ingest.progress import Silent
from ingest.stages import Stages, real_stages
from ingest.sync import sync
from ingest.values import Person, Role

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.values import Source

pytestmark = pytest.mark.services  # real servers and the system's own resolver, on loopback

URL = "https://example.org/talks/ada"
LOGIN = b'<html><body><form><p>Please log in to read on.</p><input name="p" type="password"></form></body></html>'


@pytest.fixture(scope="module")
def stages() -> Stages:
    """Return the real stages, whose cage starts once."""
    return real_stages(None)


def page(body: bytes = PAGE.encode(), **facts: Any) -> Fetched:
    """Return an invented page as it was fetched."""
    return Fetched(url=URL, suffix=".html", body=body, facts=Facts(**facts))


def front_matter(card: Path) -> dict[str, Any]:
    """Return what a card states."""
    fields: dict[str, Any] = yaml.safe_load(card.read_text(encoding="utf-8").split("---")[1])
    return fields


def test_a_page_becomes_a_card_and_the_document_as_it_came(tmp_path: Path, stages: Stages) -> None:
    """Card and document stand in the library, the card says what the page says of itself, and nothing else is left."""
    added = add(page(), URL, home=Home(tmp_path), stages=stages)
    assert original_of(added.card).read_bytes() == PAGE.encode()
    stated = front_matter(added.card)
    assert (stated["url"], stated["title"], stated["language"]) == (URL, "Ada Quill on small robots", "en")
    assert (stated["published"], stated["people"][0]["name"]) == (date(2022, 3, 4), "Bo Stern")
    assert stated["retrieved"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted(
        ["library", added.card.name, original_of(added.card).name]
    )


def test_a_card_is_read_as_its_document(tmp_path: Path, stages: Stages) -> None:
    """Reading the card yields the words of the page and the facts of the card; correcting the card corrects the source."""
    added = add(page(), URL, home=Home(tmp_path), stages=stages)
    parsed = stages.parse(added.card, added.card.parent)
    assert parsed.source.id == added.source.id
    assert "box of screws" in parsed.document.text
    assert "The document that this card describes" not in parsed.document.text
    text = added.card.read_text(encoding="utf-8")
    added.card.write_text(text.replace("title: Ada Quill on small robots", "title: Radios"), encoding="utf-8")
    assert stages.parse(added.card, added.card.parent).source.title == "Radios"


def test_what_is_stated_goes_before_what_the_page_says(tmp_path: Path, stages: Stages) -> None:
    """Options win over the page."""
    people = (Person(name="Ada Quill", role=Role.INTERVIEWEE),)
    facts = page(title="Radios", people=people, published=date(2020, 1, 2), translation_of="https://example.org/original")
    added = add(facts, URL, home=Home(tmp_path), stages=stages)
    source = stages.parse(added.card, added.card.parent).source
    assert (source.title, source.published, source.original_url) == ("Radios", date(2020, 1, 2), "https://example.org/original")
    assert source.person(Role.INTERVIEWEE) == people[0]


def test_the_registry_completes_a_known_address(tmp_path: Path) -> None:
    """A URL that the registry knows brings its people along."""
    registry = tmp_path / "sources.toml"
    entry = '[[source]]\nid = "ada"\ntitle = "Ada"\npeople = [{ name = "Ada Quill", role = "interviewee" }]\n'
    registry.write_text(f'{entry}url = "{URL}"\n', encoding="utf-8")
    added = add(page(), URL, home=Home(tmp_path / "home"), stages=real_stages(registry))
    assert added.source.id == "ada"
    assert {person["name"] for person in front_matter(added.card)["people"]} == {"Ada Quill", "Bo Stern"}


def test_adding_again_replaces_the_card(tmp_path: Path, stages: Stages) -> None:
    """The same URL has one place; another query is another page."""
    home = Home(tmp_path)
    first = add(page(), URL, home=home, stages=stages)
    second = add(page(PAGE.replace("screws", "nails").encode()), URL, home=home, stages=stages)
    assert first.card == second.card
    assert b"nails" in original_of(second.card).read_bytes()
    library = Library(home)
    assert library.place(replace(page(), url=f"{URL}?part=2"), URL) != first.card
    videos = ("https://youtu.be/aBcDeFgHiJk", "https://www.youtube.com/watch?v=aBcDeFgHiJk&t=3")
    assert len({library.place(replace(page(), url=url), url) for url in videos}) == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (LOGIN, "asks for a login"),
        (b"<html><body><p>We value your privacy. Accept all cookies?</p></body></html>", "cookie wall"),
        (b"<html><body><div id=app></div><script>run()</script></body></html>", "made by a script"),
    ],
)
def test_a_page_without_an_article_is_refused(tmp_path: Path, stages: Stages, body: bytes, expected: str) -> None:
    """Logins, cookie walls and pages made by scripts are refused by name, and nothing is kept."""
    with pytest.raises(UnreadableError, match=expected) as caught:
        add(page(body), URL, home=Home(tmp_path), stages=stages)
    assert str(caught.value).startswith(URL)
    assert list(tmp_path.rglob("*.md*")) == []


def test_somebody_is_asked_for_what_is_missing(tmp_path: Path, stages: Stages) -> None:
    """What neither page nor options state is asked for, and stands on the card."""
    asked: list[tuple[str, ...]] = []

    def ask(source: Source, facts: Facts) -> Facts:
        asked.append(missing(source, "stem"))
        return replace(facts, people=(Person(name="Ada Quill", role=Role.INTERVIEWEE),))

    bare = PAGE.replace('<meta name="author" content="Bo Stern">', "").replace("2022-03-04", "")
    added = add(page(bare.encode()), URL, home=Home(tmp_path), stages=stages, ask=ask)
    assert asked == [("people", "date")]
    assert added.source.person(Role.INTERVIEWEE) is not None
    assert missing(added.source, "stem") == ("date",)


def test_files_are_taken_as_they_are(tmp_path: Path, stages: Stages) -> None:
    """Captions, text and other kinds that can be read; no other kinds, and no folders."""
    (tmp_path / "talk.vtt").write_text("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nI took a radio apart.\n")
    taken = take(tmp_path / "talk.vtt", Facts(title="A talk"), url="https://youtu.be/aBcDeFgHiJk#t")
    added = add(taken, "talk.vtt", home=Home(tmp_path / "home"), stages=stages)
    assert stages.parse(added.card, added.card.parent).passages[0].second == 1.0
    assert added.source.url == "https://youtu.be/aBcDeFgHiJk"
    (tmp_path / "talk.exe").write_text("x")
    with pytest.raises(UsageError, match=r"\.exe is not supported"):
        take(tmp_path / "talk.exe", Facts())
    with pytest.raises(UnreadableError, match="does not exist"):
        take(tmp_path / "absent.md", Facts())


def test_a_card_without_its_document_says_so(tmp_path: Path, stages: Stages) -> None:
    """A card whose document was deleted, or replaced by a link to another file, is a reason and not a source."""
    added = add(page(), URL, home=Home(tmp_path), stages=stages)
    original = original_of(added.card)
    (tmp_path / "secret.html").write_text(PAGE)
    original.unlink()
    with pytest.raises(UnreadableError, match="is missing; add it again"):
        stages.parse(added.card, added.card.parent)
    original.symlink_to(tmp_path / "secret.html")
    with pytest.raises(UnreadableError, match="is missing; add it again"):
        stages.parse(added.card, added.card.parent)


def test_a_front_matter_that_speaks_of_a_document_is_no_card(tmp_path: Path, stages: Stages) -> None:
    """Only what `ingest add` marked is read as a card."""
    path = tmp_path / "letter.md"
    path.write_text("---\ndocument: .html\n---\n# A letter\n\nAda Quill writes that robots are small and patient.\n")
    assert "small and patient" in stages.parse(path, tmp_path).document.text


def test_fetching_names_the_address_in_its_errors() -> None:
    """A page comes through the session; whatever goes wrong names the URL that was asked for."""
    with site({"/ada": Answer(PAGE.encode())}) as server:
        rules = network(Names({"example.org": [["93.184.216.34"]]}), Dialler({80: server.port}))
        with Session(rules, limits=FetchLimits(seconds=PATIENCE)) as session:
            assert fetch("http://example.org/ada", session, Facts(title="Given")).facts.title == "Given"
            with pytest.raises(FetchError, match=r"^http://example\.org/bo: there is no such page"):
                fetch("http://example.org/bo", session, Facts())
    assert is_url("https://example.org")
    assert not is_url("C:/talks/ada.md")
    assert not is_url("ada.md")


def run(home: Path, *arguments: str, code: int = 0) -> str:
    """Run `ingest add` and return what it prints."""
    result = CliRunner().invoke(cli, ["add", *arguments, "--home", str(home), "--embedder", "hash"])
    assert result.exit_code == code, result.output
    return result.stdout


def test_the_command_adds_and_refuses_doubles(tmp_path: Path) -> None:
    """A file goes in with what is stated of it; the same words from another place are not kept twice."""
    home, file = tmp_path / "home", tmp_path / "ada.html"
    file.write_text(PAGE, encoding="utf-8")
    told = json.loads(run(home, str(file), "--json", "--url", URL, "--person", "Ada Quill=interviewee"))
    assert told["refused"] is None
    double = json.loads(run(home, str(file), "--json"))
    assert told["source"] in double["refused"]
    assert double["card"] is None
    assert len(list((home / "library").iterdir())) == 2
    with open_index(Home(home)) as index:
        assert [source.person(Role.INTERVIEWEE) for source in index.sources()] == [
            Person(name="Ada Quill", role=Role.INTERVIEWEE)
        ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["http://127.0.0.1/"], "this machine"),
        (["http://127.0.0.1:8080/"], "add --any-port"),
        (["ftp://example.org/"], "use http:// or https://"),
        (["absent.md"], "does not exist"),
        (["https://example.org/", "--url", "https://example.org/"], "--url is for a file"),
        (["https://example.org/", "--date", "soon"], "YYYY-MM-DD"),
        (["https://example.org/", "--person", "Ada=queen"], "a role is one of"),
    ],
)
def test_the_command_refuses_in_one_line(tmp_path: Path, arguments: list[str], expected: str) -> None:
    """What cannot be added is said in one line, and leaves no home behind that was not there."""
    result = CliRunner().invoke(cli, ["add", *arguments, "--home", str(tmp_path / "home"), "--embedder", "hash"])
    assert result.exit_code in {1, 2}
    assert expected in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_a_home_that_is_written_to_keeps_the_document_for_later(tmp_path: Path) -> None:
    """While somebody else writes, the document is kept, and the line says how it gets in."""
    home, file = Home(tmp_path / "home"), tmp_path / "ada.html"
    file.write_text(PAGE, encoding="utf-8")
    with home.lock():
        result = CliRunner().invoke(cli, ["add", str(file), "--home", str(home.path), "--embedder", "hash"])
    assert result.exit_code == 1
    assert f"goes in with: ingest sync {home.path / 'library'}" in result.stderr
    assert len(list((home.path / "library").iterdir())) == 2


def test_added_names_what_it_kept(tmp_path: Path, stages: Stages) -> None:
    """The result of adding says where the card is and what the quality notes are."""
    added = add(page(), URL, home=Home(tmp_path), stages=stages)
    assert isinstance(added, Added)
    assert added.card.is_relative_to(tmp_path / "library")


def test_what_was_added_can_be_forgotten(tmp_path: Path, stages: Stages) -> None:
    """Forgetting takes card and document along; a search of the home finds none of its sentences."""
    home = Home(tmp_path)
    added = add(page(), URL, home=home, stages=stages)
    sync([added.card.parent], home=home, embedder=HashEmbedder(), stages=stages, report=Silent())
    report = forget([added.source.id], home=home)
    assert [source.url for source in report.forgotten] == [URL]
    assert report.proof.found == ()
    assert list(added.card.parent.iterdir()) == []
