"""What a typed `/flink` line asks for. Reading it never does anything and never fails."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from bot.flink.legible import legible
from bot.slack.freeze_line import Freeze, Unfreeze, read_freeze, read_unfreeze
from bot.updates.dli.route import DliOperation

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_TYPED = 100
_LONGEST_VERB = 40
_ALIKE = 60  # percent; below it a guess would puzzle more than help
_HELP = frozenset({"help", "?", "h", "-h", "-help", "--help"})
_LINK = re.compile(r"<(?:(?:https?|mailto):[^|>]*\||(?=https?:))([^>|]*)>")
_QUOTES = str.maketrans(
    {
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb`", '"'),
        **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\ufeff", None),
    }
)
_WORD = re.compile(r"""(?<!\S)"([^"]*)"(?!\S)|(?<!\S)'([^']*)'(?!\S)|(\S+)""")


@dataclass(frozen=True, slots=True)
class Launcher:
    """Nothing was typed: offer what there is."""


@dataclass(frozen=True, slots=True)
class Help:
    """Show the commands."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """List the jobs whose name contains `text`."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class UpdateForm:
    """Open the form, for a job if one was named."""

    job: str = ""


@dataclass(frozen=True, slots=True)
class Rescale:
    """Review a new parallelism. It is not checked yet."""

    job: str
    parallelism: str


@dataclass(frozen=True, slots=True)
class Operate:
    """Do something to a DLI job besides changing it. The path is not checked yet."""

    operation: DliOperation
    job: str = ""
    path: str = ""
    keep_state: bool = True


@dataclass(frozen=True, slots=True)
class Status:
    """Tell how a job or an update stands; all of them when there is no subject."""

    subject: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """Tell what was done: of a job, with a person's part in it, of an update; all when empty."""

    subject: str = ""


@dataclass(frozen=True, slots=True)
class RollBack:
    """Review taking back what an update did."""

    update_id: str


