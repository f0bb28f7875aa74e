from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.settings import load_policy
from tests.unit.settings.bench import TARGET, Load

SECOND = """
[targets.test]
cloud = "alibaba"
region = "cn-hangzhou"
workspace = "a14bd5d90a1b2c"
namespace = "orders-test"
environment = "staging"
allow_users = "U1"
allow_channels = "C1"
"""


def a_rule(name: str, keys: str = "", requesters: str = '"*"') -> str:
    return f'[[rules]]\nname = "{name}"\nrequesters = {requesters}\nrestarts = "apply"\n{keys}\n'


def warnings(load: Load, toml: str) -> list[str]:
    return [one for one in load(toml).warnings if one.startswith("rules.")]


@pytest.mark.parametrize(("decision", "nobody"), [("apply", False), ("refuse", True)])
def test_a_target_that_a_rule_opens_has_somebody(load: Load, decision: str, nobody: bool) -> None:
    toml = a_rule("open", f'targets = "prod"\ndecision = "{decision}"')
    told = [one for one in load(toml).warnings if "nobody may change anything" in one]

    assert bool(told) is nobody


def test_a_rule_for_no_target_at_all_is_told(load: Load) -> None:
    toml = SECOND + a_rule("odd", 'targets = "prod"\nenvironments = "staging"')

    assert warnings(load, toml) == [
        "rules.odd: no target is in both its targets and its environments"
    ]
    assert not warnings(load, SECOND + a_rule("fine", 'environments = "staging"'))


@pytest.mark.parametrize(
    ("first", "second", "reached"),
    [
        (a_rule("a"), a_rule("b"), False),
        (a_rule("a"), a_rule("b", 'jobs = "x"', '["U1", "S1"]'), False),
        (a_rule("a", 'jobs = ["x", "y"]'), a_rule("b", 'jobs = "x"'), False),
        (a_rule("a", 'teams = ["T1", "T2"]'), a_rule("b", 'teams = "T1"'), False),
        (a_rule("a", 'teams = "T1"'), a_rule("b", 'teams = "T1"'), False),
        (a_rule("a", 'teams = "T1"'), a_rule("b"), True),
        (a_rule("a", 'teams = "T1"'), a_rule("b", 'teams = "T2"'), True),
        (a_rule("a", 'jobs = "x"'), a_rule("b"), True),
        (a_rule("a", 'operations = "dli_stop"'), a_rule("b"), True),
        (a_rule("a", 'channels = "C1"'), a_rule("b"), True),
        (a_rule("a", requesters='"U1"'), a_rule("b", requesters='["U1", "U2"]'), True),
    ],
)
def test_a_rule_that_is_never_reached_is_told(
    load: Load, first: str, second: str, reached: bool
) -> None:
    told = ["rules.b: never reached; rules.a comes before it"]

    assert warnings(load, first + second) == ([] if reached else told)


def test_a_requester_whom_nobody_else_could_approve_is_told(load: Load) -> None:
    alone = a_rule("a", 'decision = "approval"\napprovers = "U1"', '["U1", "U2"]')

    [told] = warnings(load, alone)
    assert told.startswith("rules.a: nobody could approve what U1 asks for; approvers has too few")
    for enough in ('["U1", "U2"]', '["U1", "S1"]', '"*"'):
        assert not warnings(load, alone.replace('approvers = "U1"', f"approvers = {enough}"))
    assert not warnings(load, alone + "own_approval = true\n")


def test_a_slip_in_one_of_flinks_own_names_is_told(load: Load) -> None:
    slip = a_rule("a", 'forbidden_fields = ["execution.checkpointing.intervall", "s3.*", "a.b"]')

    [told] = warnings(load, slip)
    assert told.startswith('rules.a.forbidden_fields: "execution.checkpointing.intervall"; did you')
    assert told.endswith('mean "execution.checkpointing.interval"?')


def test_targets_and_rules_can_be_read_without_any_secret(tmp_path: Path) -> None:
    file = tmp_path / "flinkbot.toml"
    file.write_text(TARGET + a_rule("a"), encoding="utf-8")

    ruled = load_policy(file, {})
    assert [rule.name for rule in ruled.policy] == ["a", "targets.prod"]


def test_faults_of_rules_are_told_without_any_secret_too(tmp_path: Path) -> None:
    file = tmp_path / "flinkbot.toml"
    file.write_text(TARGET + a_rule("a", 'targets = "x"\nzzz = 1'), encoding="utf-8")

    with pytest.raises(ConfigurationError) as caught:
        load_policy(file, {})
    assert f"{file} cannot be used (2 faults):" in str(caught.value)
    assert "- rules.a.zzz = 1: unknown key." in str(caught.value)
    assert '- rules.a.targets: there is no "x". There is: prod' in str(caught.value)


@pytest.mark.parametrize("rules", ["rules = 3\n", 'rules = ["x"]\n'])
def test_something_else_than_rules_is_one_fault(tmp_path: Path, rules: str) -> None:
    file = tmp_path / "flinkbot.toml"
    file.write_text(rules + TARGET, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"\(1 fault\).*\n- rules = .*\[\[rules\]\]"):
        load_policy(file, {})


def test_targets_that_are_no_tables_are_only_their_own_fault(tmp_path: Path) -> None:
    file = tmp_path / "flinkbot.toml"
    file.write_text("[targets]\nprod = 3\n" + a_rule("a", 'environments = "x"'), encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r'no "x"\. There is: '):
        load_policy(file, {})
