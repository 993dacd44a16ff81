"""A small bot that uses what the emulator offers, to prove the emulator before the product's bot is tested with it."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import discord
from discord import app_commands
from patience import PATIENCE

INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


class Question(discord.ui.Modal, title="Why?"):
    """A form with one field."""

    reason: discord.ui.TextInput[Question] = discord.ui.TextInput(label="Reason", custom_id="reason", max_length=200)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Repeat the reason, to the asker only."""
        await interaction.response.send_message(f"because {self.reason.value}", ephemeral=True)


class Buttons(discord.ui.View):
    """Buttons that edit, open a form and do nothing."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Edit", custom_id="edit")
    async def edit(self, interaction: discord.Interaction, _: discord.ui.Button[Buttons]) -> None:
        """Change the message."""
        await interaction.response.edit_message(content="edited")

    @discord.ui.button(label="Form", custom_id="form")
    async def form(self, interaction: discord.Interaction, _: discord.ui.Button[Buttons]) -> None:
        """Open the form."""
        await interaction.response.send_modal(Question())

    @discord.ui.button(emoji="👍", custom_id="up")
    async def up(self, interaction: discord.Interaction, _: discord.ui.Button[Buttons]) -> None:
        """Acknowledge silently."""
        await interaction.response.defer()


class Hello(discord.Client):
    """The bot. `heard` holds what messages said; `errors` what commands raised."""

    def __init__(self, intents: discord.Intents = INTENTS, **options: Any) -> None:
        super().__init__(intents=intents, **options)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[str] = []
        self.edits: list[str] = []
        self.errors: list[BaseException] = []
        self.resumed = 0
        self.late = threading.Event()
        """Lets the command of that name answer."""
        add_commands(self)

    async def setup_hook(self) -> None:
        """Sync the commands and make the buttons known."""
        self.add_view(Buttons())
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once, where discord.py would wait five seconds before all but the first time."""

    async def on_message(self, message: discord.Message) -> None:
        """Reply to mentions; open a thread where asked to."""
        if message.author.bot:
            return
        self.heard.append(message.content)
        if "thread" in message.content and isinstance(message.channel, discord.TextChannel):
            thread = await message.create_thread(name="a thread")
            await thread.send("in the thread")
        elif self.user in message.mentions or message.guild is None:
            await message.reply(f"hello {message.author.display_name}", mention_author=False)

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """Note edits of others."""
        if not event.message.author.bot:
            self.edits.append(event.message.content)

    async def on_resumed(self) -> None:
        """Count."""
        self.resumed += 1


def add_commands(client: Hello) -> None:
    """Add the commands."""

    @client.tree.command(description="Say something")
    async def echo(interaction: discord.Interaction, text: str, slowly: bool = False) -> None:
        if slowly:
            await interaction.response.defer()
            await interaction.edit_original_response(content="working")
            await interaction.edit_original_response(content=text, view=Buttons())
            await interaction.followup.send("more", ephemeral=True)
        else:
            await interaction.response.send_message(text, view=Buttons(), allowed_mentions=discord.AllowedMentions.none())

    @echo.autocomplete("text")
    async def suggest(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=typed + end, value=typed + end) for end in ("!", "?")]

    @client.tree.command(description="Answer too late")
    async def late(interaction: discord.Interaction) -> None:
        await asyncio.to_thread(client.late.wait, PATIENCE)
        await interaction.response.send_message("late")

    @client.tree.command(description="For moderators")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def moderate(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("done", ephemeral=True)

    @client.tree.error
    async def failed(_: discord.Interaction, error: app_commands.AppCommandError) -> None:
        client.errors.append(getattr(error, "original", error))
