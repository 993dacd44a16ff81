"""Facts about known interviews, for files that lost them: captions do not say whom they interview.

The file is TOML with `[[source]]` tables: `id`, `title`, `url`, `published`, `language`, `licence`, `match` (other titles, or
URLs, under which the text is met), `path` (the file itself, from the folder of the registry) and `people`, a list of {name,
role, position, aliases}.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, urlsplit

from ingest.errors import UsageError
from ingest.load.front_matter import stated_metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.blocks import Metadata

_VIDEO_PATH = re.compile(r"/(?:embed|shorts|live|v)/([\w-]{6,})")


def normalise_url(url: str) -> str:
    """Return a key equal for all ways to write one address: scheme, `www.`, trailing slash, the forms of a video's URL."""
    parts = urlsplit(url.strip() if "://" in url else f"https://{url.strip()}")
    host = parts.netloc.lower().removeprefix("www.").removeprefix("m.")
    if host == "youtu.be":
        return f"youtube:{parts.path.strip('/')}"
    if host in {"youtube.com", "youtube-nocookie.com"}:
        video = parse_qs(parts.query).get("v", [None])[0]
        if video is None and (match := _VIDEO_PATH.match(parts.path)):
            video = match[1]
        if video:
            return f"youtube:{video}"
    return host + parts.path.rstrip("/").lower()


def normalise_title(title: str) -> str:
    """Return the letters and digits of a title, lower case and without accents, words joined by hyphens."""
    decomposed = unicodedata.normalize("NFKD", title.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return "-".join(re.findall(r"[^\W_]+", bare))


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Known sources, found by file, URL or title."""

    by_url: Mapping[str, Metadata] = field(default_factory=dict)
    by_title: Mapping[str, Metadata] = field(default_factory=dict)
    by_path: Mapping[Path, Metadata] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path | None) -> Self:
        """Read a registry file; no path gives an empty registry.

        Raises:
            UsageError: the file is absent, or not TOML of the expected form.
        """
        if path is None:
            return cls()
        try:
            sources = tomllib.loads(path.read_text(encoding="utf-8")).get("source", [])
        except FileNotFoundError:
            raise UsageError(f"{path}: no such registry of sources; check the path") from None
        except (OSError, ValueError) as error:
            raise UsageError(f"{path}: not a readable TOML file ({error}); mend it") from error
        if not isinstance(sources, list) or not all(isinstance(source, dict) for source in sources):
            raise UsageError(f"{path}: expected [[source]] tables; mend it")
        return cls.of(*sources, folder=path.resolve().parent)

    @classmethod
    def of(cls, *sources: Mapping[str, object], folder: Path | None = None) -> Self:
        """Build a registry from tables already read; files they name by `path` are looked for from `folder`."""
        by_url: dict[str, Metadata] = {}
        by_title: dict[str, Metadata] = {}
        by_path: dict[Path, Metadata] = {}
        for source in sources:
            metadata = stated_metadata(source)
            if folder is not None and isinstance(named := source.get("path"), str):
                by_path.setdefault((folder / Path(named).expanduser()).resolve(), metadata)
            others = source.get("match")
            for key in (metadata.url, metadata.title, *(others if isinstance(others, list) else ())):
                if isinstance(key, str) and "://" in key:
                    by_url.setdefault(normalise_url(key), metadata)
                elif isinstance(key, str) and normalise_title(key):
                    by_title.setdefault(normalise_title(key), metadata)
        return cls(by_url=by_url, by_title=by_title, by_path=by_path)

    def find(self, *, url: str | None, title: str | None, path: Path | None = None) -> Metadata | None:
        """Return what is known about the file at `path`, else about the text at `url`, else about the one named `title`."""
        found = self.by_path.get(path.resolve()) if path and self.by_path else None
        if found is None and url:
            found = self.by_url.get(normalise_url(url))
        if found is None and title:
            found = self.by_title.get(normalise_title(title))
        return found
