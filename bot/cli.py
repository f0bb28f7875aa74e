"""The command line. Heavy modules load inside the commands: --help and --version stay quick."""

from __future__ import annotations

import asyncio
import errno
import logging
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot import __version__, options
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence

    from bot.reach import Reached
    from bot.settings import Settings

_UNUSABLE = 2
_FAILED = 1
_INTERRUPTED = 130

app = typer.Typer(
    name="flinkbot",
    help="Change running Apache Flink jobs from Slack, safely.",
    no_args_is_help=True,
    add_completion=False,
    # Typer's own tracebacks print local variables, and those hold secrets.
    pretty_exceptions_enable=False,
)
config_app = typer.Typer(
    help="Look at the configuration without starting anything.", no_args_is_help=True
)
app.add_typer(config_app, name="config")
db_app = typer.Typer(
    help="Look at the database's schema, or bring it to the newest.", no_args_is_help=True
)
app.add_typer(db_app, name="db")
audit_app = typer.Typer(
    help="Prove that the audit is as it was written, or write it out.", no_args_is_help=True
)
app.add_typer(audit_app, name="audit")
rules_app = typer.Typer(help="Ask what the rules would decide.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")


async def _run_bot(settings: Settings) -> None:
    from bot.bootstrap import run

    await run(settings)


async def _run_sandbox(*, port: int, open_browser: bool, database: Path | None) -> None:
    from bot.sandbox.main import run_sandbox

    await run_sandbox(port=port, open_browser=open_browser, database=database)


async def _run_check(*, json_lines: bool) -> bool:
    from bot.sandbox.check import run_check

    return await run_check(json_lines=json_lines)


async def _reach(settings: Settings) -> Sequence[Reached]:
    from bot.reach import reach

    return await reach(settings)


async def _run_gallery(folder: Path) -> None:
    from bot.sandbox.gallery.main import run_gallery

    await run_gallery(folder)


@dataclass(frozen=True, slots=True)
class Programs:
    """What the commands start. Passed as typer's context object, so that tests start their own."""

    bot: Callable[[Settings], Coroutine[Any, Any, None]] = _run_bot
    sandbox: Callable[..., Coroutine[Any, Any, None]] = _run_sandbox
    check: Callable[..., Coroutine[Any, Any, bool]] = _run_check
    gallery: Callable[[Path], Coroutine[Any, Any, None]] = _run_gallery
    reach: Callable[[Settings], Coroutine[Any, Any, Sequence[Reached]]] = _reach


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"flinkbot {__version__}")
        raise typer.Exit