@dataclass(frozen=True, slots=True)
class Result:
    """Read the result of a hot update."""

    hot_update_id: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Not understood. `nearest` is what to type instead after `/flink`, empty if none is near."""

    typed: str
    nearest: str


Command = (
    Launcher
    | Help
    | Jobs
    | UpdateForm
    | Rescale
    | Operate
    | Status
    | History
    | Result
    | RollBack
    | Freeze
    | Unfreeze
    | Mistake
)


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """One line of help; `usage` and `example` stand behind `/flink`."""

    verb: str
    usage: str
    summary: str
    example: str


COMMANDS = (
    CommandHelp("update", "update [job]", "Change a job's settings in a form", "update orders"),
    CommandHelp(
        "rescale", "rescale <job> <parallelism>", "Change a job's parallelism", "rescale orders 16"
    ),
    CommandHelp(
        "import-savepoint",
        "import-savepoint [job] [path]",
        "Have a stopped DLI job start from a savepoint",
        "import-savepoint orders bucket/savepoints/orders",
    ),
    CommandHelp(
        "savepoint",
        "savepoint [job] [path]",
        "Have a running DLI job write a savepoint",
        "savepoint orders bucket/savepoints/orders",
    ),
    CommandHelp(
        "stop", "stop <job> [without savepoint]", "Stop a DLI job, keeping its state", "stop orders"
    ),
    CommandHelp(
        "start",
        "start <job> [without savepoint]",
        "Start a DLI job from its savepoint",
        "start orders",
    ),
    CommandHelp("jobs", "jobs [text]", "List jobs, or find them by name", "jobs orders"),
    CommandHelp(
        "status", "status [job or update id]", "See how jobs and updates stand", "status orders"
    ),
    CommandHelp(
        "history",
        "history [job, person or update id]",
        "See who changed what, page by page",
        "history me",
    ),
    CommandHelp(
        "rollback",
        "rollback <update id>",
        "Take back what an update changed, after a review",
        "rollback 3k7mz2qp",
    ),
    CommandHelp(
        "result",
        "result <hot-update-id> [target]",
        "Read a hot update's result, whoever started it",
        "result 3fa85f64-5717-4562-b3fc-2c963f66afa6",
    ),
    CommandHelp(
        "freeze",
        "freeze [target] [reason] [for 2h]",
        "Let nothing new begin at a target, or anywhere",
        "freeze release day for 2h",
    ),
    CommandHelp("unfreeze", "unfreeze [target]", "Let new updates begin again", "unfreeze"),
    CommandHelp("help", "help", "Show these commands", "help"),
)
_USAGE = {command.verb: command.usage for command in COMMANDS}


def parse(text: str) -> Command:
    """Read what stands behind `/flink`; case of the command, spacing and smart quotes are free."""
    words = _words(text)
    if words[:1] == ["/flink"]:
        words = words[1:]
    if not words:
        return Launcher()
    if [word.lower() for word in words[:2]] == ["import", "savepoint"]:
        words = ["import-savepoint", *words[2:]]
    verb, rest = words[0].lower(), words[1:]
    if verb in _HELP:
        return Help()
    reader = _READERS.get(verb)
    if reader is None:
        return Mistake(_typed(words), _nearest(verb, rest))
    return reader(rest) or Mistake(_typed(words), _USAGE[verb])


def _words(text: str) -> list[str]:
    plain = legible(html.unescape(_LINK.sub(r"\1", text)).translate(_QUOTES), "")
    groups = (match.groups() for match in _WORD.finditer(plain))
    words = (" ".join((double or single or bare or "").split()) for double, single, bare in groups)
    return [word for word in words if word]


def _typed(words: list[str]) -> str:
    return " ".join(words)[:_LONGEST_TYPED]


def _nearest(verb: str, rest: list[str]) -> str:
    """Give the line as it was probably meant."""
    found = process.extractOne(
        verb[:_LONGEST_VERB], _USAGE.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE
    )
    if found is None:
        return ""
    reader = _READERS.get(found[0])
    if reader is not None and reader(rest) is None:
        return _USAGE[found[0]]
    return " ".join([found[0], *(_quoted(word) for word in rest)])[:_LONGEST_TYPED]


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


def _rescale(rest: list[str]) -> Rescale | None:
    *job, parallelism = rest or [""]
    if len(job) > 1 and job[-1].lower() == "to":
        job = job[:-1]
    if not job or parallelism.lower() == "to":
        return None
    return Rescale(" ".join(job), parallelism)


def _with_path(operation: DliOperation, rest: list[str]) -> Operate | None:
    """A job's name has no slash in it, a path in OBS has."""
    words = [word for word in rest if word.lower() not in {"to", "from"}]
    job = [word for word in words if "/" not in word]
    paths = [word for word in words if "/" in word]
    if len(paths) > 1 or (paths and words[-1] != paths[0]):
        return None
    return Operate(operation, " ".join(job), paths[0] if paths else "")


def _with_state(operation: DliOperation, rest: list[str]) -> Operate | None:
    keep = True
    if len(rest) > 1 and rest[-1].lower() in _STATE_WORDS and rest[-2].lower() in _STATE_KEPT:
        keep = _STATE_KEPT[rest[-2].lower()]
        rest = rest[:-2]
    return Operate(operation, " ".join(rest), keep_state=keep) if rest else None


def _result(rest: list[str]) -> Result | None:
    match [word for place, word in enumerate(rest) if place != 1 or word.lower() not in _FILLERS]:
        case [hot_update_id]:
            return Result(hot_update_id)
        case [hot_update_id, target]:
            return Result(hot_update_id, target)
        case _:
            return None


def _rollback(rest: list[str]) -> RollBack | None:
    return RollBack(rest[0]) if len(rest) == 1 else None


_STATE_WORDS = frozenset({"savepoint", "state"})
_STATE_KEPT = {"with": True, "from": True, "without": False}
_FILLERS = frozenset({"on", "in"})
_READERS: dict[str, Callable[[list[str]], Command | None]] = {
    "update": lambda rest: UpdateForm(" ".join(rest)),
    "rescale": _rescale,
    "import-savepoint": partial(_with_path, DliOperation.IMPORT_SAVEPOINT),
    "savepoint": partial(_with_path, DliOperation.TAKE_SAVEPOINT),
    "stop": partial(_with_state, DliOperation.STOP),
    "start": partial(_with_state, DliOperation.START),
    "jobs": lambda rest: Jobs(" ".join(rest)),
    "status": lambda rest: Status(" ".join(rest)),
    "history": lambda rest: History(" ".join(rest)),
    "result": _result,
    "rollback": _rollback,
    "freeze": read_freeze,
    "unfreeze": read_unfreeze,
}
