from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.policy.hours import Day, Hours
from bot.policy.limits import NO_LIMITS, Limits
from bot.policy.operations import Operation
from bot.policy.people import NOBODY, People
from bot.policy.rules import ANY, Rule, Ruling
from tests.unit.settings.bench import Load, fault_of

WHO = 'name = "steps"\nrequesters = "U1"\n'
MILD = f'[[rules]]\n{WHO}restarts = "apply"\n'
FULL = """
[[rules]]
name = "steps"
targets = ["prod"]
environments = ["production"]
jobs = ["orders-*", "carts"]
operations = ["hot_update", "dli_stop"]
channels = ["C1"]
teams = ["T1"]
requesters = ["S1", "U1"]
decision = "apply"
restarts = "refuse"
approvers = ["S2", "U2"]
approvals = 2
own_approval = true
forbidden_fields = ["s3.*", "parallelism"]
required_fields = ["reason", "savepoint_path"]
[rules.approval_beyond]
min_parallelism = 2
max_parallelism = 32
max_factor = 2
hours = { days = ["mon", "tue"], from = "09:30", to = "24:00", zone = "Asia/Shanghai" }
[rules.refuse_beyond]
max_factor = 2.5
"""


def people(*ids: str) -> People:
    return People(frozenset(ids), frozenset({"T1"}))


def test_every_key_reaches_the_core(load: Load) -> None:
    written, lists = load(FULL).policy

    assert written == Rule(
        name="steps",
        targets=frozenset({"prod"}),
        environments=frozenset({"production"}),
        jobs=frozenset({"orders-*", "carts"}),
        operations=frozenset({Operation.HOT_UPDATE, Operation.DLI_STOP}),
        channels=frozenset({"C1"}),
        requesters=people("S1", "U1"),
        decision=Ruling.APPLY,
        restarts=Ruling.REFUSE,
        approvers=people("S2", "U2"),
        approvals=2,
        own_approval=True,
        forbidden_fields=frozenset({"s3.*", "parallelism"}),
        required_fields=frozenset({"reason", "savepoint_path"}),
        approval_beyond=Limits(
            min_parallelism=2,
            max_parallelism=32,
            max_factor=Decimal(2),
            hours=Hours(
                ZoneInfo("Asia/Shanghai"), frozenset({Day.MON, Day.TUE}), 9 * 60 + 30, 24 * 60
            ),
        ),
        refuse_beyond=Limits(max_factor=Decimal("2.5")),
    )
    assert lists.name == "targets.prod"


def test_what_is_left_out_matches_everything_and_asks_for_restarts_only(load: Load) -> None:
    [written, _] = load(f'[[rules]]\n{WHO}approvers = "U2"\n').policy

    assert written == Rule(
        name="steps",
        requesters=People(frozenset({"U1"})),
        decision=Ruling.APPLY,
        restarts=Ruling.APPROVAL,
        approvers=People(frozenset({"U2"})),
    )
    assert written.targets == written.jobs == written.operations == written.channels == ANY
    assert (written.approvals, written.own_approval) == (1, False)
    assert written.approval_beyond == written.refuse_beyond == NO_LIMITS


def test_a_targets_lists_are_the_last_rule_and_as_mild_as_ever(load: Load) -> None:
    rules = load('allow_users = ["U1"]\nallow_channels = "C1"\n' + MILD).policy

    assert [rule.name for rule in rules] == ["steps", "targets.prod"]
    assert rules[-1] == Rule(
        name="targets.prod",
        targets=frozenset({"prod"}),
        channels=frozenset({"C1"}),
        requesters=People(frozenset({"U1"})),
        restarts=Ruling.APPLY,
        of_target=True,
    )


def test_a_target_without_lists_lets_nobody_in(load: Load) -> None:
    [lists] = load().policy

    assert (lists.requesters, lists.channels) == (NOBODY, frozenset())


