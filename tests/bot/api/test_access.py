"""Keys, scopes and rates."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from api_service import COVERED, application, talking_to

from bot.api.settings import ServeSettings, is_loopback
from bot.keys import KeysDamagedError, KeyStore, NoSuchKeyError, Scope
from ingest.home import Home

if TYPE_CHECKING:
    from pathlib import Path

EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing is bound in these tests
ASK = {"question": COVERED, "sources": 1}


def bearer(text: str) -> dict[str, str]:
    """Return the header that shows a key."""
    return {"authorization": f"Bearer {text}"}


@pytest.mark.asyncio
async def test_localhost_is_open_but_not_for_admins(own_home: Path) -> None:
    """On this machine questions need no key; a wrong key is wrong all the same, and a sync needs an admin's."""
    async with talking_to(application(own_home)) as client:
        assert (await client.post("/v1/ask", json=ASK)).status_code == 200
        wrong = await client.post("/v1/ask", json=ASK, headers=bearer("careerbot-x"))
        assert (wrong.status_code, wrong.headers["www-authenticate"]) == (401, "Bearer")
        for other in ("Basic eDp5", "Bearer none", "Bearer"):
            assert (await client.get("/v1/sources", headers={"authorization": other})).status_code == 200
        assert (await client.post("/v1/ingest", json={})).status_code == 401


@pytest.mark.asyncio
async def test_elsewhere_a_key_is_needed(own_home: Path) -> None:
    """Bound to an address that others reach, each scope opens its own doors; a revoked key opens none."""
    keys = KeyStore(Home(own_home))
    asker, ask_text = keys.add("page", [Scope.ASK])
    _, admin_text = keys.add("operator", [Scope.ADMIN])
    async with talking_to(application(own_home, host=EVERYWHERE)) as client:
        assert (await client.post("/v1/ask", json=ASK)).status_code == 401
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/")).status_code in {200, 404}
        assert (await client.get("/metrics")).status_code == 401
        assert (await client.get("/metrics", headers=bearer(admin_text))).status_code == 200
        assert (await client.post("/v1/ask", json=ASK, headers={"x-api-key": ask_text})).status_code == 200
        forbidden = await client.post("/v1/ask", json=ASK, headers=bearer(admin_text))
        assert (forbidden.status_code, forbidden.json()["type"]) == (403, "urn:careerbot:problem:forbidden")
        keys.revoke(asker.id)
        assert (await client.post("/v1/ask", json=ASK, headers=bearer(ask_text))).status_code == 401


@pytest.mark.asyncio
async def test_rates_hold_for_each_caller(own_home: Path) -> None:
    """Beyond the rate a caller is told when to come back; others are not held up."""
    _, text = KeyStore(Home(own_home)).add("other", [Scope.ASK])
    async with talking_to(application(own_home, rate="2/minute")) as client:
        assert [(await client.post("/v1/ask", json=ASK)).status_code for _ in range(3)] == [200, 200, 429]
        refused = await client.post("/v1/ask", json=ASK)
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.json()["type"] == "urn:careerbot:problem:too-many-requests"
        assert (await client.post("/v1/ask", json=ASK, headers=bearer(text))).status_code == 200


def test_keys_are_kept_as_hashes_for_their_owner_alone(tmp_path: Path) -> None:
    """The file holds no key, nobody else can read it, and each key finds itself only."""
    store = KeyStore(Home(tmp_path / "new"))
    assert store.all() == ()
    key, text = store.add("one", [Scope.ASK, Scope.ASK])
    other, _ = store.add("two", [Scope.ADMIN])
    path = tmp_path / "new" / "keys.json"
    assert text.rpartition("-")[2] not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert store.find(text) == key
    assert key.scopes == (Scope.ASK,)
    assert store.find(text[:-1]) is None
    assert store.find("\ud800") is None
    assert KeyStore(Home(tmp_path / "new")).all() == (key, other)
    assert store.revoke(key.id) == key
    with pytest.raises(NoSuchKeyError):
        store.revoke(key.id)


def test_damaged_keys_let_nobody_in(tmp_path: Path) -> None:
    """A file that is no list of keys is an error, not an empty list."""
    (tmp_path / "keys.json").write_text('[{"id": 1}]')
    with pytest.raises(KeysDamagedError):
        KeyStore(Home(tmp_path)).find("x")


def test_failed_writes_leave_the_keys_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk loses neither the old keys nor leaves rubbish behind."""
    store = KeyStore(Home(tmp_path))
    store.add("one", [Scope.ASK])

    def full(_: int) -> None:
        raise OSError("full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="full"):
        store.add("two", [Scope.ASK])
    assert [key.name for key in KeyStore(Home(tmp_path)).all()] == ["one"]
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        (EVERYWHERE, False),
        ("::", False),
        ("192.168.1.2", False),
        ("example.org", False),
    ],
)
def test_what_counts_as_this_machine(host: str, *, local: bool) -> None:
    """Only loopback addresses are; a name could be anything."""
    assert is_loopback(host) is local


def test_rates_are_the_default_where_others_can_ask() -> None:
    """On localhost nobody is counted; elsewhere somebody is, unless told otherwise."""
    assert ServeSettings().limit is None
    assert ServeSettings(host=EVERYWHERE, public=True).limit == "30/minute"
    assert ServeSettings(rate="1/second").limit == "1/second"
