from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import ConfigurationError
from bot.flink.effect import Effect
from bot.flink.plan import Change
from bot.policy.operations import Operation
from bot.policy.people import Person
from bot.policy.request import Request
from bot.settings.explain import CHOSEN, Question
from tests.unit.settings.bench import Load

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def ask(load: Load, toml: str = "", **more: Any) -> Request:
    usual = {"user": "U1", "target": "prod", "job": "orders", "operation": "hot_update"}
    return Question(**{**usual, **more}).request(load(toml).targets, NOW)


def test_a_question_becomes_a_request(load: Load) -> None:
    found = ask(
        load,
        channel="C1",
        team="T1",
        groups=("S1", "S2"),
        changes=("parallelism=4:8", "state.ttl=:1 h", "a.b=x:"),
        reason="lag",
    )

    assert found.subject.person == Person("U1", frozenset({"S1", "S2"}), "T1")
    assert (found.subject.target, found.subject.environment) == ("prod", "production")
    assert (found.subject.job, found.subject.operation) == ("orders", Operation.HOT_UPDATE)
    assert found.changes == (
        Change("parallelism", "4", "8", Effect.LIVE),
        Change("state.ttl", None, "1 h", Effect.NEEDS_RESTART),
        Change("a.b", "x", None, Effect.NEEDS_RESTART),
    )
    assert found.given == {"parallelism", "state.ttl", "reason"}
    assert (found.restarts, found.now) == (True, NOW)


def test_groups_may_be_unknown_and_a_restart_chosen(load: Load) -> None:
    found = ask(load, groups=None, restart=True)

    assert found.subject.person.groups is None
    assert found.restarts
    assert not ask(load).restarts


@pytest.mark.parametrize(
    ("toml", "told_in"),
    [('channel = "C1"\n', "C1"), ('allow_channels = "C2"\n', "C2"), ("", CHOSEN)],
)
def test_without_a_channel_it_is_a_click_outside_of_channels(
    load: Load, toml: str, told_in: str
) -> None:
    found = ask(load, toml).subject

    assert (found.channel, found.told_in) == ("", told_in)


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        (
            "2026-03-02T23:30+01:00",
            datetime(2026, 3, 2, 22, 30, tzinfo=UTC),
        ),
        ("2026-03-02 23:30", datetime(2026, 3, 2, 23, 30, tzinfo=UTC)),
    ],
)
def test_another_moment_can_be_asked_about(load: Load, at: str, moment: datetime) -> None:
    assert ask(load, at=at).now == moment


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"target": "prdo"}, '--target "prdo" is not configured; did you mean "prod"?'),
        ({"operation": "hot-update"}, '--operation "hot-update" is not known; did you mean "hot_'),
        ({"changes": ("parallelism",)}, '--set "parallelism" must be FIELD=BEFORE:AFTER'),
        ({"changes": ("parallelism=8",)}, '--set "parallelism=8" must be FIELD=BEFORE:AFTER'),
        ({"changes": ("=4:8",)}, '--set "=4:8" must be FIELD=BEFORE:AFTER'),
        ({"at": "tomorrow"}, '--at "tomorrow" must be a time such as'),
    ],
)
def test_what_cannot_be_meant_is_told(load: Load, asked: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ask(load, **asked)

    assert str(caught.value).startswith(told)
