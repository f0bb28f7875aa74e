from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from bot.settings import (
    AlibabaTarget,
    HuaweiTarget,
    load_settings,
)
from bot.settings.rules import LimitsSettings, RuleSettings
from tests.unit.settings.bench import ENVIRONMENT, SMALL_TABLES

EXAMPLE = resources.files("bot").joinpath("example.toml").read_text(encoding="utf-8")


def test_the_example_can_be_used_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "flinkbot.toml"
    file.write_text(EXAMPLE, encoding="utf-8")

    assert list(load_settings(file, ENVIRONMENT).targets) == ["production"]


def test_its_second_target_can_be_used_once_the_marks_before_it_are_gone(tmp_path: Path) -> None:
    before, second = EXAMPLE.split("# [targets.dli]\n")
    keys = re.findall(r"(?m)^# ((?:cloud|region|project_id|auth|allow_users) = .*\n)", second)
    file = tmp_path / "flinkbot.toml"
    file.write_text(f"{before}[targets.dli]\n{''.join(keys)}", encoding="utf-8")

    variables = {**ENVIRONMENT, "HUAWEICLOUD_SDK_AK": "ak", "HUAWEICLOUD_SDK_SK": "sk"}
    assert list(load_settings(file, variables).targets) == ["production", "dli"]


TABLES = {**SMALL_TABLES, "targets.production": AlibabaTarget, "targets.dli": HuaweiTarget}


@pytest.mark.parametrize("table", TABLES)
def test_the_example_documents_every_key_in_order(table: str) -> None:
    opening = rf"(?m)^(?:# )?\[{re.escape(table)}\]\n"
    section = re.split(r"(?m)^(?:# )?\[", re.split(opening, EXAMPLE)[1])[0]

    assert re.findall(r"(?m)^(?:# )?([a-z_]+) = ", section) == list(TABLES[table].model_fields)


def test_the_example_shows_the_defaults() -> None:
    document = tomllib.loads(EXAMPLE)
    document["targets.production"] = document["targets"]["production"]

    document["targets.dli"] = {}  # no value of it is set

    for table, model in TABLES.items():
        for key, field in model.model_fields.items():
            if key in document[table] and not field.is_required():
                default = (
                    list(field.default) if isinstance(field.default, frozenset) else field.default
                )
                assert document[table][key] == default, f"{table}.{key}"


RULES = {
    "[[rules]]": RuleSettings,
    "[rules.approval_beyond]": LimitsSettings,
    "[rules.refuse_beyond]": LimitsSettings,
}


@pytest.mark.parametrize("table", RULES)
def test_the_example_documents_every_key_of_a_rule(table: str) -> None:
    section = re.split(r"(?m)^(?:# )?\[", EXAMPLE.split(f"# {table}\n")[1])[0]
    keys = [key for key in RULES[table].model_fields if not key.endswith("_beyond")]

    assert re.findall(r"(?m)^# ([a-z_]+) = ", section) == keys


def test_its_rule_can_be_used_once_the_marks_before_it_are_gone(tmp_path: Path) -> None:
    before, rule = EXAMPLE.split("# [[rules]]\n")
    rule, after = rule.split("[updates]\n")
    lines = re.findall(r"(?m)^# (\[rules.*|[a-z_]+ = .*)\n", rule)
    file = tmp_path / "flinkbot.toml"
    text = "\n".join([before, "[[rules]]", *lines, "[updates]", after])
    file.write_text(text, encoding="utf-8")

    [written] = load_settings(file, ENVIRONMENT).rules
    assert written.name == "small-steps"
    assert written.refuse_beyond is not None
    for key in ("decision", "restarts", "approvals", "own_approval"):
        default = RuleSettings.model_fields[key].default
        assert getattr(written, key) == default, key
