"""The manifest of a generation: what made it, what it holds, and the checksum of each of its files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from ingest.errors import IndexDamagedError, IndexMismatchError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT = 1
NAME = "manifest.json"
DATABASE = "index.sqlite"
VECTORS = "vectors.faiss"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderFacts:
    """What an index remembers about the model that made its vectors."""

    id: str
    fingerprint: str
    """Equal fingerprints mean one vector space, whatever the engine."""
    engine: str
    dimension: int
    prompts: Mapping[str, str] = field(default_factory=dict)
    normalised: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """Checksum and size of one file."""

    sha256: str
    size: int

    @classmethod
    def of(cls, path: Path) -> FileFacts:
        """Measure the file at `path`, reading it in pieces."""
        digest = hashlib.sha256()
        size = 0
        with path.open("rb") as file:
            while piece := file.read(_CHUNK):
                digest.update(piece)
                size += len(piece)
        return cls(sha256=digest.hexdigest(), size=size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The generation that another one was built on, and what had made it."""

    generation: str
    embedder: str
    """Id of the model."""
    fingerprint: str
    chunker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything a reader must know before it trusts a generation."""

    generation: str
    created: str
    """UTC, ISO 8601."""
    embedder: EmbedderFacts
    chunker: str
    """Version of the parser and chunker."""
    sources: int
    passages: int
    languages: Mapping[str, int]
    """Passages per language."""
    files: Mapping[str, FileFacts]
    second: EmbedderFacts | None = None
    """The second encoder, whose vectors stand beside the embedder's; None where there are none."""
    made_from: Origin | None = None
    """None where it was built from files alone."""
    format: int = FORMAT

    @property
    def origin(self) -> Origin:
        """This generation as the origin of another."""
        return Origin(
            generation=self.generation,
            embedder=self.embedder.id,
            fingerprint=self.embedder.fingerprint,
            chunker=self.chunker,
        )

    def write(self, folder: Path) -> None:
        """Write the manifest into `folder`, with a checksum over its own facts."""
        facts = asdict(self)
        text = json.dumps({**facts, "checksum": _checksum(facts)}, indent=2, ensure_ascii=False, sort_keys=True)
        (folder / NAME).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read the manifest in `folder`.

        Raises:
            IndexDamagedError: it is absent, is not what was written, or has another shape.
            IndexMismatchError: another version of careerbot wrote it in another format.
        """
        path = folder / NAME
        try:
            facts: dict[str, Any] = json.loads(path.read_bytes())
            if facts.pop("checksum") != _checksum(facts):
                raise IndexDamagedError(f"{path} is damaged: its facts do not match their checksum")
            if facts["format"] != FORMAT:
                found = facts["format"]
                raise IndexMismatchError(
                    f"{folder} has index format {found}, this careerbot reads {FORMAT}; run: ingest sync --rebuild"
                )
            return cls._from_facts(facts)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexDamagedError(f"{path} is damaged: {error}") from error

    def verify(self, folder: Path) -> None:
        """Compare every file in `folder` with its recorded size and checksum.

        Raises:
            IndexDamagedError: naming the first file that differs or is absent.
        """
        for name, facts in self.files.items():
            path = folder / name
            try:
                whole = path.stat().st_size == facts.size and FileFacts.of(path) == facts
            except OSError as error:
                raise IndexDamagedError(f"{path} cannot be read: {error.strerror}") from error
            if not whole:
                raise IndexDamagedError(f"{path} is damaged: its size or sha256 is not what the manifest records")

    @classmethod
    def _from_facts(cls, facts: dict[str, Any]) -> Manifest:
        files = {name: FileFacts(**measured) for name, measured in facts.pop("files").items()}
        made_from = Origin(**facts["made_from"]) if facts.get("made_from") else None
        second = EmbedderFacts(**facts["second"]) if facts.get("second") else None
        made_by = {"embedder": EmbedderFacts(**facts["embedder"]), "second": second, "made_from": made_from}
        return cls(**{**facts, **made_by, "files": files})


def _checksum(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
