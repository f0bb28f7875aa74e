"""The README's list of threats names tests that exist, and no kind of refusal is without a test."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.slack.tally import Abuse

ROOT = Path(__file__).parent.parent
_README = (ROOT / "README.md").read_text(encoding="utf-8")
_TABLE = _README.split("### Threats\n")[1].split("\n#")[0]
ROWS = re.findall(r"(?m)^\| (.+) \| (.+) \| \[(test_\w+)\]\(([\w/.]+)\) \|$", _TABLE)


def named_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, functions)}


def test_every_row_of_the_table_was_read() -> None:
    assert len(ROWS) == sum(line.startswith("|") for line in _TABLE.splitlines()) - 2
    assert len(ROWS) >= 15


@pytest.mark.parametrize(("threat", "outcome", "name", "path"), ROWS)
def test_a_threat_is_shown_by_a_test(threat: str, outcome: str, name: str, path: str) -> None:
    assert threat
    assert outcome
    assert name in named_in(path)


@pytest.mark.parametrize("kind", Abuse)
def test_every_kind_of_refusal_is_tested(kind: Abuse) -> None:
    tests = [ROOT / "tests/acceptance/test_abuse.py", *(ROOT / "tests/unit/slack").rglob("*.py")]

    said = "".join(test.read_text(encoding="utf-8") for test in tests)

    assert f"Abuse.{kind.name}" in said or f'told("{kind}")' in said
