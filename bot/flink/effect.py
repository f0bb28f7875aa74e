"""When a changed setting acts."""

from __future__ import annotations

from enum import StrEnum


class Effect(StrEnum):
    """When a changed setting acts."""

    LIVE = "live"
    NEEDS_RESTART = "needs_restart"
    IGNORED = "ignored"
