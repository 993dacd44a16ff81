"""What the models said before, on disk, so that a suite that ran once runs again in seconds and says the same.

A reply is found by the model's fingerprint and everything the model was shown; another model, prompt or quote is another entry.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import TYPE_CHECKING

import numpy as np

from ingest.embed.paired import second_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bot.llm import Cancellation, LanguageModel, Message, Prompt
    from ingest.embed.protocol import Embedder, PassagesDone
    from ingest.values import Matrix, Vector

_WAIT_SECONDS = 60.0
_BATCH = 256


class Memory:
    """A file of remembered replies; several processes may use it at once, each from one thread at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")

    def recall(self, key: str) -> bytes | None:
        """Return what was kept under `key`."""
        row = self._connection.execute("SELECT value FROM replies WHERE key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def keep(self, entries: Sequence[tuple[str, bytes]]) -> None:
        """Keep values under their keys."""
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT OR REPLACE INTO replies VALUES (?, ?)", entries)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class RememberingModel:
    """A `LanguageModel` that loads the real one only when asked something new.

    Args:
        name: the real one's.
        fingerprint: what tells its replies from another model's.
        load: returns the real one.
        memory: what was said before.
        shots: whether the real one is shown the shots of a prompt, or may be; others need not be asked again when those change.
    """

    def __init__(
        self, name: str, fingerprint: str, load: Callable[[], LanguageModel], memory: Memory, *, shots: bool = True
    ) -> None:
        self.name = name
        self._fingerprint, self._load, self._memory, self._shots = fingerprint, load, memory, shots
        self._model: LanguageModel | None = None

    def write(self, prompt: Prompt, *, max_tokens: int, cancellation: Cancellation) -> str:
        """See `LanguageModel.write`."""
        key = self._key(f"write {max_tokens}", prompt)
        known = self._memory.recall(key)
        if known is not None:
            return known.decode()
        written = self._real().write(prompt, max_tokens=max_tokens, cancellation=cancellation)
        self._memory.keep([(key, written.encode())])
        return written

    def yes_probability(self, prompt: Prompt, *, cancellation: Cancellation) -> float | None:
        """See `LanguageModel.yes_probability`."""
        key = self._key("judge", prompt)
        known = self._memory.recall(key)
        if known is None:
            probability = self._real().yes_probability(prompt, cancellation=cancellation)
            known = json.dumps(probability).encode()
            self._memory.keep([(key, known)])
        found: float | None = json.loads(known)
        return found

    def close(self) -> None:
        """Free the real model, if it was loaded."""
        if self._model is not None:
            self._model.close()
            self._model = None

    def _real(self) -> LanguageModel:
        if self._model is None:
            self._model = self._load()
        return self._model

    def _key(self, work: str, prompt: Prompt) -> str:
        parts = [self._fingerprint, work, _written(prompt.messages())]
        if self._shots and prompt.shots:
            parts.append(_written(prompt.shots))
        return _hash(*parts)


class RememberingEmbedder:
    """An `Embedder` that embeds no text twice."""

    def __init__(self, embedder: Embedder, memory: Memory) -> None:
        self._embedder, self._memory = embedder, memory
        self.id, self.dimension = embedder.id, embedder.dimension
        self.fingerprint, self.engine = embedder.fingerprint, embedder.engine
        self.prompts = embedder.prompts
        beside = second_of(embedder)
        self.second: RememberingEmbedder | None = RememberingEmbedder(beside, memory) if beside else None

    def embed_passages(self, texts: Sequence[str], *, progress: PassagesDone | None = None) -> Matrix:
        """See `Embedder.embed_passages`."""
        keys = [_hash(self.fingerprint, "passage", text) for text in texts]
        found = {key: value for key in dict.fromkeys(keys) if (value := self._memory.recall(key)) is not None}
        missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in found}.items())
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            vectors = self._embedder.embed_passages([text for _, text in batch])
            new = [(key, vector.astype(np.float32).tobytes()) for (key, _), vector in zip(batch, vectors, strict=True)]
            self._memory.keep(new)
            found |= dict(new)
        if progress:
            progress(len(texts))
        rows = [np.frombuffer(found[key], np.float32) for key in keys]
        return np.array(rows, np.float32).reshape(len(rows), self.dimension)

    def embed_query(self, text: str) -> Vector:
        """See `Embedder.embed_query`."""
        key = _hash(self.fingerprint, "query", text)
        known = self._memory.recall(key)
        if known is None:
            known = self._embedder.embed_query(text).astype(np.float32).tobytes()
            self._memory.keep([(key, known)])
        return np.frombuffer(known, np.float32)

    def count_tokens(self, text: str) -> int:
        """See `Embedder.count_tokens`."""
        return self._embedder.count_tokens(text)


def _written(messages: Sequence[Message]) -> str:
    return json.dumps([(message.role, message.content) for message in messages], ensure_ascii=False)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
