"""The shapes of the settings that hold JSON inside a JSON string."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR")
_OPERATOR_ID = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
_RATES = ("rate_factor", "output_rate")


def _is_runtime_config(document: object) -> bool:
    return isinstance(document, list) and all(
        isinstance(entry, dict)
        and entry.keys() == {"key", "value"}
        and all(isinstance(text, str) for text in entry.values())
        for entry in document
    )


def _is_log_config(document: object) -> bool:
    if not isinstance(document, dict):
        return False
    classes = document.get("loggers_level_of_class", {})
    return (
        document.keys() <= {"root_logger_level", "loggers_level_of_class"}
        and document.get("root_logger_level", "INFO") in LEVELS
        and isinstance(classes, dict)
        and all(level in LEVELS for level in classes.values())
    )


def _operators(document: object) -> list[dict[str, object]] | None:
    """Give the entries of an operator list, None if it is none."""
    if not isinstance(document, dict) or document.keys() != {"operator_list"}:
        return None
    entries = document["operator_list"]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return None
    return entries if all(_OPERATOR_ID.fullmatch(str(e.get("id"))) for e in entries) else None


def _is_operator_config(document: object) -> bool:
    entries = _operators(document)
    return entries is not None and all(
        isinstance(parallelism := entry.get("parallelism"), int) and parallelism >= 1
        for entry in entries
    )


def _is_estimator_config(document: object) -> bool:
    entries = _operators(document)
    return entries is not None and all(
        any(isinstance(rate := entry.get(name), int | float) and rate > 0 for name in _RATES)
        for entry in entries
    )


SHAPES: dict[str, tuple[Callable[[object], bool], str]] = {
    "runtime_config": (_is_runtime_config, '[{"key": "name", "value": "text"}, ...]'),
    "flink_log_config": (
        _is_log_config,
        '{"root_logger_level": "INFO", "loggers_level_of_class": {"class": "WARN"}}',
    ),
    "operator_config": (
        _is_operator_config,
        '{"operator_list": [{"id": "32 hex digits", "parallelism": 2}]}',
    ),
    "static_estimator_config": (
        _is_estimator_config,
        '{"operator_list": [{"id": "32 hex digits", "rate_factor": 0.5}]}',
    ),
}
"""By setting: whether a document has the shape the vendor expects, and that shape to show."""
