"""Settings of the Discord bot: environment variables with the prefix CAREERBOT_DISCORD_, checked, secrets never shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.api.settings import DEFAULT_PORT
from bot.chat.errors import SetUpError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "CAREERBOT_DISCORD_"


class DiscordSettings(BaseSettings):
    """What `bot discord` can be told by the environment; options on the command line win."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    token: SecretStr | None = None
    """The bot's token; a secret."""
    token_file: Path | None = None
    """File that holds the token instead (Docker and systemd secrets)."""
    api: str = f"http://127.0.0.1:{DEFAULT_PORT}"
    """Where `bot serve` listens."""
    api_key: SecretStr | None = None
    """Key for it; moderators' commands need one with the scope admin."""
    api_key_file: Path | None = None
    """File that holds that key instead."""
    guilds: tuple[int, ...] = ()
    """Ids of the servers that may use the bot, as a JSON list; none: all that invited it."""
    home_guilds: tuple[int, ...] = ()
    """Ids of the servers whose moderators may change the corpus; none: the bot's only server."""
    blocked_users: tuple[int, ...] = ()
    """Ids of users who are never answered."""
    dms: bool = False
    """Answer anybody's direct messages; otherwise only members of servers that allow it (/config dms)."""
    message_content: bool = False
    """Ask Discord for the privileged message-content intent, to hear follow-ups in threads without a mention."""
    at_once: int = Field(default=4, ge=1, le=64)
    """Questions sent to the service at once; the others wait in line here."""
    keep_days: float = Field(default=7.0, gt=0, le=90)
    """Days for which the buttons of an answer work."""
    rest: str | None = None
    """Another base address of Discord's REST API (a rate-limiting proxy)."""
    gateway: str | None = None
    """Another address of Discord's gateway (a gateway proxy)."""

    def secret_token(self) -> str:
        """Return the token.

        Raises:
            SetUpError: there is none, or the file cannot be read.
        """
        found = _secret(self.token, self.token_file, f"{PREFIX}TOKEN_FILE")
        if found is None:
            raise SetUpError(
                f"no token: set {PREFIX}TOKEN or {PREFIX}TOKEN_FILE (Discord's developer portal, Bot, Reset Token)"
            )
        return found

    def secret_api_key(self) -> str | None:
        """Return the key for the service, where one is set.

        Raises:
            SetUpError: the file cannot be read.
        """
        return _secret(self.api_key, self.api_key_file, f"{PREFIX}API_KEY_FILE")


def variables() -> Mapping[str, str]:
    """Return the names of the variables and the fields they set."""
    return {f"{PREFIX}{field.upper()}": field for field in DiscordSettings.model_fields}


def _secret(given: SecretStr | None, file: Path | None, variable: str) -> str | None:
    if given is not None:
        return given.get_secret_value().strip() or None
    if file is None:
        return None
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SetUpError(f"{variable}: {file} cannot be read ({type(error).__name__})") from error
    if not text:
        raise SetUpError(f"{variable}: {file} is empty")
    return text
