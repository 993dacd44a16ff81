"""Sources, passages, votes, syncs, health: the routes around the answer."""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from api_service import COVERED, application, talking_to, willing
from invented_corpus import ARTICLE
from patience import PATIENCE, until
from prometheus_client.parser import text_string_to_metric_families

from bot.api import ingest_jobs, page, passages, routes_service
from bot.api.errors import BadRequestError, BusyError, UnknownThingError
from bot.api.ingest_jobs import IngestJobs
from bot.api.metrics import published
from bot.feedback import FeedbackStore, UnknownAnswerError, Vote
from bot.keys import KeyStore, Scope
from ingest.home import Home
from ingest.values import Span

if TYPE_CHECKING:
    from pathlib import Path

    import httpx


async def ask(client: httpx.AsyncClient, question: str = COVERED) -> dict[str, Any]:
    """Return the answer to a question."""
    body: dict[str, Any] = (await client.post("/v1/ask", json={"question": question})).json()
    return body


@pytest.mark.asyncio
async def test_sources_are_listed_without_their_places_on_disk(own_home: Path) -> None:
    """Each source says what it is and who speaks in it."""
    async with talking_to(application(own_home)) as client:
        listed = (await client.get("/v1/sources")).json()
        one = (await client.get("/v1/sources/nora-vale")).json()
        missing = await client.get("/v1/sources/nobody")
    assert one in listed["sources"]
    assert one["people"][0] == {"name": "Nora Vale", "role": "interviewee", "position": "Robotics Engineer, Tin Works"}
    assert "path" not in one
    assert missing.status_code == 404


@pytest.mark.asyncio
async def test_a_citation_is_found_in_its_passage(own_home: Path) -> None:
    """The quote stands between what comes before and after it, and beside it its translation."""
    async with talking_to(application(own_home)) as client:
        citations = (await ask(client))["citations"]
        citation = next(citation for citation in citations if "Tallinn" in citation["quote"])
        where = {"quote_start": citation["char_start"], "quote_end": citation["char_end"]}
        shown = (await client.get(f"/v1/passages/{citation['passage_id']}", params=where)).json()
        whole = (await client.get(f"/v1/passages/{citation['passage_id']}")).json()
    assert shown["quote"] == citation["quote"]
    assert shown["source"]["id"] == citation["source_id"]
    assert "How did you become a robotics engineer?" in shown["before"]
    assert whole["quote"] in shown["before"] + shown["quote"] + shown["after"]
    assert "塔林" in shown["translations"][0]["quote"]
    assert shown["translations"][0]["language"] == "zh"
    assert citation["quote"][:20] in whole["quote"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("{id}?quote_start=5&quote_end=5", 422),
        ("{id}?quote_start=0&quote_end=999999", 422),
        ("{id}?quote_start=0&quote_end=3", 422),
        ("{id}?quote_start=-1", 422),
        ("{id}?quote_start=99999999999", 422),
        ("ffffffffffffffff", 404),
        ("0000000000000000", 404),
        ("zz", 404),
        ("%2e%2e", 404),
    ],
)
async def test_offsets_and_ids_are_checked(own_home: Path, path: str, status: int) -> None:
    """What is not a stretch of the source near the passage is refused; what is no passage is not found."""
    async with talking_to(application(own_home)) as client:
        passage = (await ask(client))["citations"][0]["passage_id"]
        response = await client.get(f"/v1/passages/{path.format(id=passage)}")
    assert response.status_code == status


@pytest.mark.asyncio
async def test_votes_are_kept_with_what_was_cited(own_home: Path) -> None:
    """A vote needs an answer that was given here; the question is not kept."""
    async with talking_to(application(own_home)) as client:
        answer = await ask(client)
        for body in ({"vote": "up"}, {"vote": "down", "claim": 1, "reason": "she said more"}):
            response = await client.post("/v1/feedback", json={"answer_id": answer["id"], **body})
            assert (response.status_code, response.content) == (204, b"")
        for wrong in ({"answer_id": "nope"}, {"answer_id": answer["id"], "claim": 99}):
            assert (await client.post("/v1/feedback", json={"vote": "up", **wrong})).status_code == 404
        assert (await client.post("/v1/feedback", json={"answer_id": "x", "vote": "maybe"})).status_code == 422
    with closing(FeedbackStore(Home(own_home))) as store:
        votes = store.votes()
    assert [(vote.vote, vote.claim, vote.reason) for vote in votes] == [("up", None, None), ("down", 1, "she said more")]
    assert b"robotics engineer?" not in (own_home / "feedback.sqlite").read_bytes()


