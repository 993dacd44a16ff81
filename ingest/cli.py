"""The command `ingest`. Its subcommands are modules of `ingest.commands`, imported when they are asked for."""

from __future__ import annotations

from importlib import import_module

import click

from ingest.errors import IngestError

_INTERRUPTED = 130
COMMANDS = {
    "add": "ingest.commands.add:add",
    "export": "ingest.commands.export:export",
    "failed": "ingest.commands.failed:failed",
    "forget": "ingest.commands.forget:forget",
    "import": "ingest.commands.import_:import_",
    "reembed": "ingest.commands.reembed:reembed",
    "remove": "ingest.commands.remove:remove",
    "retry": "ingest.commands.retry:retry",
    "rollback": "ingest.commands.rollback:rollback",
    "status": "ingest.commands.status:status",
    "sync": "ingest.commands.sync:sync",
    "verify": "ingest.commands.verify:verify",
    "watch": "ingest.commands.watch:watch",
}
"""The module and the click command in it, by the name that is typed."""


class _Lazy(click.Group):
    """Imports a command when it is asked for; prints the package's own errors as one line with their exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        module, _, attribute = COMMANDS.get(cmd_name, "").partition(":")
        command = getattr(import_module(module), attribute) if module else None
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except IngestError as error:
            click.echo(f"ingest: {error}", err=True)
            ctx.exit(error.exit_code)
        except OSError as error:
            click.echo(f"ingest: {error.strerror or error}{f': {error.filename}' if error.filename else ''}", err=True)
            ctx.exit(1)
        except KeyboardInterrupt:
            click.echo("ingest: interrupted, the index is as it was", err=True)
            ctx.exit(_INTERRUPTED)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="careerbot", prog_name="ingest")
def cli() -> None:
    """Turn interviews, transcripts and articles into an index that can be cited to the character."""


def main() -> None:
    """Run the command; the entry point of the distribution."""
    cli()
