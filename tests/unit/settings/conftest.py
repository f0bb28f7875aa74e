from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings, load_settings
from tests.unit.settings.bench import ENVIRONMENT, TARGET, Load


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load the standard target with more lines, and the standard environment with changes."""

    def load(toml: str = "", environ: dict[str, str | None] | None = None) -> Settings:
        file = tmp_path / "flinkbot.toml"
        file.write_text(TARGET + toml, encoding="utf-8")
        variables = {**ENVIRONMENT, **(environ or {})}
        return load_settings(file, {k: v for k, v in variables.items() if v is not None})

    return load
