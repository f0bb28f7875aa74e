from __future__ import annotations

import pytest

from tests.unit.settings.bench import Load
from tests.unit.settings.test_rules import FULL

FULL_IN_WORDS = (
    "S1 U1 of T1 may ask, operations dli_stop hot_update, jobs carts orders-*,"
    " targets prod, environments production, channels C1: at once;"
    " approval for parallelism below 2, parallelism above 32, a factor above 2,"
    " outside of mon tue 09:30-24:00 Asia/Shanghai;"
    " approved by 2 of S2 U2 of T1, the requester counts too;"
    " refused: a factor above 2.5, restarts, fields parallelism s3.*;"
    " needs reason savepoint_path"
)


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        (
            FULL,
            FULL_IN_WORDS,
        ),
        ('requesters = "*"\ndecision = "refuse"', "everybody: refused"),
        ('requesters = "U1"\nrestarts = "apply"', "U1 may ask: at once"),
        (
            'requesters = "U1"\napprovers = "*"',
            "U1 may ask: at once; approval for restarts; approved by 1 of everybody",
        ),
        (
            'requesters = "U1"\napprovers = "S2"\ndecision = "approval"\nrestarts = "apply"',
            "U1 may ask: only with approval; approved by 1 of S2",
        ),
    ],
)
def test_a_rule_is_told_in_one_line(load: Load, toml: str, told: str) -> None:
    written = toml if "[[rules]]" in toml else f'[[rules]]\nname = "steps"\n{toml}\n'

    assert f"Rule steps: {told}" in load(written).summary()
