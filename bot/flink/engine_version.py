"""Alibaba's engine versions: `vvr-8.0.11-jdk11-flink-1.17`."""

from __future__ import annotations

import re

_FORM = re.compile(r"vvr-(\d+)\.(\d+)\.(\d+)")
HOT_UPDATE_MINIMUM = (8, 0, 1)


def parse_engine_version(text: str) -> tuple[int, int, int] | None:
    """Read the VVR version, None for an engine of another family."""
    match = _FORM.match(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None
