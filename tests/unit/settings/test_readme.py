"""The README's example of rules does what the README says of it."""

from __future__ import annotations

import re
import shlex
from importlib import resources
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.policy.operations import Operation
from bot.settings.rules import HoursSettings, LimitsSettings, RuleSettings

README = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
SECTION = README.split("\n## Rules\n")[1].split("\n## ")[0]
[EXAMPLE] = re.findall(r"```toml\n(.*?)```", SECTION, re.DOTALL)
[SESSION] = re.findall(r"```console\n\$ flinkbot (.*?)```", SECTION, re.DOTALL)
DATA = "--group S0DATATEAM --user U0ADA --reason lag --at 2026-03-02T10:00+08:00"
ONCALL = "--group S0ONCALL --user U0BEN"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "flinkbot.toml"
    file.write_text(EXAMPLE, encoding="utf-8")
    return file


def run(config: Path, line: str) -> str:
    result = CliRunner().invoke(app, [*shlex.split(line), "--config", str(config)])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_session_it_shows_is_what_is_printed(config: Path) -> None:
    asked, printed = re.split(r"(?<!\\)\n", SESSION, maxsplit=1)

    assert run(config, asked.replace("\\\n", " ")) == printed


@pytest.mark.parametrize(
    ("asked", "decision", "rule"),
    [
        (f"{DATA} --operation hot_update --set parallelism=4:8", "applies at once", "small-steps"),
        (f"{DATA} --operation hot_update --set parallelism=30:33", "needs", "small-steps"),
        (f"{DATA} --operation hot_update --set parallelism=30:129", "refused", "small-steps"),
        (f"{DATA} --operation hot_update --set a.b=:1", "needs approval", "small-steps"),
        (f"{DATA} --operation restore_saved", "refused", "default"),
        (f"{ONCALL} --operation restore_saved", "applies at once", "on-call"),
        (f"{ONCALL} --operation hot_update --restart", "needs approval", "on-call"),
        (f"{ONCALL} --operation hot_update --groups-unknown", "refused", "small-steps"),
        ("--user U0SAM --operation hot_update", "refused", "default"),
    ],
)
def test_the_example_decides_as_it_says(config: Path, asked: str, decision: str, rule: str) -> None:
    told = run(config, f"rules explain --target production --job orders {asked}")

    assert told.startswith(f"Decision: {decision}")
    assert f"\nRule: {rule}\n" in told


def test_the_example_closes_the_payments_to_everybody(config: Path) -> None:
    asked = "rules explain --target production --job payments-eu --operation hot_update"

    assert "Rule: payments-are-closed" in run(config, f"{asked} {ONCALL}")


def test_every_operation_can_be_looked_up() -> None:
    example = resources.files("bot").joinpath("example.toml").read_text(encoding="utf-8")

    assert all(f"`{operation}`" in SECTION for operation in Operation)
    assert all(f'"{operation}"' in example for operation in Operation)


def test_the_table_has_every_key() -> None:
    first_cells = re.findall(r"(?m)^\| (.*?) \|", SECTION)
    keys = set(re.findall(r"`(\w+)`", " ".join(first_cells)))

    assert keys == {*RuleSettings.model_fields, *LimitsSettings.model_fields}
    assert all(
        f"`{field.alias or name}`" in SECTION for name, field in HoursSettings.model_fields.items()
    )
