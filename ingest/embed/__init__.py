"""Text to vectors. `open_embedder` is the way in; every engine of a model gives vectors of the same space."""

from ingest.embed.choose import describe, open_embedder
from ingest.embed.hashing import HashEmbedder
from ingest.embed.protocol import Embedder, PassagesDone

__all__ = ["Embedder", "HashEmbedder", "PassagesDone", "describe", "open_embedder"]