@pytest.mark.asyncio
async def test_an_answer_survives_a_store_that_cannot_be_written(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk costs the vote, not the answer."""

    def full(*_: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(FeedbackStore, "remember", full)
    async with talking_to(application(own_home)) as client:
        assert (await ask(client))["status"] == "answered"


def test_a_vote_on_nothing_is_refused(tmp_path: Path) -> None:
    """The store itself knows which answers there were."""
    with closing(FeedbackStore(Home(tmp_path / "new"))) as store, pytest.raises(UnknownAnswerError):
        store.add(Vote(answer_id="x", vote="up"))


def test_long_texts_are_cut_at_paragraphs_or_words() -> None:
    """Around a quote in a long text stands some of it, never half a word."""
    for text, edge in (
        ("one two " * 400 + "QUOTE" + " three four" * 400, " "),
        ("a line\n" * 300 + "QUOTE" + "\na line" * 300, "\n"),
    ):
        start = text.index("QUOTE")
        shown = passages._in_context(text, Span(start, start + 5))
        assert shown["quote"] == "QUOTE"
        assert 600 < len(shown["before"]) <= passages.CONTEXT
        assert text[start - len(shown["before"]) - 1] == edge
        assert text[start + 5 + len(shown["after"])] == edge
    unbroken = passages._in_context("x" * 5000, Span(2000, 2005))
    assert len(unbroken["before"]) == len(unbroken["after"]) == passages.CONTEXT


@pytest.mark.asyncio
async def test_a_sync_is_a_job(own_home: Path, tmp_path: Path) -> None:
    """An admin enqueues a sync of a folder the operator allowed; when it is done, questions find what is new."""
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "new.md").write_text(ARTICLE.replace("letters-to-juniors", "letters-again"), encoding="utf-8")
    _, key = KeyStore(Home(own_home)).add("operator", [Scope.ADMIN, Scope.ASK])
    app = application(own_home, ingest_roots=(folder,))
    app.state.careerbot.jobs._options = ("--embedder", "hash")
    headers = {"authorization": f"Bearer {key}"}
    async with talking_to(app, headers=headers) as client:
        begun = await client.post("/v1/ingest", json={"paths": [str(folder / "new.md")]})
        assert (begun.status_code, begun.json()["status"]) == (202, "queued")
        job = await finished(client, begun.json()["id"])
        assert (job["status"], job["detail"]) == ("done", None)
        assert (await client.get("/v1/sources/letters-again")).status_code == 200
        outside = await client.post("/v1/ingest", json={"paths": ["/etc/passwd"]})
        absent = await client.post("/v1/ingest", json={"paths": [str(folder / "absent.md")]})
        assert outside.status_code == absent.status_code == 422
        assert outside.json()["detail"] == absent.json()["detail"]
        assert (await client.get("/v1/jobs/absent")).status_code == 404


async def finished(client: httpx.AsyncClient, job_id: str) -> dict[str, Any]:
    """Wait for a job."""
    async with asyncio.timeout(PATIENCE):
        while True:
            job: dict[str, Any] = (await client.get(f"/v1/jobs/{job_id}")).json()
            if job["status"] in {"done", "failed"}:
                return job
            await asyncio.sleep(0.05)


def test_jobs_that_cannot_be_done_fail_with_a_reason(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sync with the wrong embedder fails and says why; a bug is named by its kind; both leave the runner alive."""
    jobs = IngestJobs(Home(own_home), options=("--embedder", "/nowhere"))
    failed = wait_for(jobs, jobs.enqueue(None, rebuild=True).id)
    assert failed.status == "failed"
    assert failed.detail
    monkeypatch.setattr(IngestJobs, "_work", lambda *_: 1 / 0)
    assert wait_for(jobs, jobs.enqueue(None, rebuild=False).id).detail == "ZeroDivisionError"
    jobs.close()


def test_jobs_wait_their_turn_and_their_number_is_bounded(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker's job goes first; beyond a number, new ones are refused; closing ends those that wait."""
    monkeypatch.setattr(ingest_jobs, "_WAIT_SECONDS", 0.01)
    jobs = IngestJobs(Home(own_home))
    with Home(own_home / "jobs").lock():
        waiting = [jobs.enqueue(None, rebuild=False) for _ in range(ingest_jobs.MOST_QUEUED)]
        with pytest.raises(BusyError):
            jobs.enqueue(None, rebuild=False)
        assert jobs.find(waiting[0].id).status == "queued"
        jobs.close()
    assert {jobs.find(job.id).detail for job in waiting} == {"the service was stopped"}


class JustAfter(threading.Event):
    """Is set the moment after somebody has seen that it is not: what a thread that is told to stop may run into."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self._looks = looks

    def is_set(self) -> bool:
        """Return how it was."""
        self._looks -= 1
        was = super().is_set()
        if self._looks == 0:
            self.set()
        return was


@pytest.mark.parametrize("looks", [1, 2])
def test_a_job_that_begins_while_the_service_stops_is_ended(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    """Whenever it is told to stop, a service waits for no whole sync."""
    monkeypatch.setattr(ingest_jobs, "_PROGRAM", f"import time; time.sleep({10 * PATIENCE})")
    jobs = IngestJobs(Home(own_home))
    jobs._stopping = JustAfter(looks)
    assert wait_for(jobs, jobs.enqueue(None, rebuild=False).id).status == "failed"
    jobs.close()


def test_there_has_to_be_something_to_read(tmp_path: Path) -> None:
    """With no index and no folder allowed, a sync of everything is refused."""
    jobs = IngestJobs(Home(tmp_path))
    with pytest.raises(BadRequestError):
        jobs.enqueue(None, rebuild=False)
    with pytest.raises(UnknownThingError):
        jobs.find("../keys")
    jobs.close()


def wait_for(jobs: IngestJobs, job_id: str) -> ingest_jobs.Job:
    """Wait for a job."""
    until(lambda: jobs.find(job_id).finished)
    return jobs.find(job_id)


@pytest.mark.asyncio
async def test_readiness_names_what_is_missing(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ready means index, model and disk; alive is less."""
    async with talking_to(application(own_home)) as client:
        assert (await client.get("/readyz")).json()["ready"] is True
        monkeypatch.setattr(routes_service, "LEAST_FREE_BYTES", 10**18)
        response = await client.get("/readyz")
        assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert response.status_code == 503
    assert [check["name"] for check in response.json()["checks"] if not check["ok"]] == ["disk"]


@pytest.mark.asyncio
async def test_numbers_are_counted(own_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Answers, refusals, rejected sentences and times appear as Prometheus reads them; labels come from templates only."""
    async with talking_to(application(own_home, model=willing())) as client:
        await ask(client)
        await ask(client, "What does Mary Poppins earn?")
        await client.get("/v1/sources/whatever-somebody-types")
        text = (await client.get("/metrics")).text
        found = {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
        assert found["careerbot_answers_total", "answered"] == found["careerbot_answers_total", "refused"] == 1
        assert found["careerbot_verifier_rejections_total",] >= 1
        assert found["careerbot_evidence_seconds_count",] == 1
        assert found["careerbot_index_age_seconds",] >= 0
        assert found["careerbot_queue_depth",] == 0
        assert "whatever" not in text
        monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
        assert (await client.get("/metrics")).status_code == 200


def test_a_generation_says_when_it_was_published() -> None:
    """The age of an index is read from its id."""
    assert published("20240229T120000.500000-0123abcd") == 1709208000.5


@pytest.mark.asyncio
async def test_the_page_and_its_files(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is served at the root, its files below /static/, and nothing else of the disk."""
    (tmp_path / "web").mkdir()
    monkeypatch.setattr(page, "install", partial(page.install, folder=tmp_path / "web"))
    async with talking_to(application(own_home)) as client:
        assert (await client.get("/")).status_code == 404
        (tmp_path / "web" / "index.html").write_text("<p>ask</p>")
        (tmp_path / "web" / "app.js").write_text("1")
        shown = await client.get("/")
        assert (shown.text, shown.headers["content-type"]) == ("<p>ask</p>", "text/html; charset=utf-8")
        assert (await client.get("/static/app.js")).headers["content-type"].startswith("text/javascript")
        assert (await client.get("/static/%2e%2e/home/keys.json")).status_code == 404
