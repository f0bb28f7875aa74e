"""Turn codes into sentences: what happened, why, and what to do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.flink.parameters import parameter
from bot.flink.update import State
from bot.notes import Code
from bot.slack import text
from bot.slack.english import ENGLISH
from bot.slack.english.frozen import FROZEN, about
from bot.slack.language import Label, Language, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.flink.parameters import Effect
    from bot.flink.plan import Level
    from bot.flink.update import Update
    from bot.notes import Note

__all__ = ["Label", "Language", "Words", "say", "say_mrkdwn", "words"]

LONGEST_ARGUMENT = 400
_FALLBACK = Words("{code}")
# `who` of the others is a cloud's user name; it must never become a mention by accident.
_SLACK_PEOPLE = frozenset(
    {
        Code.UPDATE_IN_PROGRESS,
        Code.EVENT_QUEUED,
        Code.EVENT_CANCELLED,
        Code.EVENT_WATCHING,
        Code.EVENT_FOUND_OUT,
        Code.OVERTAKEN_SINCE,
        Code.APPLIED_ALREADY,
        Code.EVENT_APPROVAL_ASKED,
        Code.EVENT_APPROVED,
        Code.EVENT_REJECTED,
        Code.EVENT_NOT_APPROVED,
        Code.DECIDED_ALREADY,
        Code.NOT_YOUR_PLAN,
        Code.REQUEST_FORBIDDEN,
        Code.VERDICT_NOT_ALLOWED,
        Code.VERDICT_APPROVAL_GONE,
        *FROZEN,
    }
)
_ALLOW = {"user": ("allow_users",), "channel": ("allow_channels",)}
_STOPS = (".", "!", "?", ":", ";", "…", "```")
_MISSING = {"user": "you", "channel": "this channel", "both": "you and this channel"}


def words(note: Note, language: Language = ENGLISH) -> Words:
    """Say a note as plain text in three parts, for plain_text fields."""

    def shown(name: str, value: str) -> str:
        if name in {"since", "until"} and (moment := _moment(value)):
            return moment.strftime("%Y-%m-%d %H:%M UTC")
        return text.cut(_labels(value) if name == "fields" else value, LONGEST_ARGUMENT)

    return _filled(note, language, shown)


def say(note: Note, language: Language = ENGLISH) -> str:
    """Say a note as plain text, for plain_text fields."""
    return _joined(words(note, language))


def mrkdwn_words(note: Note, language: Language = ENGLISH) -> Words:
    """Say a note in three parts for mrkdwn: values are escaped, people are mentioned."""

    def shown(name: str, value: str) -> str:
        if name in {"who", "requester"} and note.code in _SLACK_PEOPLE:
            return text.mention(value) if value else ""
        if name == "people":
            return text.people(value)
        if name == "toml":
            return f"```\n{text.escape(value)}\n```"
        if name == "channels":
            return " or ".join(map(text.channel, value.split()))
        if name in {"since", "until"} and (moment := _moment(value)):
            return text.date(moment)
        return text.clean(_labels(value) if name == "fields" else value, LONGEST_ARGUMENT)

    return _filled(note, language, shown)


def say_mrkdwn(note: Note, language: Language = ENGLISH) -> str:
    """Say a note for mrkdwn: values are escaped, people are mentioned."""
    return _joined(mrkdwn_words(note, language))


def state_label(state: State, language: Language = ENGLISH) -> Label:
    """Give a state's icon and word."""
    return language.states[state]


def status_label(update: Update, language: Language = ENGLISH) -> Label:
    """Give the most exact icon and word for how an update stands."""
    if update.state is State.RUNNING:
        return language.outlooks[update.outlook]
    if update.verdict is not None:
        for note in update.verdict.notes:
            if note.code in language.endings:
                return language.endings[note.code]
    return language.states[update.state]


def effect_label(effect: Effect, language: Language = ENGLISH) -> Label:
    """Give an effect's icon and word."""
    return language.effects[effect]


def level_label(level: Level, language: Language = ENGLISH) -> Label:
    """Give a finding's icon and word."""
    return language.levels[level]


def step_label(step: str, language: Language = ENGLISH) -> str:
    """Give a step's word."""
    return language.steps.get(step, step.replace("_", " ").capitalize())


def operation_label(operation: str, language: Language = ENGLISH) -> str:
    """Give an operation's word."""
    return language.operations.get(operation, operation.replace("_", " ").capitalize())


def setting_label(name: str) -> str:
    """Give what people read for a setting's name."""
    return parameter(name).label


@dataclass(frozen=True, slots=True)
class _Argument:
    """A value inside a sentence; the format after the colon is explained at `Words`."""

    value: str

    def __format__(self, form: str) -> str:
        if form.startswith("or "):
            default = form.removeprefix("or ")
            # What a cloud says may be a sentence; only one of the two brings the full stop.
            return (
                self.value if default.endswith(".") else self.value.removesuffix(".")
            ) or default
        if "|" in form:
            one, many = form.split("|", 1)
            return f"{self.value or '?'} {one if self.value == '1' else many}"
        return self.value or "(not given)"


class _Arguments(dict[str, _Argument]):
    """What a note did not bring is said to be missing, instead of nothing being said at all."""

    def __missing__(self, name: str) -> _Argument:
        return _Argument("")


def _filled(note: Note, language: Language, shown: Callable[[str, str], str]) -> Words:
    table = language.notes.get(note.code, _FALLBACK)
    values = {"code": str(note.code).replace("_", " "), **note.args, **_derived(note)}
    arguments = _Arguments({name: _Argument(shown(name, value)) for name, value in values.items()})
    return Words(
        table.what.format_map(arguments),
        table.why.format_map(arguments),
        table.fix.format_map(arguments),
    )


def _derived(note: Note) -> Mapping[str, str]:
    """Give what the sentences need beside the arguments."""
    if note.code in FROZEN:
        return about(note.args)
    if note.code is Code.NOT_ALLOWED:
        missing = note.args.get("missing", "")
        return {"missing_what": _MISSING.get(missing, missing), "toml": _toml(note.args)}
    if "severity" in note.args:
        return {"cloud_said": _cloud_said(note.args)}
    if "state" in note.args:
        return {"state": note.args["state"].replace("_", " ")}
    return {}


def _toml(args: Mapping[str, str]) -> str:
    keys = _ALLOW.get(args.get("missing", ""), ("allow_users", "allow_channels"))
    ids = {"allow_users": args.get("user", ""), "allow_channels": args.get("channel", "")}
    lines = [f"{key} = [{json.dumps(ids[key])}]" for key in keys]
    return "\n".join([f"[targets.{args.get('target', '')}]", *lines])


def _cloud_said(args: Mapping[str, str]) -> str:
    said = ": ".join(part for part in (args.get("reason"), args.get("message")) if part)
    severity = args.get("severity", "")
    said = said or "no reason given"
    return f"{said.rstrip('.')} (severity {severity})" if severity else said.rstrip(".")


def _labels(fields: str) -> str:
    """Give the names that people know for those of settings, which a note has in a row."""
    return ", ".join(setting_label(name) for name in fields.split(", "))


def _moment(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _joined(said: Words) -> str:
    """A cloud's own words, which may stand at the end of a part, often have no full stop."""
    *before, last = [part for part in _parts(said) if part] or [""]
    return " ".join([*(_stopped(part) for part in before), last])


def _stopped(part: str) -> str:
    return part if part.endswith(_STOPS) else f"{part}."


def _parts(said: Words) -> Iterable[str]:
    return (said.what, said.why, said.fix)
