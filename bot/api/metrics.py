"""The service's numbers for Prometheus. Labels are few and fixed: nobody can make new ones from outside."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

if TYPE_CHECKING:
    from ingest.index.manifest import Manifest

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Variable of the library: where several workers put their numbers together."""
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160)


class Metrics:
    """The metrics of one worker."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("careerbot_requests", "HTTP requests.", ("route", "method", "status"), registry=self.registry)
        self.answers = Counter(
            "careerbot_answers",
            "Answers by outcome: answered, refused or the kind of problem.",
            ("outcome",),
            registry=self.registry,
        )
        self.queue_depth = Gauge(
            "careerbot_queue_depth", "Answers being made or waiting.", multiprocess_mode="livesum", registry=self.registry
        )
        self.evidence = Histogram(
            "careerbot_evidence_seconds", "Until the first quotes.", buckets=_SECONDS, registry=self.registry
        )
        self.first_claim = Histogram(
            "careerbot_first_claim_seconds", "Until the first claim.", buckets=_SECONDS, registry=self.registry
        )
        self.answer = Histogram("careerbot_answer_seconds", "Until the whole answer.", buckets=_SECONDS, registry=self.registry)
        self.rejections = Counter(
            "careerbot_verifier_rejections", "Sentences of the model that were not shown.", registry=self.registry
        )
        self.index_age = Gauge(
            "careerbot_index_age_seconds",
            "Since the served index was published.",
            multiprocess_mode="max",
            registry=self.registry,
        )
        self.passages = Gauge(
            "careerbot_index_passages", "Passages in the served index.", multiprocess_mode="max", registry=self.registry
        )

    def look_at(self, manifest: Manifest) -> None:
        """Read the age and the size of the served index."""
        self.index_age.set(max(0.0, datetime.now(UTC).timestamp() - published(manifest.generation)))
        self.passages.set(manifest.passages)

    def text(self) -> bytes:
        """Return the numbers of all workers in the text format."""
        if SHARED_FOLDER not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


def published(generation: str) -> float:
    """Return when a generation was published, in seconds since 1970; its id begins with the moment."""
    stamp = generation.partition("-")[0]
    return datetime.strptime(stamp, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC).timestamp()