@app.callback()
def flinkbot(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Change running Apache Flink jobs from Slack, safely."""


@app.command()
def run(context: typer.Context, config: options.Config = None) -> None:
    """Run the bot until it is told to stop (SIGTERM or Ctrl-C)."""
    from bot.logs import configure_logging
    from bot.settings import load_settings

    with _clean_exit():
        settings = load_settings(config)
        configure_logging(
            settings.logging.level, settings.logging.format, secrets=settings.secret_values()
        )
        for warning in settings.warnings:
            logging.getLogger("bot.settings").warning("%s", warning)
        asyncio.run(_programs(context).bot(settings))


@app.command()
def sandbox(
    context: typer.Context,
    port: options.Port = 3990,
    browser: options.Browser = True,
    check: options.Check = False,
    json_lines: options.JsonLines = False,
    database: options.Database = None,
    gallery: options.Gallery = None,
) -> None:
    """Try Flinkbot on this machine: the real bot, a simulated cloud, a simulated Slack."""
    if json_lines and not check:
        raise typer.BadParameter("--json needs --check")
    if check and gallery:
        raise typer.BadParameter("--check and --gallery exclude each other")
    programs = _programs(context)
    with _clean_exit(if_taken="it needs four in a row: choose others with --port"):
        if gallery:
            _make_folder(gallery)
            asyncio.run(programs.gallery(gallery))
        elif not check:
            asyncio.run(programs.sandbox(port=port, open_browser=browser, database=database))
        elif not asyncio.run(programs.check(json_lines=json_lines)):
            raise typer.Exit(_FAILED)


@config_app.command("check")
def config_check(
    context: typer.Context,
    config: options.Config = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask nobody; read and check only.")
    ] = False,
) -> None:
    """Read configuration and environment as `run` would; try the database and every target."""
    from bot.logs import configure_logging
    from bot.settings import LogFormat, LogLevel, find_config, load_settings

    with _clean_exit():
        file = find_config(config)
        settings = load_settings(file)
        # What is tried again is no news here, only how it ended.
        secrets = settings.secret_values()
        configure_logging(LogLevel.ERROR, LogFormat.CONSOLE, secrets=secrets)
        for line in settings.summary():
            typer.echo(line)
        for warning in settings.warnings:
            typer.echo(f"Warning: {warning}", err=True)
        usable = offline or _database_told(settings)
        reached = () if offline else asyncio.run(_programs(context).reach(settings))
    if not (_told(reached) and usable):
        typer.echo(f"{file} is sound, but not everything that it names can be used.", err=True)
        raise typer.Exit(_FAILED)
    typer.echo(f"{file} can be used.")


def _database_told(settings: Settings) -> bool:
    """Say how the database answered; tell whether the bot could start on it."""
    from bot.reach import reach_database

    recorded = reach_database(settings)
    if recorded.trouble:
        typer.echo(recorded.trouble, err=True)
    else:
        typer.echo(f"Database answers: {recorded.found}")
    return not recorded.trouble


def _told(reached: Sequence[Reached]) -> bool:
    """Say how each target answered; tell whether all of them did."""
    for one in reached:
        if one.trouble:
            typer.echo(f"Target {one.target} cannot be used: {one.trouble}", err=True)
            typer.echo(f"  {one.advice}", err=True)
        else:
            typer.echo(f"Target {one.target} answers: {one.jobs} job{'s' * (one.jobs != 1)}")
    return not any(one.trouble for one in reached)


@config_app.command("example")
def config_example() -> None:
    """Print a commented configuration with every key."""
    example = resources.files("bot").joinpath("example.toml")
    typer.echo(example.read_text(encoding="utf-8"), nl=False)


@db_app.command("current")
def db_current(config: options.Config = None) -> None:
    """Tell which schema the database has. Exit code: 0 the newest, 1 an upgrade is due."""
    from bot.settings import load_database
    from bot.store.upgrade import current

    with _clean_exit():
        address = load_database(config)
        schema = current(address.clear)
    typer.echo(f"Database: {address.shown}")
    typer.echo(f"Schema: {schema.version or 'none'}; the newest known: {schema.newest}")
    if schema.due:
        typer.echo("An upgrade is due: flinkbot db upgrade")
        raise typer.Exit(_FAILED)
    typer.echo("Nothing to do.")


@db_app.command("upgrade")
def db_upgrade(config: options.Config = None) -> None:
    """Bring the database to the newest schema, whole or not at all. Replicas may go on."""
    from bot.settings import load_database
    from bot.store.upgrade import upgrade

    with _clean_exit():
        address = load_database(config)
        before = upgrade(address.clear)
    typer.echo(f"Database: {address.shown}")
    if before.due:
        typer.echo(f"Upgraded from schema {before.version or 'none'} to {before.newest}.")
    else:
        typer.echo(f"Schema {before.newest}, the newest already: nothing to do.")


@audit_app.command("verify")
def audit_verify(config: options.Config = None, anchor: options.Anchor = "") -> None:
    """Prove that no event was changed, removed, moved or put in. Exit code: 0 sound, 1 broken."""
    from bot.settings import load_database
    from bot.store.audit import Anchor, verify

    with _clean_exit():
        kept = Anchor.read(anchor) if anchor else None
        address = load_database(config)
        findings = verify(address.clear, kept)
    typer.echo(f"Database: {address.shown}")
    for line in findings.told():
        typer.echo(line)
    if findings.broken:
        raise typer.Exit(_FAILED)


@audit_app.command("export")
def audit_export(
    config: options.Config = None,
    form: options.ExportFormat = options.AuditFormat.JSONL,
    since: options.Since = "",
    until: options.Until = "",
) -> None:
    """Write the audit to the standard output, oldest event first."""
    from bot.settings import load_database
    from bot.store.export import exported
    from bot.store.reading import entries

    now = datetime.now(UTC)
    with _clean_exit():
        begin, end = (
            options.micros(given, option, now)
            for option, given in (("--since", since), ("--until", until))
        )
        found = entries(load_database(config).clear, begin, end)
        for line in exported(found, as_csv=form is options.AuditFormat.CSV):
            sys.stdout.write(line)


@rules_app.command("explain")
def rules_explain(  # noqa: PLR0913 - one for each thing that rules look at
    *,
    user: options.User,
    target: options.Target,
    job: options.Job,
    operation: options.Operation,
    channel: options.Channel = "",
    group: options.Groups = None,
    groups_unknown: options.GroupsUnknown = False,
    team: options.Team = "",
    changes: options.Changes = None,
    reason: options.Reason = "",
    restart: options.Restart = False,
    at: options.At = "",
    config: options.Config = None,
) -> None:
    """Say what the rules decide of a request, which rule does, and why the others do not."""
    from bot.policy.decide import decide
    from bot.settings import load_policy
    from bot.settings.explain import Question
    from bot.slack.explained import explained

    question = Question(
        user=user,
        target=target,
        job=job,
        operation=operation,
        channel=channel,
        team=team,
        groups=None if groups_unknown else tuple(group or ()),
        changes=tuple(changes or ()),
        reason=reason,
        restart=restart,
        at=at,
    )
    with _clean_exit():
        ruled = load_policy(config)
        request = question.request(ruled.targets, datetime.now(UTC))
        for line in explained(decide(ruled.policy, request)):
            typer.echo(line)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"{folder} cannot be made a folder for pictures: {error}"
        ) from error


def _programs(context: typer.Context) -> Programs:
    programs = context.obj
    return programs if isinstance(programs, Programs) else Programs()


@contextmanager
def _clean_exit(*, if_taken: str = "set another with [http] port") -> Iterator[None]:
    """End with a sentence and an exit code where the person can act on it, not with a traceback.

    `if_taken`: what to do when the address is in use.
    """
    try:
        yield
    except ConfigurationError as error:
        typer.echo(f"flinkbot: {error}", err=True)
        raise typer.Exit(_UNUSABLE) from error
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        taken = f"the address is in use by another program ({error}); {if_taken}"
        typer.echo(f"flinkbot: {taken}", err=True)
        raise typer.Exit(_UNUSABLE) from error
    except KeyboardInterrupt as error:
        raise typer.Exit(_INTERRUPTED) from error


def main() -> None:
    """Run the command line."""
    app()
