"""What the sandbox's page offers to do to DLI is what the simulator takes."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from bot.sandbox.dli.faults import Fault
from bot.sandbox.dli.model import Behaviour

WORDS = (resources.files("bot.sandbox.slack") / "web/panels/words.js").read_text("utf-8")
DLI = WORDS.partition("  dli: {")[2].partition("\n  },")[0]
SHARED = re.search(r"const START = \[(.*)\];", WORDS)


def first_words(lists: str) -> list[str]:
    return re.findall(r'\["(\w+)", "', lists)


def test_every_operation_offered_to_break_is_known() -> None:
    listed = DLI.partition("operations: [")[2].partition("]")[0]
    operations = re.findall(r'"(\w+)"', listed)
    assert len(operations) > 5
    for operation in operations:
        assert Fault.model_validate({"operation": operation, "kind": "delay"})


def test_every_fault_offered_is_known() -> None:
    shared = WORDS.partition("const FAULTS = {")[2].partition("};")[0]
    own = DLI.partition("faults: {")[2].partition("}")[0]
    kinds = re.findall(r"(\w+): \"", shared + own)
    assert len(kinds) > 10
    for kind in kinds:
        assert Fault.model_validate({"kind": kind})


@pytest.mark.parametrize("member", ["outcome", "stop", "savepoint"])
def test_every_end_offered_is_known(member: str) -> None:
    assert SHARED is not None
    line = next(line for line in DLI.splitlines() if line.strip().startswith(f"{member}: ["))
    ends = first_words(line.partition(", [")[2])
    ends += first_words(SHARED[1]) if "...START" in line else []
    for end in ends:
        assert Behaviour.model_validate({member: end})


def test_every_time_offered_is_known() -> None:
    times = re.findall(r"(\w+_s): ", DLI)
    assert times
    for name in times:
        assert Behaviour.model_validate({name: 1})
