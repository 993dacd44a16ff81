"""The YAML mapping between `---` lines at the head of a file, and what it says about the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import yaml

from ingest.blocks import Metadata
from ingest.load.dates import parse_date
from ingest.values import Kind, Person, Role

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_DATES = ("published", "date", "publish_date", "pub_date", "published_at", "dateadded", "created")
_URLS = ("url", "youtube_url", "link", "canonical_url", "permalink", "source_url")
_ORIGINALS = ("original_url", "original", "translated_from", "source_of_translation")
_TOPICS = ("topics", "tags", "keywords")
_ROLES = {
    Role.INTERVIEWEE: ("interviewee", "interviewees", "guest", "guests"),
    Role.INTERVIEWER: ("interviewer", "interviewers", "host", "hosts"),
    Role.AUTHOR: ("author", "authors"),
}
_LANGUAGE_SUFFIX = re.compile(r"[-_].*")


def split_front_matter(text: str) -> tuple[Mapping[str, object], str]:
    """Return the front matter of a text (empty where there is none or it is no mapping) and the text after it."""
    match = _FRONT_MATTER.match(text.lstrip("\ufeff"))
    if not match:
        return {}, text
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        mapping = yaml.load(match[1], Loader=loader)  # noqa: S506  (a safe loader, in C where there is one)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, text
    if not isinstance(mapping, dict):
        return {}, text
    return {str(key): value for key, value in mapping.items()}, text.lstrip("\ufeff")[match.end() :]


def stated_metadata(front: Mapping[str, object]) -> Metadata:
    """Return what a front matter states; its keys follow the habits of blogs, podcasts and our own digests."""
    url = _url(front)
    kind = _kind(front.get("kind"))
    original = next((value for value in map(_text, map(front.get, _ORIGINALS)) if value and "://" in value), None)
    return Metadata(
        id=_text(front.get("id")),
        title=_text(front.get("title")),
        url=url,
        published=next((day for key in _DATES if (day := parse_date(front.get(key)))), None),
        language=_language(front.get("language", front.get("lang"))),
        kind=kind,
        people=tuple(_people(front)),
        licence=_text(front.get("licence", front.get("license"))),
        original_url=original,
        translation_of=_text(front.get("translation_of")),
        machine_translated=front.get("machine_translated") is True,
        digest_of=url if kind is Kind.DIGEST else None,
        topics=tuple(topic for key in _TOPICS for topic in _strings(front.get(key))),
    )


def _text(value: object) -> str | None:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return " ".join(str(value).split()) or None
    return None


def _strings(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(text for item in values if (text := _text(item)))


def _url(front: Mapping[str, object]) -> str | None:
    """Return the first whole URL; a path without a host says nothing outside its site."""
    links = front.get("links")
    values = [front.get(key) for key in _URLS] + ([links.get("youtube")] if isinstance(links, dict) else [])
    return next((value for value in map(_text, values) if value and urlsplit(value).netloc), None)


def _language(value: object) -> str | None:
    text = _text(value)
    return _LANGUAGE_SUFFIX.sub("", text).lower() if text else None


def _kind(value: object) -> Kind | None:
    text = _text(value)
    return Kind(text) if text in set(Kind) else None


def _role(value: object, default: Role) -> Role:
    text = (_text(value) or "").lower()
    return Role(text) if text in set(Role) else default


def _people(front: Mapping[str, object]) -> Iterator[Person]:
    for item in _items(front.get("people")):
        yield from person_from(item, Role.UNKNOWN)
    if name := _text(front.get("person")):
        role = _role(front.get("person_role"), Role.INTERVIEWEE)
        yield Person(name=name, role=role, position=_text(front.get("position")), aliases=_strings(front.get("aliases")))
    for role, keys in _ROLES.items():
        for item in (item for key in keys for item in _items(front.get(key))):
            yield from person_from(item, role)


def _items(value: object) -> list[object]:
    if isinstance(value, list):
        return list(value)
    return [] if value is None else [value]


def person_from(item: object, role: Role) -> Iterator[Person]:
    """Yield the person that a name or a mapping {name, role, position, aliases} describes; nothing where it has no name."""
    if isinstance(item, Mapping):
        if name := _text(item.get("name")):
            yield Person(
                name=name,
                role=_role(item.get("role"), role),
                position=_text(item.get("position")),
                aliases=_strings(item.get("aliases")),
            )
    elif name := _text(item):
        yield Person(name=name, role=role)
