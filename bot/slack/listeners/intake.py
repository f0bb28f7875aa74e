"""What was typed is looked at before anything of it is read: it may hold what nobody can keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.errors import InvalidFormError
from bot.flink.legible import illegible_line, legible
from bot.notes import Code, note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.notes import Note
    from bot.slack.screens import View


LONGEST = 3_000
"""Characters; Slack takes no more in a field of any form."""


def check_typed(view: View) -> None:
    """Refuse what cannot be kept or shown, and what Slack does not let people type, at its field.

    Raises:
        InvalidFormError: by block id.

    """
    if faults := dict(_faults(view)):
        raise InvalidFormError(faults)


def tidied(view: View) -> View:
    """Give a view without what cannot be kept: where nothing can be refused, it is left out."""
    if not dict(_faults(view)):
        return view
    return {**view, "state": _tidied(view["state"])}


def _faults(view: View) -> Iterator[tuple[str, Note]]:
    longest = _allowed(view)
    for block, held in ((view.get("state") or {}).get("values") or {}).items():
        texts = list(_texts(held))
        lines = (illegible_line(text) for text in texts)
        line = next((line for line in lines if line is not None), None)
        count, most = max(map(len, texts), default=0), longest.get(block, LONGEST)
        if line is not None:
            yield block, note(Code.TEXT_ILLEGIBLE, line=line)
        elif count > most:
            yield block, note(Code.TEXT_TOO_LONG, count=count, longest=most)


def _allowed(view: View) -> dict[str, int]:
    """Give how much each field takes, as far as our form said so."""
    fields = ((block.get("block_id", ""), block.get("element") or {}) for block in _blocks(view))
    return {name: element["max_length"] for name, element in fields if "max_length" in element}


def _blocks(view: View) -> list[View]:
    return view.get("blocks") or []


def _texts(held: Any) -> Iterator[str]:
    """Give what was typed; what was chosen we have offered ourselves, files are read later."""
    match held:
        case str():
            yield held
        case list():
            for one in held:
                yield from _texts(one)
        case dict():
            typed = [key for key in held if key != "files" and not key.startswith("selected_")]
            yield from _texts([held[key] for key in typed])


def _tidied(held: Any) -> Any:
    match held:
        case str():
            return legible(held, "")
        case list():
            return [_tidied(one) for one in held]
        case dict():
            return {key: _tidied(one) for key, one in held.items()}
        case _:
            return held
