"""The second encoder's vectors in the index: made for passages that lack them, dropped when that encoder is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.index import rows
from ingest.index.manifest import EmbedderFacts

if TYPE_CHECKING:
    from ingest.embed.protocol import Embedder
    from ingest.index.store import Store
    from ingest.progress import Reporter

_GROUP = 256
"""Passages embedded in one call."""


def bring_in_step(
    store: Store, encoder: Embedder | None, before: EmbedderFacts | None, dimension: int, report: Reporter
) -> EmbedderFacts | None:
    """Give every passage in `store` its second vector; return what the manifest records about it, None for no encoder.

    Args:
        store: the index being written.
        encoder: makes the vectors; None takes those that are there out.
        before: what made the vectors that are there.
        dimension: of the first embedder's vectors.
        report: told how far it is.
    """
    connection = store.connection
    if encoder is None or before is None or before.fingerprint != encoder.fingerprint:
        connection.execute("DELETE FROM second_vectors")
    if encoder is None:
        return None
    query = "SELECT key FROM passages WHERE key NOT IN (SELECT passage FROM second_vectors) ORDER BY source_id, start"
    missing = [int(key) for (key,) in connection.execute(query)]
    if missing:
        report.begin("second encoder", len(missing))
    for start in range(0, len(missing), _GROUP):
        keys = missing[start : start + _GROUP]
        texts = _key_texts(store, keys, dimension)
        store.put_second(zip(keys, encoder.embed_passages(texts), strict=True))
        report.advance(len(keys))
    return EmbedderFacts(
        id=encoder.id, fingerprint=encoder.fingerprint, engine=encoder.engine, dimension=encoder.dimension, prompts={}
    )


def _key_texts(store: Store, keys: list[int], dimension: int) -> list[str]:
    """Return the strings that are embedded for the passages under `keys`."""
    found = rows.read_passages(store.connection, keys, dimension)
    texts: dict[str, str] = {}
    for stored in found.values():
        source_id = stored.passage.source_id
        if source_id not in texts:
            document = rows.read_document(store.connection, source_id)
            texts[source_id] = document.text if document else ""
    return [found[key].passage.key(texts[found[key].passage.source_id]) for key in keys]
