"""The emulator's limits, mentions, permissions and description, without a bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from discord_emulator.errors import ApiError, InvalidBodyError
from discord_emulator.limits import check_choices, check_message, check_modal
from discord_emulator.mentions import mentioned
from discord_emulator.routes_account import HANDLERS as ACCOUNT
from discord_emulator.routes_interactions import HANDLERS as INTERACTIONS
from discord_emulator.routes_messages import HANDLERS as MESSAGES
from discord_emulator.specification import Specification
from discord_fixtures import DESCRIPTION

if TYPE_CHECKING:
    from pathlib import Path

    from discord_emulator.errors import Json


def button(**more: object) -> Json:
    """Return a message with one button."""
    return {
        "content": "x",
        "components": [{"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "a", "label": "A", **more}]}],
    }


FITTING: list[Json] = [
    {"content": "x" * 2_000},
    {"content": "😀" * 1_000},
    {"embeds": [{"description": "x" * 4_096}, {"description": "x" * 1_904}]},
    {"embeds": [{"title": "t"}] * 10},
    {"embeds": [{"fields": [{"name": "n", "value": "v"}] * 25}]},
    button(custom_id="x" * 100),
    button(label=None, emoji={"name": "👍"}),
]
BROKEN: list[tuple[Json, str]] = [
    ({"content": "x" * 2_001}, "content"),
    ({"content": "😀" * 1_001}, "content"),
    ({"embeds": [{"description": "x" * 4_097}]}, "embeds.0.description"),
    ({"embeds": [{"description": "x" * 4_096}, {"description": "x" * 1_905}]}, "embeds"),
    ({"embeds": [{"title": "t"}] * 11}, "embeds"),
    ({"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]}, "embeds.0.fields"),
    ({"embeds": [{"fields": [{"name": "", "value": "v"}]}]}, "embeds.0.fields.0.name"),
    ({"embeds": [{"color": 1}]}, "embeds.0.description"),
    (button(custom_id="x" * 101), "components.0.components.0.custom_id"),
    (button(label="x" * 81), "components.0.components.0.label"),
    (button(url="https://example.org"), "components.0.components.0"),
    ({"components": button()["components"] * 2}, "components.1.components.0.custom_id"),
    ({"components": [{"type": 1, "components": []}]}, "components.0.components"),
]


@pytest.mark.parametrize("body", FITTING)
def test_what_fits_is_accepted(body: Json) -> None:
    """The largest allowed messages pass."""
    check_message(body, complete=True)


@pytest.mark.parametrize(("body", "where"), BROKEN)
def test_one_more_is_refused_where_it_is(body: Json, where: str) -> None:
    """One too many is 50035 and names the place."""
    with pytest.raises(InvalidBodyError) as caught:
        check_message(body, complete=True)
    assert [path for path, _ in caught.value.faults] == [where]
    assert caught.value.body()["code"] == 50035


def test_an_empty_message_is_refused() -> None:
    """White space alone is no message."""
    with pytest.raises(ApiError, match="50006"):
        check_message({"content": " \n"}, complete=True)


def test_forms_and_suggestions_have_limits() -> None:
    """A title of 46 characters and 26 suggestions are too many."""
    row = {"type": 1, "components": [{"type": 4, "custom_id": "a", "label": "l"}]}
    check_modal({"title": "t" * 45, "custom_id": "c", "components": [row]})
    with pytest.raises(InvalidBodyError, match="50035"):
        check_modal({"title": "t" * 46, "custom_id": "c", "components": [row]})
    check_choices([{"name": "n", "value": "v"}] * 25)
    with pytest.raises(InvalidBodyError, match="50035"):
        check_choices([{"name": "n", "value": "v"}] * 26)


@pytest.mark.parametrize(
    ("text", "allowed", "expected"),
    [
        ("<@1> <@&2> @everyone", None, ({"1"}, {"2"}, True)),
        ("<@1> <@&2> @here", {"parse": []}, (set(), set(), False)),
        ("<@1> <@3>", {"parse": [], "users": ["3"]}, ({"3"}, set(), False)),
        ("`<@1>` ```\n@everyone``` <@!4>", None, ({"4"}, set(), False)),
    ],
)
def test_mentions_resolve_only_as_allowed(text: str, allowed: Json | None, expected: tuple[set[str], set[str], bool]) -> None:
    """Code is quiet, and `allowed_mentions` decides about the rest."""
    assert mentioned(text, allowed) == expected


@pytest.mark.shared
@pytest.mark.usefixtures("shared")
def test_the_description_is_used_and_finds_faults() -> None:
    """Every emulated route is in Discord's description, and a wrong request and a wrong answer are found."""
    description = Specification(DESCRIPTION)
    assert description.present
    assert [route for route in ACCOUNT | INTERACTIONS | MESSAGES if not description.knows(*route)] == []
    assert description.request_faults("POST", "/channels/{channel_id}/messages", {"content": 7}, {})
    assert description.request_faults("GET", "/channels/{channel_id}/messages", None, {"limit": "1000"})
    assert description.request_faults("GET", "/channels/{channel_id}/messages", None, {"limit": "100"}) == []
    assert description.answer_faults("GET", "/gateway/bot", 200, {"url": "ws://127.0.0.1"})


def test_without_the_description_nothing_is_checked(tmp_path: Path) -> None:
    """The emulator works where the description is absent."""
    absent = Specification(tmp_path / "absent.json")
    assert not absent.present
    assert absent.request_faults("POST", "/channels/{channel_id}/messages", {"content": 7}, {}) == []
