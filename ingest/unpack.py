"""Unpack a backup from elsewhere: a ZIP archive of which neither names nor sizes nor contents are taken on trust."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

from ingest.errors import IndexDamagedError, IndexMismatchError, UsageError
from ingest.index.manifest import FileFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

FORMAT = 1
MOST_BYTES = 64 << 30
MOST_FILES = 1_000_000
_MOST_CONTENTS = 256 << 20
_PIECE = 1 << 20
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a backup says of itself."""

    NAME: ClassVar[str] = "backup.json"
    careerbot: str
    """The version that wrote it."""
    created: str
    home: str
    """Where the home was."""
    separator: str
    """Of folders in a path there."""
    generation: str
    files: Mapping[str, FileFacts]
    format: int = FORMAT

    def to_json(self) -> str:
        """Return all facts with a checksum over them."""
        facts = asdict(self)
        return json.dumps({**facts, "checksum": _checksum(facts)}, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: bytes, path: Path) -> Contents:
        """Return what `to_json` wrote.

        Raises:
            IndexDamagedError: it is something else.
            IndexMismatchError: another version of careerbot wrote it in another format.
        """
        try:
            facts: dict[str, Any] = json.loads(text)
            whole = facts.pop("checksum") == _checksum(facts)
            found, writer = facts["format"], facts["careerbot"]
            if whole and found == FORMAT:
                return cls(**{**facts, "files": {name: FileFacts(**one) for name, one in facts["files"].items()}})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexDamagedError(f"{path} is damaged: {cls.NAME} in it is not what careerbot writes") from error
        if not whole:
            raise IndexDamagedError(f"{path} is damaged: {cls.NAME} in it does not match its checksum")
        raise IndexMismatchError(
            f"{path} was written by careerbot {writer} in backup format {found}, this careerbot reads {FORMAT}:"
            " import it with that version, then sync with this one"
        )


def unpack(path: Path, folder: Path, allowed: Callable[[str], bool]) -> Contents:
    """Unpack the archive at `path` into the new folder `folder`, checking everything.

    Args:
        path: the archive.
        folder: where to; nothing is written anywhere else.
        allowed: tells whether a member of this name, which lies below `folder`, belongs into a backup.

    Raises:
        UsageError: there is no such file.
        IndexDamagedError: it is not a whole backup, or holds what no backup holds.
        IndexMismatchError: another version of careerbot wrote it.
    """
    if not path.is_file():
        raise UsageError(f"no such file: {path}")
    try:
        with zipfile.ZipFile(path) as archive:
            contents = _contents(archive, path)
            members = _members(archive, path, contents, allowed)
            _make_room(folder, path, contents)
            for info in members:
                _extract(archive, info, folder / info.filename, contents.files[info.filename], path)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise IndexDamagedError(f"{path} is damaged, or no backup of careerbot: {error}") from error
    return contents


def _contents(archive: zipfile.ZipFile, path: Path) -> Contents:
    try:
        info = archive.getinfo(Contents.NAME)
    except KeyError as error:
        raise IndexDamagedError(f"{path} is no backup of careerbot: it holds no {Contents.NAME}") from error
    if info.file_size > _MOST_CONTENTS:
        raise IndexDamagedError(f"{path} is no backup of careerbot: its {Contents.NAME} is too large")
    with archive.open(info) as file:
        return Contents.from_json(file.read(_MOST_CONTENTS), path)


def _members(
    archive: zipfile.ZipFile, path: Path, contents: Contents, allowed: Callable[[str], bool]
) -> tuple[zipfile.ZipInfo, ...]:
    """Return the members but for the contents, all of them fit to be unpacked."""
    infos = tuple(info for info in archive.infolist() if info.filename != Contents.NAME)
    names = [info.filename for info in infos]
    if len(names) > MOST_FILES or sum(facts.size for facts in contents.files.values()) > MOST_BYTES:
        raise IndexDamagedError(f"{path} is refused: it would unpack to more than {MOST_BYTES >> 30} GiB or {MOST_FILES} files")
    for info in infos:
        if not (_is_safe(info) and allowed(info.filename)):
            raise IndexDamagedError(f"{path} is refused: no backup holds a member such as {info.filename!r}")
    if sorted(names) != sorted(contents.files) or any(info.file_size != contents.files[info.filename].size for info in infos):
        raise IndexDamagedError(f"{path} is damaged: its members are not those that {Contents.NAME} names")
    return infos


def _is_safe(info: zipfile.ZipInfo) -> bool:
    """Tell whether a member is a plain file whose name stays below the folder it is unpacked to, on every system."""
    name = info.filename
    parts = PurePosixPath(name).parts
    plain = stat.S_IFMT(info.external_attr >> 16) in (0, stat.S_IFREG) and not info.flag_bits & _ENCRYPTED
    inside = not name.startswith("/") and not name.endswith("/") and ".." not in parts and "/".join(parts) == name
    return plain and inside and not set(name) & set("\\:\0")


def _make_room(folder: Path, path: Path, contents: Contents) -> None:
    needed = sum(facts.size for facts in contents.files.values())
    free = shutil.disk_usage(folder.parent).free
    if needed > free:
        raise IndexDamagedError(f"{path} unpacks to {needed:,} bytes and {folder.parent} has {free:,} free; make room first")
    folder.mkdir()


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, facts: FileFacts, path: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with archive.open(info) as source, target.open("xb") as file:
        while size <= facts.size and (piece := source.read(_PIECE)):
            digest.update(piece)
            size += len(piece)
            file.write(piece)
    if FileFacts(sha256=digest.hexdigest(), size=size) != facts:
        raise IndexDamagedError(f"{path} is damaged: {info.filename} in it does not match its checksum")


def _checksum(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
