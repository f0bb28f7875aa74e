"""Turn what pydantic finds wrong into sentences a person can act on, without showing secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel
from rapidfuzz import process

from bot.errors import ConfigurationError
from bot.flink.secrets import holds_secret
from bot.redaction import redact
from bot.settings.database import may_be_shown
from bot.settings.environment import APP_TOKEN, BOT_TOKEN, OVERRIDES, SECRET_KEY, SIGNING_SECRET
from bot.settings.targets import MODELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from pydantic_core import ErrorDetails

_LONGEST_GIVEN = 80
_CLOSE_ENOUGH = 60
_CLOUD_AT = 2
"""Where pydantic names a target's cloud in a path; the file has no such level."""
_ENVIRONMENT_ONLY = {
    "bot_token": BOT_TOKEN,
    "app_token": APP_TOKEN,
    "signing_secret": SIGNING_SECRET,
    "secret_key": SECRET_KEY,
    "access_key": "the variable that access_key_env names",
    "password": "the variable that password_env names",
    "access_key_id": "the variable that access_key_id_env names",
    "access_key_secret": "the variable that access_key_secret_env names",
    "security_token": "the variable that security_token_env names",
}
_MISSING: dict[tuple[str, ...], str] = {
    ("targets",): "at least one table [targets.NAME] must say what may be changed",
}


def unusable(file: Path | str, faults: Iterable[str]) -> ConfigurationError:
    """Gather every fault of one configuration into one error."""
    listed = list(faults)
    count = "1 fault" if len(listed) == 1 else f"{len(listed)} faults"
    return ConfigurationError(
        "\n".join([f"{file} cannot be used ({count}):", *(f"- {fault}" for fault in listed)])
    )


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that was probably meant."""
    match = process.extractOne(word, sorted(known), score_cutoff=_CLOSE_ENOUGH)
    return match[0] if match else None


def described_faults(
    errors: Sequence[ErrorDetails],
    settings: type[BaseModel],
    overridden: AbstractSet[tuple[str, ...]],
    rules: Sequence[str] = (),
) -> list[str]:
    """Describe each error.

    `overridden` are the keys whose value the environment gave, `rules` what each rule is called.
    """
    return [_described(error, settings, overridden, rules) for error in errors]


def _described(
    error: ErrorDetails,
    settings: type[BaseModel],
    overridden: AbstractSet[tuple[str, ...]],
    rules: Sequence[str],
) -> str:
    path, model = _place(error, settings, rules)
    given, context = error.get("input"), error.get("ctx", {})
    if "[key]" in error["loc"]:
        return f"{'.'.join(path)}: the name {_worded(error['msg'])}"
    match error["type"]:
        case "extra_forbidden":
            return _unknown_key(path, given, model)
        case "missing":
            return f"{'.'.join(path)}: missing; {_meaning(path, model)}"
        case "no_cloud":
            return f"{'.'.join(path)}.cloud: {error['msg']}"
        case "cloud":
            path, given = (*path, "cloud"), context["given"]
        case "too_short":
            return f"{'.'.join(path)}: empty; {_MISSING.get(path, 'at least one entry is needed')}"
    name = OVERRIDES[path] if path in overridden else ".".join(path)
    return f"{name}{_shown(path, given)}: {_worded(error['msg'])}"


def _place(
    error: ErrorDetails, settings: type[BaseModel], rules: Sequence[str]
) -> tuple[tuple[str, ...], type[BaseModel]]:
    """Give the path of a value in the file, and the model of the table that it is in."""
    if error["loc"][0] == "rules" and len(error["loc"]) > 1:
        return _place_in_rule(error["loc"], settings, rules)
    path = tuple(part for part in error["loc"] if isinstance(part, str) and part != "[key]")
    if path[0] == "targets" and len(path) > _CLOUD_AT and path[_CLOUD_AT] in MODELS:
        return path[:_CLOUD_AT] + path[_CLOUD_AT + 1 :], MODELS[path[_CLOUD_AT]]
    if len(path) == 1:
        return path, settings
    annotation = settings.model_fields[path[0]].annotation
    return path, annotation if isinstance(annotation, type) else settings


def _place_in_rule(
    loc: Sequence[int | str], settings: type[BaseModel], rules: Sequence[str]
) -> tuple[tuple[str, ...], type[BaseModel]]:
    """Name the rule instead of counting it, and go down to the table inside it."""
    _, number, *keys = loc
    within = [key for key in keys if isinstance(key, str)]
    model = _table_in(settings, "rules")
    for key in within[:-1]:
        model = _table_in(model, key)
    return ("rules", rules[int(number)], *within), model


def _table_in(model: type[BaseModel], key: str) -> type[BaseModel]:
    """Find the model of the tables that a key holds."""
    pending: list[Any] = [model.model_fields[key].annotation]
    while pending:
        one = pending.pop()
        if isinstance(one, type) and issubclass(one, BaseModel):
            return one
        pending += get_args(one)
    return model


def _unknown_key(path: tuple[str, ...], given: Any, model: type[BaseModel]) -> str:
    key = path[-1]
    where = f"{'.'.join(path)}{_shown(path, given)}"
    if key in _ENVIRONMENT_ONLY:
        source = _ENVIRONMENT_ONLY[key]
        return f"{where}: secrets do not belong in the file; they come from {source}"
    known = _keys(model)
    guess = nearest(key, known)
    meant = f'; did you mean "{guess}"?' if guess else "."
    return f"{where}: unknown key{meant} Allowed: {', '.join(known)}"


def _meaning(path: tuple[str, ...], model: type[BaseModel]) -> str:
    if path in _MISSING:
        return _MISSING[path]
    return model.model_fields[path[-1]].description or "it is needed"


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items() if name != "secrets"]


def _shown(path: tuple[str, ...], given: Any) -> str:
    """Show a value as the file would, unless it is a table or may be a secret."""
    if isinstance(given, dict) or given is None:
        return ""
    is_address = path == ("database", "url")
    if any(holds_secret(part) for part in path) or (is_address and not may_be_shown(given)):
        return " (value not shown)"
    text = redact(json.dumps(given, ensure_ascii=False, default=str))
    return f" = {text if len(text) <= _LONGEST_GIVEN else text[:_LONGEST_GIVEN] + '...'}"


def _worded(message: str) -> str:
    text = message.removeprefix("Value error, ").replace("Input should be", "must be")
    text = text.replace("a valid frozenset", "a text or a list of texts")
    return text.replace("'", '"') if text.startswith("must be") else text
