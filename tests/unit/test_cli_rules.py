from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.unit.settings.bench import TARGET

RULES = """
channel = "C0JOBS"
allow_users = "U0LIN"
allow_channels = "C0JOBS"
[[rules]]
name = "frozen"
jobs = "payments-*"
requesters = "*"
decision = "refuse"
[[rules]]
name = "steps"
requesters = "S0DATA"
approvers = "S0ONCALL"
approvals = 2
required_fields = "reason"
[rules.approval_beyond]
max_factor = 2
hours = { from = "09:00", to = "18:00", zone = "Europe/Berlin" }
"""
NOON, NIGHT = "2026-03-02T12:00", "2026-03-02T23:30+01:00"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "flinkbot.toml"
    file.write_text(TARGET + RULES, encoding="utf-8")
    return file


def explain(config: Path, *more: str, job: str = "orders", user: str = "U0ADA") -> Result:
    asked = f"rules explain --user {user} --target prod --job {job} --operation hot_update"
    # No variable is set: neither secrets nor a network are needed.
    return CliRunner(env={"FLINKBOT_CONFIG": str(config)}).invoke(app, [*asked.split(), *more])


def data(*more: str) -> tuple[str, ...]:
    return ("--group", "S0DATA", "--channel", "C0JOBS", "--reason", "lag", "--at", NOON, *more)


def test_a_decision_is_explained_with_every_rule(config: Path) -> None:
    result = explain(config, *data("--set", "parallelism=4:8"))

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "Decision: applies at once",
        "Rule: steps",
        "Why: The rule “steps” allows it.",
        "Rules, in order:",
        "  frozen: It is for jobs named payments-*, not for orders.",
        "  steps: It decides.",
        "  targets.prod: The rule “steps” decided before.",
    ]


@pytest.mark.parametrize(
    ("more", "decision", "why"),
    [
        (data("--set", "parallelism=4:9"), "needs approval, 2 of S0ONCALL", "by a factor of 2.25"),
        (data("--at", NIGHT), "needs approval, 2 of S0ONCALL", "there it is mon 23:30 now"),
        (data("--restart"), "needs approval, 2 of S0ONCALL", "a restart of the job"),
        (data("--set", "a.b=:1"), "needs approval, 2 of S0ONCALL", "a restart of the job"),
        (data("--reason", ""), "refused", "Not filled in: reason."),
        (("--groups-unknown",), "refused", "members cannot be read"),
        (data("--group", "S0ELSE"), "applies at once", "allows it"),
        ((), "refused", "No rule allows you to do this."),
    ],
)
def test_every_decision_is_a_good_end(
    config: Path, more: tuple[str, ...], decision: str, why: str
) -> None:
    result = explain(config, *more)

    assert result.exit_code == 0
    assert f"Decision: {decision}" in result.stdout
    assert why in result.stdout


def test_the_requester_may_count_where_the_rule_says_so(config: Path) -> None:
    result = explain(config, *data("--restart"))
    assert "2 of S0ONCALL, not of the requester" in result.stdout

    text = config.read_text("utf-8").replace("approvals = 2", "approvals = 2\nown_approval = true")
    config.write_text(text, encoding="utf-8")
    result = explain(config, *data("--restart"))
    assert "2 of S0ONCALL, the requester counts too" in result.stdout


def test_a_rule_may_refuse_and_a_targets_lists_may_decide(config: Path) -> None:
    refused = explain(config, *data(), job="payments-eu").stdout
    assert "Decision: refused\nRule: frozen\nWhy: The rule “frozen” refuses it." in refused

    listed = explain(config, "--set", "parallelism=1:99", user="U0LIN").stdout
    assert "Decision: applies at once\nRule: targets.prod\n" in listed


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--at", "soon"), '--at "soon" must be a time'),
        (("--set", "x"), '--set "x" must be FIELD=BEFORE:AFTER'),
        (("--config", "nowhere.toml"), "nowhere.toml does not exist"),
    ],
)
def test_a_question_that_cannot_be_meant_is_one_sentence(
    config: Path, more: tuple[str, ...], told: str
) -> None:
    result = explain(config, *more)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"flinkbot: {told}")


def test_config_check_tells_every_rule_in_words(config: Path) -> None:
    environ = {
        "SLACK_BOT_TOKEN": "xoxb-planted",
        "SLACK_APP_TOKEN": "xapp-planted",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "planted",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "planted",
    }
    line = ["config", "check", "--offline", "--config", str(config)]
    result = CliRunner().invoke(app, line, env=environ)

    assert result.exit_code == 0
    assert "Rule frozen: everybody, jobs payments-*: refused\n" in result.stdout
    assert "Rule steps: S0DATA may ask: at once; approval for a factor above 2," in result.stdout
