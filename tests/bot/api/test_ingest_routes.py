"""Adding by URL and forgetting over HTTP: both are jobs that run the commands, for holders of an admin key alone."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from api_service import application, talking_to
from patience import PATIENCE

from bot.api import ingest_jobs
from bot.api.errors import BadRequestError, UnknownThingError
from bot.api.ingest_jobs import IngestJobs
from bot.keys import KeyStore, Scope
from ingest.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

ECHO = "import json, sys; print(json.dumps({'arguments': sys.argv[1:]}))"
"""In place of the command: says what it was asked for."""


async def finished(client: httpx.AsyncClient, begun: httpx.Response) -> dict[str, Any]:
    """Wait for a job."""
    assert begun.status_code == 202, begun.text
    async with asyncio.timeout(PATIENCE):
        while True:
            job: dict[str, Any] = (await client.get(f"/v1/jobs/{begun.json()['id']}")).json()
            if job["status"] in {"done", "failed"}:
                return job
            await asyncio.sleep(0.05)


@pytest.fixture
def headers(own_home: Path) -> Callable[..., dict[str, str]]:
    """Return a maker of headers with a key of some scopes."""

    def made(*scopes: Scope) -> dict[str, str]:
        _, key = KeyStore(Home(own_home)).add("somebody", scopes)
        return {"authorization": f"Bearer {key}"}

    return made


@pytest.mark.asyncio
async def test_a_url_becomes_the_command_that_adds_it(
    own_home: Path, headers: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is stated in the body is stated to `ingest add`, in a form that cannot be taken for other options."""
    monkeypatch.setattr(ingest_jobs, "_PROGRAM", ECHO)
    app = application(own_home)
    app.state.careerbot.jobs._options = ("--embedder", "hash")
    body = {
        "url": "https://example.org/ada",
        "title": "--home=/etc",
        "people": [{"name": "Ada Quill"}, {"name": "-Bo", "role": "interviewer"}],
        "published": "2024-05-31",
        "language": "en",
        "translation_of": "ada-quill-zh",
    }
    async with talking_to(app, headers=headers(Scope.ADMIN)) as client:
        job = await finished(client, await client.post("/v1/ingest", json=body))
    assert (job["kind"], job["status"]) == ("add", "done")
    assert job["result"]["arguments"] == [
        *("add", "--json", "--home", str(own_home), "--embedder", "hash"),
        *("--title=--home=/etc", "--date=2024-05-31", "--language=en", "--translation-of=ada-quill-zh"),
        *("--person=Ada Quill=interviewee", "--person=-Bo=interviewer", "--", "https://example.org/ada"),
    ]
    assert "arguments" not in job


@pytest.mark.asyncio
async def test_a_source_is_forgotten_and_its_proof_stands_in_the_job(
    own_home: Path, headers: Callable[..., dict[str, str]]
) -> None:
    """DELETE runs `ingest forget`: afterwards the source is gone from the served index, and the job says what was searched."""
    app = application(own_home)
    async with talking_to(app, headers=headers(Scope.ADMIN, Scope.ASK)) as client:
        first = (await client.get("/v1/sources")).json()["sources"][0]["id"]
        job = await finished(client, await client.delete(f"/v1/sources/{first}"))
        assert (job["kind"], job["status"], job["detail"]) == ("forget", "done", None)
        assert job["result"]["forgotten"] == [first]
        assert job["result"]["proof"]["found"] == []
        assert (await client.get(f"/v1/sources/{first}")).status_code == 404
        assert (await client.delete(f"/v1/sources/{first}")).status_code == 404


@pytest.mark.asyncio
async def test_translations_are_forgotten_on_request(
    own_home: Path, headers: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`?translations=true` is handed on."""
    monkeypatch.setattr(ingest_jobs, "_PROGRAM", ECHO)
    app = application(own_home)
    async with talking_to(app, headers=headers(Scope.ADMIN, Scope.ASK)) as client:
        first = (await client.get("/v1/sources")).json()["sources"][0]["id"]
        job = await finished(client, await client.delete(f"/v1/sources/{first}", params={"translations": "true"}))
    assert job["result"]["arguments"] == ["forget", "--json", "--home", str(own_home), "--translations", "--", first]


@pytest.mark.asyncio
async def test_only_an_admin_adds_and_forgets(own_home: Path, headers: Callable[..., dict[str, str]]) -> None:
    """Without a key and with one for asking, neither happens."""
    app = application(own_home)
    for credentials, status in (({}, 401), (headers(Scope.ASK), 403)):
        async with talking_to(app, headers=credentials) as client:
            assert (await client.post("/v1/ingest", json={"url": "https://example.org/"})).status_code == status
            assert (await client.delete("/v1/sources/anything")).status_code == status


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "body",
    [
        {"url": "file:///etc/passwd"},
        {"url": "https://ada:secret@example.org/"},
        {"url": "https://example.org:8080/"},
        {"url": "https://example.org/\nx"},
        {"url": "https://example.org/", "paths": ["/srv"]},
        {"url": "https://example.org/", "people": [{"name": "Ada=queen"}]},
        {"url": "https://example.org/", "people": [{"name": "Ada", "role": "queen"}]},
        {"url": "https://example.org/", "use_proxy": True},
        {"title": "no address"},
    ],
)
async def test_what_is_never_fetched_is_refused_at_once(
    own_home: Path, headers: Callable[..., dict[str, str]], body: dict[str, Any]
) -> None:
    """Addresses and fields that no job could use are 422, not a job that fails."""
    async with talking_to(application(own_home), headers=headers(Scope.ADMIN)) as client:
        assert (await client.post("/v1/ingest", json=body)).status_code == 422


@pytest.mark.asyncio
async def test_an_inside_address_fails_in_the_job(own_home: Path, headers: Callable[..., dict[str, str]]) -> None:
    """The real command refuses this machine, and the job says so in one line."""
    app = application(own_home)
    app.state.careerbot.jobs._options = ("--embedder", "hash")
    async with talking_to(app, headers=headers(Scope.ADMIN)) as client:
        job = await finished(client, await client.post("/v1/ingest", json={"url": "http://127.0.0.1/"}))
    assert job["status"] == "failed"
    assert "only public addresses are fetched" in job["detail"]


def test_a_job_of_another_version_is_unknown(tmp_path: Path) -> None:
    """A job file that this version did not write is no job, and no error either."""
    jobs = IngestJobs(Home(tmp_path))
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "abc.json").write_text(json.dumps({"id": "abc", "status": "done", "paths": []}))
    with pytest.raises(UnknownThingError, match="no such job"):
        jobs.find("abc")
    with pytest.raises(BadRequestError, match="use http"):
        jobs.add("ftp://example.org/", {})
    jobs.close()
