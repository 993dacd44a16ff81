"""What moderators may do: /config, /reingest, /forget, /stats.

Discord shows these to those who manage the server (its administrators can change that in the server's settings); the bot checks
again by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.chat.locale import language_of
from bot.chat.manners import Denial
from bot.discordapp.convert import asker_of
from bot.discordapp.presser import refuse
from bot.discordapp.responses import acknowledge, complete, tell
from bot.discordapp.translator import say
from bot.discordapp.user_commands import LANGUAGES, suggested

if TYPE_CHECKING:
    from bot.chat.message import Message
    from bot.discordapp.client import CareerClient

MOST_A_MINUTE = 600


async def allowed(interaction: discord.Interaction[CareerClient]) -> bool:
    """Tell whether the sender may moderate; say so where not."""
    if interaction.client.desk.doorman.may_moderate(asker_of(interaction)):
        return True
    await refuse(interaction, Denial(key="chat.moderators_only"))
    return False


async def allowed_at_home(interaction: discord.Interaction[CareerClient]) -> bool:
    """Tell whether the sender may change the corpus, which belongs to all servers; say so where not."""
    if not await allowed(interaction):
        return False
    if interaction.client.is_home(interaction.guild_id):
        return True
    await refuse(interaction, Denial(key="chat.home_only"))
    return False


class _Channels(app_commands.Transformer):
    """Channels in which somebody can ask: text, announcements, forums."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """What Discord offers to choose."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Which of those."""
        return [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> Any:  # noqa: ANN401 - discord.py's own
        """Return the channel as it came."""
        del interaction
        return value


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Config(app_commands.Group):
    """The settings of a server."""

    def __init__(self) -> None:
        super().__init__(name=say("command.config_name"), description=say("command.config"))

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """See `allowed`."""
        return await allowed(interaction)

    @app_commands.command(name="show", description=say("command.config_show"))
    async def show(self, interaction: discord.Interaction[CareerClient]) -> None:
        """Show all settings."""
        guild = interaction.guild_id or 0
        await tell(interaction, interaction.client.desk.moderation.config(guild, language_of(str(interaction.locale))))

    @app_commands.command(name="channel", description=say("command.config_channel"))
    @app_commands.describe(channel=say("option.channel"), allowed=say("option.allowed"))
    async def channel(
        self,
        interaction: discord.Interaction[CareerClient],
        channel: app_commands.Transform[app_commands.AppCommandChannel, _Channels],
        allowed: bool,
    ) -> None:
        """Answer in a channel, or not."""
        await tell(interaction, _switch(interaction, "channels", channel.id, on=allowed))

    @app_commands.command(name="role", description=say("command.config_role"))
    @app_commands.describe(role=say("option.role"), allowed=say("option.on"))
    async def role(self, interaction: discord.Interaction[CareerClient], role: discord.Role, allowed: bool) -> None:
        """Let a role ask, or not."""
        await tell(interaction, _switch(interaction, "roles", role.id, on=allowed))

    @app_commands.command(name="moderator", description=say("command.config_moderator"))
    @app_commands.describe(role=say("option.role"), allowed=say("option.on"))
    async def moderator(self, interaction: discord.Interaction[CareerClient], role: discord.Role, allowed: bool) -> None:
        """Let a role moderate, or not."""
        await tell(interaction, _switch(interaction, "moderators", role.id, on=allowed))

    @app_commands.command(name="member", description=say("command.config_member"))
    @app_commands.describe(member=say("option.member"), blocked=say("option.blocked"))
    async def member(self, interaction: discord.Interaction[CareerClient], member: discord.User, blocked: bool) -> None:
        """Block a member, or not."""
        await tell(interaction, _switch(interaction, "blocked", member.id, on=blocked))

    @app_commands.command(name="language", description=say("command.config_language"))
    @app_commands.describe(language=say("option.language"))
    @app_commands.choices(language=LANGUAGES)
    async def language(self, interaction: discord.Interaction[CareerClient], language: str | None = None) -> None:
        """Set the language of answers."""
        await tell(interaction, _change(interaction, language=language))

    @app_commands.command(name="dms", description=say("command.config_dms"))
    @app_commands.describe(on=say("option.on"))
    async def dms(self, interaction: discord.Interaction[CareerClient], on: bool) -> None:
        """Answer direct messages, or not."""
        await tell(interaction, _change(interaction, dms=on))

    @app_commands.command(name="threads", description=say("command.config_threads"))
    @app_commands.describe(on=say("option.on"))
    async def threads(self, interaction: discord.Interaction[CareerClient], on: bool) -> None:
        """Open threads, or not."""
        await tell(interaction, _change(interaction, threads=on))

    @app_commands.command(name="rate", description=say("command.config_rate"))
    @app_commands.describe(member=say("option.user_rate"), server=say("option.guild_rate"))
    async def rate(
        self,
        interaction: discord.Interaction[CareerClient],
        member: app_commands.Range[int, 1, MOST_A_MINUTE] | None = None,
        server: app_commands.Range[int, 1, MOST_A_MINUTE] | None = None,
    ) -> None:
        """Set how many questions a minute may bring."""
        given = {"user_rate": member, "guild_rate": server}
        await tell(interaction, _change(interaction, **{name: value for name, value in given.items() if value is not None}))


@app_commands.command(name=say("command.reingest_name"), description=say("command.reingest"))
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def reingest(interaction: discord.Interaction[CareerClient]) -> None:
    """Sync the corpus."""
    if await allowed_at_home(interaction):
        await acknowledge(interaction, private=True)
        client = interaction.client
        surface = client.private_surface(interaction)
        await client.desk.moderation.reingest(surface, language_of(str(interaction.locale)))


@app_commands.command(name=say("command.forget_name"), description=say("command.forget"))
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
@app_commands.describe(source=say("option.source"))
async def forget(interaction: discord.Interaction[CareerClient], source: app_commands.Range[str, 1, 100]) -> None:
    """Ask whether a source is to be removed."""
    if await allowed_at_home(interaction):
        await acknowledge(interaction, private=True)
        locale = language_of(str(interaction.locale))
        await complete(interaction, await interaction.client.desk.moderation.confirm(source, locale))


@forget.autocomplete("source")
async def _source(interaction: discord.Interaction[CareerClient], current: str) -> list[app_commands.Choice[str]]:
    return await suggested(interaction, current)


@app_commands.command(name=say("command.stats_name"), description=say("command.stats"))
@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
async def stats(interaction: discord.Interaction[CareerClient]) -> None:
    """Show numbers."""
    if await allowed(interaction):
        await acknowledge(interaction, private=True)
        client, locale = interaction.client, language_of(str(interaction.locale))
        await complete(interaction, await client.desk.moderation.stats(locale, client.numbers()))


def _switch(interaction: discord.Interaction[CareerClient], field: str, identity: int, *, on: bool) -> Message:
    moderation, locale = interaction.client.desk.moderation, language_of(str(interaction.locale))
    return moderation.switch(interaction.guild_id or 0, locale, field, identity, on=on)


def _change(interaction: discord.Interaction[CareerClient], **changes: Any) -> Message:  # noqa: ANN401 - fields of the settings
    moderation, locale = interaction.client.desk.moderation, language_of(str(interaction.locale))
    return moderation.change(interaction.guild_id or 0, locale, **changes)


COMMANDS: tuple[app_commands.Command[Any, ..., Any] | app_commands.Group, ...] = (Config(), reingest, forget, stats)
