"""API keys: random, shown once, kept as hashes in the home, compared in constant time.

A key has 256 random bits, so a plain SHA-256 of it cannot be searched; slow hashes are for words that people choose.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import BotError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.home import Home

PREFIX = "careerbot"
FILE = "keys.json"
SHORTEST_SECRET = 32
"""Characters of a secret that somebody else made; 32 random letters and digits hold 190 bits."""


class Scope(StrEnum):
    """What a key may do."""

    ASK = "ask"
    ADMIN = "admin"


class NoSuchKeyError(BotError):
    """There is no key with this id."""

    exit_code = 2


class WeakSecretError(BotError):
    """A secret that could be guessed."""

    exit_code = 2


class KeysDamagedError(BotError):
    """The file of keys cannot be read; nobody is let in on the strength of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What is kept of a key."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    sha256: str
    created: str
    """When, in ISO 8601, UTC."""


class KeyStore:
    """The keys of one home. Reads follow the file, so that a revoked key is refused from the next request on."""

    def __init__(self, home: Home) -> None:
        self._path = home.path / FILE
        self._stamp: tuple[int, int, int] | None = None
        self._known: tuple[Key, ...] = ()

    def all(self) -> tuple[Key, ...]:
        """Return the keys, oldest first.

        Raises:
            KeysDamagedError: the file cannot be read as keys.
        """
        try:
            status = self._path.stat()
        except FileNotFoundError:
            self._stamp, self._known = None, ()
            return ()
        stamp = (status.st_mtime_ns, status.st_ino, status.st_size)
        if stamp != self._stamp:
            self._known, self._stamp = self._read(), stamp
        return self._known

    def add(self, name: str, scopes: Iterable[Scope]) -> tuple[Key, str]:
        """Return a new key and its text, which is not kept anywhere."""
        identity, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        text = f"{PREFIX}-{identity}-{secret}"
        return self._keep(identity, name, scopes, text), text

    def accept(self, name: str, scopes: Iterable[Scope], text: str) -> Key:
        """Return the key for a secret that was made elsewhere; adding it twice does no harm.

        Raises:
            WeakSecretError: it is so short that it could be guessed.
        """
        if len(text) < SHORTEST_SECRET:
            raise WeakSecretError(
                f"the secret has {len(text)} characters, {SHORTEST_SECRET} are the least: openssl rand -base64 48"
            )
        return self.find(text) or self._keep(secrets.token_hex(4), name, scopes, text)

    def revoke(self, identity: str) -> Key:
        """Forget a key.

        Raises:
            NoSuchKeyError: there is none with this id.
        """
        keys = self.all()
        found = next((key for key in keys if key.id == identity), None)
        if found is None:
            raise NoSuchKeyError(f"no key {identity}; see: bot keys list")
        self._write([key for key in keys if key.id != identity])
        return found

    def find(self, text: str) -> Key | None:
        """Return the key whose text this is. Every key is compared, each in constant time."""
        hashed, found = _hash(text), None
        for key in self.all():
            if hmac.compare_digest(hashed, key.sha256):
                found = key
        return found

    def _keep(self, identity: str, name: str, scopes: Iterable[Scope], text: str) -> Key:
        key = Key(
            id=identity,
            name=name,
            scopes=tuple(dict.fromkeys(scopes)),
            sha256=_hash(text),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self._write([*self.all(), key])
        return key

    def _read(self) -> tuple[Key, ...]:
        try:
            rows = json.loads(self._path.read_text(encoding="utf-8"))
            return tuple(Key(**{**row, "scopes": tuple(Scope(scope) for scope in row["scopes"])}) for row in rows)
        except (ValueError, TypeError, KeyError) as error:
            raise KeysDamagedError(f"{self._path} does not hold keys; delete it and make new ones: bot keys add") from error

    def _write(self, keys: Iterable[Key]) -> None:
        """Replace the file in one step; only its owner may read it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=".keys-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump([asdict(key) for key in keys], file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
            raise


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
