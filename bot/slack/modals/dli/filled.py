"""Read a filled DLI form: what of it is a change, how it is to be applied, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import InvalidFormError
from bot.flink.dli import rules
from bot.flink.dli.catalogue import SETTINGS
from bot.flink.dli.options import Mode, Options
from bot.flink.dli.paths import SavepointPath, read_path
from bot.flink.dli.setting import Group, JobType
from bot.flink.dli.values import fault, normalise, same
from bot.flink.plan import merged
from bot.notes import Code, Note, note
from bot.slack.ids import Action
from bot.slack.modals.dli import fields
from bot.slack.modals.dli.form import (
    FILE_BLOCK,
    GROUPS_BLOCK,
    JOB_KIND,
    MODE_BLOCK,
    PATH_BLOCK,
    STATE_BLOCK,
)
from bot.slack.uploads import LARGEST_SQL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.flink.dli.setting import Setting
    from bot.slack.modals.parts import View


@dataclass(frozen=True, slots=True)
class TypedChange:
    """What was asked for. `values`: changes only, marks of secrets still in them."""

    values: Mapping[str, str | None]
    options: Options
    file_id: str = ""
    """The uploaded SQL, by Slack's id; it goes before what was typed."""


def groups(view: View) -> tuple[Group, ...]:
    """Give the groups that are ticked."""
    for name, element in _entered(view):
        if name == GROUPS_BLOCK:
            chosen = {option["value"] for option in element.get("selected_options") or []}
            return tuple(group for group in Group if group.value in chosen)
    return ()


def is_shown(view: View) -> bool:
    """Tell whether a form has this part: without its job read, it has not."""
    blocks = (str(block.get("block_id", "")) for block in view.get("blocks", ()))
    return any(block.partition(":")[0] == GROUPS_BLOCK for block in blocks)


def typed(view: View) -> dict[str, str]:
    """Give what stands in the fields, raw, by setting's name."""
    return {name: fields.entered(e) for name, e in _entered(view) if name in SETTINGS}


def options(view: View) -> Options:
    """Give how it is to be applied, as far as it was chosen."""
    held = dict(_entered(view))
    mode = fields.entered(held.get(MODE_BLOCK, {}))
    kept = held.get(STATE_BLOCK)
    return Options(
        mode=Mode(mode) if mode else Mode.NEXT_START,
        keep_state=kept is None or bool(kept.get("selected_options")),
        savepoint_path=fields.entered(held.get(PATH_BLOCK, {})).strip(),
    )


def parse(view: View, shown: Mapping[str, str]) -> TypedChange:
    """Read a submitted form; `shown` is what it is compared with (`form.compared_with`).

    Raises:
        InvalidFormError: with everything that is wrong, by block id.

    """
    faults: dict[str, Note] = {}
    values: dict[str, str | None] = {}
    for block, element in _blocks(view):
        setting = SETTINGS.get(block.partition(":")[0])
        if setting is None:
            continue
        found = _change(setting, fields.entered(element), shown.get(setting.name, ""))
        if isinstance(found, Note):
            faults[block] = found
        else:
            values |= found
    chosen = _checked(view, faults)
    if _too_large(view):
        faults[_block(view, FILE_BLOCK)] = note(Code.FILE_TOO_LARGE, longest="1 MiB")
    if not groups(view):
        faults[_block(view, GROUPS_BLOCK)] = note(Code.NO_GROUP_CHOSEN)
    faults = faults or _between_fields(view, shown, values)
    if faults:
        raise InvalidFormError(faults)
    return TypedChange(values, chosen, _file(view))


def _between_fields(
    view: View, shown: Mapping[str, str], values: Mapping[str, str | None]
) -> dict[str, Note]:
    """Check fields against each other, once each is right by itself."""
    if JOB_KIND not in shown:  # a form that an older version showed; the review says the same
        return {}
    job = rules.Job(
        JobType(shown[JOB_KIND]), merged({n: t for n, t in shown.items() if n in SETTINGS}, values)
    )
    return {_block(view, name): said for name, said in rules.faults(job, values).items()}


def _checked(view: View, faults: dict[str, Note]) -> Options:
    chosen = options(view)
    if not chosen.savepoint_path:
        return chosen
    read = read_path(chosen.savepoint_path)
    if isinstance(read, SavepointPath):
        return Options(mode=chosen.mode, keep_state=chosen.keep_state, savepoint_path=read.text)
    faults[_block(view, PATH_BLOCK)] = read
    return chosen


def _change(setting: Setting, entered: str, before: str) -> Mapping[str, str | None] | Note:
    if same(setting, before, entered):
        return {}
    if not entered.strip():
        if setting.can_be_emptied:
            return {setting.name: None}
        return note(Code.VALUE_EMPTY, field=setting.label)
    return fault(setting, entered) or {setting.name: normalise(setting, entered)}


def _file(view: View) -> str:
    return str(_uploaded(view).get("id", ""))


def _too_large(view: View) -> bool:
    return int(_uploaded(view).get("size") or 0) > LARGEST_SQL


def _uploaded(view: View) -> dict[str, Any]:
    for name, element in _entered(view):
        if name == FILE_BLOCK and element.get("files"):
            file: dict[str, Any] = element["files"][0]
            return file
    return {}


def _block(view: View, name: str) -> str:
    return next((block for block, _ in _blocks(view) if block.partition(":")[0] == name), name)


def _entered(view: View) -> Iterator[tuple[str, dict[str, Any]]]:
    for block, element in _blocks(view):
        yield block.partition(":")[0], element


def _blocks(view: View) -> Iterator[tuple[str, dict[str, Any]]]:
    for block, elements in ((view.get("state") or {}).get("values") or {}).items():
        for action, element in elements.items():
            if action in {fields.VALUE, Action.CHOOSE_GROUPS}:
                yield block, element
