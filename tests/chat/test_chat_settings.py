"""Settings of the Discord bot: read from the environment, secrets never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.chat.errors import SetUpError
from bot.chat.locale import LOCALES, language_of
from bot.chat.settings import DiscordSettings, variables
from bot.settings import unknown_variables
from bot.strings import LANGUAGES, catalogue, text

if TYPE_CHECKING:
    from pathlib import Path


def test_the_token_comes_from_the_environment_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Either way without its line break."""
    file = tmp_path / "token"
    file.write_text("from-file\n", encoding="utf-8")
    monkeypatch.setenv("CAREERBOT_DISCORD_TOKEN_FILE", str(file))
    assert DiscordSettings().secret_token() == "from-file"
    monkeypatch.setenv("CAREERBOT_DISCORD_TOKEN", " from-environment ")
    assert DiscordSettings().secret_token() == "from-environment"


def test_a_missing_token_is_explained(tmp_path: Path) -> None:
    """One line that names the variables; an empty or absent file is named."""
    with pytest.raises(SetUpError, match="CAREERBOT_DISCORD_TOKEN"):
        DiscordSettings().secret_token()
    with pytest.raises(SetUpError, match="cannot be read"):
        DiscordSettings(token_file=tmp_path / "none").secret_token()
    (tmp_path / "empty").touch()
    with pytest.raises(SetUpError, match="is empty"):
        DiscordSettings(token_file=tmp_path / "empty").secret_token()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing the settings prints neither the token nor the key."""
    monkeypatch.setenv("CAREERBOT_DISCORD_TOKEN", "secret-token")
    monkeypatch.setenv("CAREERBOT_DISCORD_API_KEY", "secret-key")
    settings = DiscordSettings()
    assert "secret" not in repr(settings) + str(settings) + settings.model_dump_json()
    assert settings.secret_api_key() == "secret-key"


def test_every_variable_is_known() -> None:
    """A misspelt one is noticed, the others pass."""
    assert unknown_variables(variables()) == []
    assert unknown_variables(["CAREERBOT_DISCORD_TOKN"]) == ["CAREERBOT_DISCORD_TOKN"]


def test_lists_are_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids of servers and users."""
    monkeypatch.setenv("CAREERBOT_DISCORD_GUILDS", "[1, 2]")
    assert DiscordSettings().guilds == (1, 2)


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-GB", "en"),
        ("zh-TW", "zh"),
        ("es-419", "es"),
        ("pt-BR", "pt"),
        ("ja", "ja"),
        ("sv-SE", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_locales(locale: str | None, language: str) -> None:
    """Discord's locales are spoken to in our languages, the others in English."""
    assert language_of(locale) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_of_commands_fit_discord(language: str) -> None:
    """Names are lower case, of letters, digits and dashes, and differ from each other; descriptions are short."""
    names = {
        key: words
        for key, words in catalogue(language).items()
        if key.startswith(("command.", "option.")) and key.endswith("_name")
    }
    for words in names.values():
        assert 1 <= len(words) <= 32
        assert words == words.lower()
        assert all(character in "-_'" or character.isalnum() or "\u0900" <= character <= "\u097f" for character in words)
    commands = [words for key, words in names.items() if key.startswith("command.")]
    assert len(set(commands)) == len(commands)
    for key, words in catalogue(language).items():
        if key.startswith(("command.", "option.")):
            assert 1 <= len(words) <= 100, key
    assert len(text("why.title", language)) <= 45
    assert len(text("why.label", language)) <= 45
    assert len(text("why.placeholder", language)) <= 100


def test_every_language_of_discord_is_offered() -> None:
    """All our languages but Arabic, for which Discord has no locale."""
    assert set(LOCALES) == set(LANGUAGES) - {"ar"}
