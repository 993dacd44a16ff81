"""The card of a fetched document: the front matter that `ingest.load.original` reads, and people may edit."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import yaml

from ingest.load.original import CARD, KEY
from ingest.values import Role

if TYPE_CHECKING:
    from ingest.fetch.document import Fetched
    from ingest.values import Person, Source

_BODY = """
The document that this card describes stands beside it under the same name. What is written above goes before what the document
says of itself: correct it here, then run `ingest sync`.
"""


def write_card(fetched: Fetched, known: Source | None = None) -> str:
    """Return the card of a document.

    Args:
        fetched: the document, with what was stated about it.
        known: what reading it yielded; fills what was not stated. None before it was read.
    """
    stated = fetched.facts
    original = stated.translation_of or ""
    fields = {
        CARD: 1,
        KEY: fetched.suffix,
        "sha256": hashlib.sha256(fetched.body).hexdigest(),
        "url": fetched.url,
        "retrieved": fetched.retrieved.isoformat(timespec="seconds"),
        "title": stated.title or (known.title if known else None),
        "people": [_person(person) for person in stated.people or (known.people if known else ()) if person.name],
        "published": stated.published or (known.published if known else None),
        "language": stated.language or (known.language if known else None),
        "licence": stated.licence or (known.licence if known else None),
        "original_url" if "://" in original else "translation_of": original,
        "remarks": list(fetched.remarks),
    }
    head = yaml.safe_dump(
        {name: value for name, value in fields.items() if value}, allow_unicode=True, sort_keys=False, width=10_000
    )
    return f"---\n{head}---\n{_BODY}"


def _person(person: Person) -> dict[str, object]:
    facts = {
        "name": person.name,
        "role": person.role.value if person.role is not Role.UNKNOWN else None,
        "position": person.position,
        "aliases": list(person.aliases),
    }
    return {name: value for name, value in facts.items() if value}
