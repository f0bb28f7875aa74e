from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from bot.settings import (
    AlibabaTarget,
    load_settings,
)
from tests.unit.settings.bench import ENVIRONMENT, SMALL_TABLES

EXAMPLE = resources.files("bot").joinpath("example.toml").read_text(encoding="utf-8")


def test_the_example_can_be_used_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "flinkbot.toml"
    file.write_text(EXAMPLE, encoding="utf-8")

    assert list(load_settings(file, ENVIRONMENT).targets) == ["production"]


TABLES = {**SMALL_TABLES, "targets.production": AlibabaTarget}


@pytest.mark.parametrize("table", TABLES)
def test_the_example_documents_every_key_in_order(table: str) -> None:
    section = re.split(r"(?m)^\[", EXAMPLE.split(f"\n[{table}]\n")[1])[0]

    assert re.findall(r"(?m)^(?:# )?([a-z_]+) = ", section) == list(TABLES[table].model_fields)


def test_the_example_shows_the_defaults() -> None:
    document = tomllib.loads(EXAMPLE)
    document["targets.production"] = document["targets"]["production"]

    for table, model in TABLES.items():
        for key, field in model.model_fields.items():
            if key in document[table] and not field.is_required():
                default = (
                    list(field.default) if isinstance(field.default, frozenset) else field.default
                )
                assert document[table][key] == default, f"{table}.{key}"