@pytest.mark.parametrize(
    ("hours", "start", "end"),
    [
        ('zone = "UTC"', 0, 1440),
        ('zone = "UTC", from = "22:00", to = "06:00"', 1320, 360),
        ('zone = "UTC", from = "00:00", to = "24:00"', 0, 1440),
    ],
)
def test_hours_are_times_of_day(load: Load, hours: str, start: int, end: int) -> None:
    [written, _] = load(f"{MILD}refuse_beyond.hours = {{ {hours} }}\n").policy

    assert written.refuse_beyond.hours == Hours(ZoneInfo("UTC"), frozenset(Day), start, end)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ('targets = "prdo"', 'targets: there is no "prdo"; did you mean "prod"? There is: prod'),
        ('environments = "test"', 'environments: there is no "test". There is: production'),
        ("targets = []", "targets: empty; at least one entry is needed"),
        ('targets = [" "]', 'targets = " ": must be a text of one line'),
        (
            'operations = "hot_updat"',
            'operations = "hot_updat": "hot_updat" is not known; did you mean "hot_update"?',
        ),
        ("operations = 3", "operations = 3: must be a text or a list of texts"),
        ("jobs = 3", "jobs = 3: must be a text or a list of texts"),
        ('channels = "#jobs"', 'channels = "#jobs": must be Slack channel ids such as'),
        ('teams = "acme"', 'teams = "acme": must be Slack workspace ids such as'),
        ('approvers = "@ada"', 'approvers = "@ada": must be Slack ids of users such as'),
        ("approvals = 0", "approvals = 0: must be greater than or equal to 1"),
        ('decision = "yes"', 'decision = "yes": must be "apply", "approval" or "refuse"'),
        (
            'forbidden_fields = "paralelism"',
            'forbidden_fields = "paralelism": is no field of a form; did you mean "parallelism"?',
        ),
        (
            'required_fields = "reson"',
            'required_fields = "reson": is no field of a form; did you mean "reason"?',
        ),
        ('requester = "U1"', 'requester = "U1": unknown key; did you mean "requesters"?'),
    ],
)
def test_a_fault_names_the_rule_and_the_key(load: Load, keys: str, told: str) -> None:
    assert f"- rules.steps.{told}" in fault_of(load, f"{MILD}{keys}\n")


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ("max_factor = 0.5", ".max_factor = 0.5: must be greater than or equal to 1"),
        ('max_parallelism = "8"', '.max_parallelism = "8": must be a valid integer'),
        (
            "min_parallelism = 5\nmax_parallelism = 4",
            ": min_parallelism (5) must not be above max_parallelism (4)",
        ),
        ("factor = 2", '.factor = 2: unknown key; did you mean "max_factor"?'),
        ('hours = { days = "monday", zone = "UTC" }', '.hours.days = "monday": "monday" is not'),
        ('hours = { from = "9:00", zone = "UTC" }', '.hours.from = "9:00": must be a time of day'),
        ('hours = { to = "24:01", zone = "UTC" }', '.hours.to = "24:01": must be a time of day'),
        ("hours = { to = 18, zone = 'UTC' }", ".hours.to = 18: must be a time of day"),
        ('hours = { from = "18:00", to = "18:00", zone = "UTC" }', ".hours: from and to must dif"),
        ('hours = { from = "24:00", to = "18:00", zone = "UTC" }', ".hours: from and to must dif"),
        (
            'hours = { zone = "Europe/Berln" }',
            '.hours.zone = "Europe/Berln": is no time zone such as "Europe/Berlin"; did you mean "',
        ),
        ('hours = { zone = "../etc" }', '.hours.zone = "../etc": is no time zone'),
        ("hours = {}", '.hours.zone: missing; the time zone, such as "Europe/Berlin" or "UTC"'),
        (
            'hours = { form = "09:00", zone = "UTC" }',
            '.hours.form = "09:00": unknown key; did you mean "from"? Allowed: days, from, to,',
        ),
    ],
)
def test_a_fault_of_a_limit_names_the_way_to_it(load: Load, limits: str, told: str) -> None:
    toml = f"{MILD}[rules.refuse_beyond]\n{limits}\n"

    assert f"- rules.steps.refuse_beyond{told}" in fault_of(load, toml)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ('name = "A b"', 'rules.#1.name = "A b": must be 1 to 40 of a-z, 0-9 and -'),
        ("name = 3", "rules.#1.name = 3: must be a valid string"),
        ('name = "default"', 'rules.default.name = "default": stands for what happens without'),
        ("", "rules.#1.name: missing; what cards call the rule"),
    ],
)
def test_a_rule_has_a_name_that_a_card_can_show(load: Load, name: str, told: str) -> None:
    toml = f'[[rules]]\n{name}\nrequesters = "U1"\nrestarts = "apply"\n'

    assert f"- {told}" in fault_of(load, toml)


def test_rules_need_names_of_their_own(load: Load) -> None:
    assert "(1 fault)" in (fault := fault_of(load, MILD * 2))
    assert "- rules.steps.name: more than one rule has this name" in fault


def test_who_may_ask_is_always_said(load: Load) -> None:
    toml = '[[rules]]\nname = "steps"\nrestarts = "apply"\n'

    assert "- rules.steps.requesters: missing; who may ask: ids of users" in fault_of(load, toml)


@pytest.mark.parametrize("toml", ['[rules]\nname = "steps"\n', "[rules.steps]\n"])
def test_a_rule_is_not_written_as_one_table(load: Load, toml: str) -> None:
    told = "- rules: each rule is a table of its own; it begins with [[rules]]"

    assert told in fault_of(load, toml)


@pytest.mark.parametrize(
    ("keys", "because"),
    [
        ("", 'restarts = "approval" (the default)'),
        ('restarts = "approval"', 'restarts = "approval"'),
        ('restarts = "apply"\ndecision = "approval"', 'decision = "approval"'),
        ('restarts = "apply"\napproval_beyond.max_factor = 2', "approval_beyond"),
    ],
)
def test_who_approves_is_named_where_approval_is_asked_for(
    load: Load, keys: str, because: str
) -> None:
    told = f"- rules.steps: approvers is missing: {because} asks for somebody's approval"

    assert told in fault_of(load, f"[[rules]]\n{WHO}{keys}\n")


@pytest.mark.parametrize("keys", ['restarts = "refuse"', 'decision = "refuse"'])
def test_nobody_has_to_approve_where_nothing_asks_for_it(load: Load, keys: str) -> None:
    assert load(f"[[rules]]\n{WHO}{keys}\n").rules[0].approvers is None


def test_as_many_approvers_are_named_as_are_needed(load: Load) -> None:
    toml = f'[[rules]]\n{WHO}approvers = "U2"\napprovals = 2\n'

    assert "- rules.steps: approvals = 2, but approvers names 1 only" in fault_of(load, toml)
    for many in ('["U2", "U3"]', '"S2"', '"*"'):
        assert load(toml.replace('"U2"', many)).rules[0].approvals == 2
