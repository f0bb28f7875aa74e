"""The part of the form that shows a DLI job: what to change, its fields, how to apply it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
)
from slack_sdk.models.blocks.block_elements import FileInputElement

from bot.flink.dli.catalogue import groups_of, settings_of
from bot.flink.dli.options import Mode, Options
from bot.flink.dli.setting import Group, JobType, Kind
from bot.flink.phase import Phase
from bot.slack import text
from bot.slack.ids import Action
from bot.slack.modals import parts
from bot.slack.modals.dli import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.flink.dli.setting import Setting
    from bot.flink.snapshot import DeploymentSnapshot

GROUPS_BLOCK = "groups"
MODE_BLOCK = "mode"
STATE_BLOCK = "keep_state"
PATH_BLOCK = "savepoint_path"
FILE_BLOCK = "sql_file"
KEEP_STATE = "keep"
JOB_KIND = "kind of job"
"""No setting is called so."""
LONGEST_PATH = 1_024
_GROUPS = {
    Group.BASICS: ("Basics", "name, description, queue, Flink version"),
    Group.SQL: ("SQL", "the statement, run mode, idle state"),
    Group.JAR: ("Program", "packages, main class, arguments, image"),
    Group.RESOURCES_V1: ("Resources, v1", "CUs, parallelism, slots"),
    Group.RESOURCES_V2: ("Resources, v2", "CPU, memory, parallelism, slots"),
    Group.CHECKPOINTS: ("Checkpoints", "on or off, mode, interval, bucket"),
    Group.RECOVERY: ("Recovery", "restart on failure; acts live"),
    Group.LOGS: ("Logs and alerts", "job logs, alert topic, log levels"),
    Group.ADVANCED: ("Advanced", "Flink settings, operators, agency"),
}
_MODES = {
    Mode.LIVE: ("Live only", "only settings marked ⚡; the job is not touched otherwise"),
    Mode.NEXT_START: ("Save for the next start", "nothing is stopped or started"),
    Mode.RESTART: ("Restart the job now", "stop, save, start; put back if it does not start"),
}
_OF_STOPPED = {
    Mode.NEXT_START: _MODES[Mode.NEXT_START],
    Mode.RESTART: ("Save and start the job", "put back if it does not start"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DliForm:
    """All that this part shows. `typed` wins over what the job holds, by setting's name."""

    snapshot: DeploymentSnapshot
    groups: tuple[Group, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    options: Options = field(default_factory=Options)

    @property
    def job(self) -> JobType:
        """Which settings the job has."""
        return JobType(self.snapshot.job_type)

    @property
    def job_id(self) -> str:
        """The job's id."""
        return self.snapshot.ref.deployment_id


def group_title(group: Group) -> str:
    """Give what people read for a group of settings."""
    return _GROUPS[group][0]


def build(form: DliForm) -> Iterator[Block]:
    """Give the blocks that stand between the job and the reason."""
    yield parts.context(*_facts(form.snapshot))
    yield _choose_groups(form)
    for group in form.groups:
        yield parts.section(f"*{group_title(group)}*")
        yield from _fields(form, group)
    if form.groups:
        yield _choose_mode(form)
        yield from _state(form)


def compared_with(form: DliForm) -> dict[str, str]:
    """Give what a submitted form is compared with, the kind of job under `JOB_KIND`.

    Only what differs was asked for; rules between fields need the values without a field too, but
    for those that are too long for one.
    """
    saved = form.snapshot.saved.items()
    short = {name: text for name, text in saved if len(text) <= fields.LONGEST_TYPED}
    return {**short, JOB_KIND: form.job.value}


def _facts(snapshot: DeploymentSnapshot) -> list[str]:
    job = snapshot.job
    status = text.clean(job.status) if job else "never started"
    running = job is not None and job.running
    restarts = job.restarts if job is not None and running else None
    return [
        f"{'🟢' if running else '⚪'} {status}",
        f"{snapshot.job_type.upper()} job",
        f"Flink {text.clean(snapshot.engine_version)}" if snapshot.engine_version else "",
        text.count(restarts, "restart") if restarts is not None else "",
        "has a savepoint" if snapshot.savepoint else "",
        "⚠️ saved changes that do not run yet" if snapshot.changed_since_start else "",
    ]


def _choose_groups(form: DliForm) -> InputBlock:
    options = {group: _described(group.value, *_GROUPS[group]) for group in groups_of(form.job)}
    return InputBlock(
        block_id=f"{GROUPS_BLOCK}:{form.job_id}",
        label="What to change",
        optional=True,
        dispatch_action=True,
        element=CheckboxesElement(
            action_id=Action.CHOOSE_GROUPS,
            options=list(options.values()),
            initial_options=[options[group] for group in form.groups] or None,
        ),
    )


def _described(value: str, label: str, description: str) -> Option:
    return Option(text=label, description=description, value=value)


def _fields(form: DliForm, group: Group) -> Iterator[Block]:
    for setting in settings_of(form.job, group):
        saved = form.snapshot.saved.get(setting.name, "")
        left = form.typed.get(setting.name, saved)
        kept = fields.fits(setting, left)
        if fields.fits(setting, saved):
            yield fields.field(setting, form.job_id, left if kept else saved)
        else:
            yield _too_long(setting, saved)
        if setting.kind is Kind.SCRIPT:
            if left != saved and not kept:
                yield parts.context("⚠️ The file of the plan is not kept here. Upload it again.")
            yield _upload(form)


def _too_long(setting: Setting, saved: str) -> Block:
    label = text.clean(setting.label)
    if setting.kind is Kind.SCRIPT:
        size = f"{text.count(len(saved.splitlines()), 'line')}, {len(saved):,} characters"
        return parts.context(
            f"*{label}*: {size}, more than Slack can show. Upload it to change it."
        )
    return parts.context(f"*{label}* holds a value that this form cannot show; it stays as it is.")


def _upload(form: DliForm) -> InputBlock:
    return InputBlock(
        block_id=f"{FILE_BLOCK}:{form.job_id}",
        label="SQL from a file",
        hint="A .sql file up to 1 MiB; it replaces what is typed above.",
        optional=True,
        element=FileInputElement(action_id=fields.VALUE, filetypes=["sql", "text"], max_files=1),
    )


def _choose_mode(form: DliForm) -> InputBlock:
    phase = form.snapshot.job.phase if form.snapshot.job else Phase.STOPPED
    offered = _MODES if phase is Phase.RUNNING else _OF_STOPPED
    options = {mode: _described(mode.value, *said) for mode, said in offered.items()}
    return InputBlock(
        block_id=f"{MODE_BLOCK}:{form.job_id}",
        label="How to apply it",
        element=RadioButtonsElement(
            action_id=fields.VALUE,
            options=list(options.values()),
            initial_option=options.get(form.options.mode, options[Mode.NEXT_START]),
        ),
    )


def _state(form: DliForm) -> Iterator[Block]:
    keep = Option(
        text="Keep the job's state",
        description="Stop with a savepoint and start from it.",
        value=KEEP_STATE,
    )
    yield InputBlock(
        block_id=f"{STATE_BLOCK}:{form.job_id}",
        label="State, on a restart",
        optional=True,
        element=CheckboxesElement(
            action_id=fields.VALUE,
            options=[keep],
            initial_options=[keep] if form.options.keep_state else None,
        ),
    )
    yield InputBlock(
        block_id=f"{PATH_BLOCK}:{form.job_id}",
        label="Savepoint of your own, before the stop",
        hint="A path in OBS. DLI deletes the savepoint of the stop when the job starts again.",
        optional=True,
        element=PlainTextInputElement(
            action_id=fields.VALUE,
            placeholder="bucket/savepoints/orders",
            max_length=LONGEST_PATH,
            initial_value=form.options.savepoint_path or None,
        ),
    )
