from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.notes import Code, note
from bot.policy.hours import Hours
from bot.policy.limits import NO_LIMITS, Limits, factor_of
from tests.unit.policy.bench import change, request, rescale

NIGHT = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
OFFICE = Hours(ZoneInfo("UTC"), start=9 * 60, end=18 * 60)


def codes(limits, asked):
    return [one.code for one in limits.exceeded(asked)]


@pytest.mark.parametrize(
    ("after", "outside"),
    [("1", True), ("2", False), ("32", False), ("33", True), ("many", True), (None, True)],
)
def test_the_parallelism_stays_in_its_range(after, outside):
    found = codes(Limits(min_parallelism=2, max_parallelism=32), rescale("4", after))

    assert found == [Code.PARALLELISM_OUTSIDE] * outside


@pytest.mark.parametrize("name", ["parallel_number", "resource_config.parallel_number"])
def test_a_range_with_one_end_holds_on_both_clouds(name):
    assert codes(Limits(max_parallelism=8), request(change(name, "4", "9")))
    assert not codes(Limits(max_parallelism=8), request(change(name, "4", "0")))
    assert codes(Limits(min_parallelism=8), request(change(name, "4", "7")))


def test_other_numbers_have_no_range():
    assert not codes(Limits(max_parallelism=8), request(change("cu_number", "4", "9")))


@pytest.mark.parametrize(
    ("before", "after", "too_large"),
    [
        ("4", "8", False),
        ("8", "4", False),
        ("4", "9", True),
        ("9", "4", True),
        (None, "4", True),
        ("4", None, True),
        ("0", "4", True),
        ("-4", "-4", True),
        ("NaN", "4", True),
        ("4", "4", False),
    ],
)
@pytest.mark.parametrize("name", ["parallelism", "cu_number"])
def test_a_step_is_measured_up_and_down_and_unknown_is_too_large(name, before, after, too_large):
    found = codes(Limits(max_factor=Decimal(2)), request(change(name, before, after)))

    assert found == [Code.STEP_TOO_LARGE] * too_large


def test_a_step_of_something_else_has_no_factor():
    asked = request(change("execution.checkpointing.interval", "1 min", "1 h"))
    assert not codes(Limits(max_factor=Decimal(2)), asked)


def test_the_factor_is_exact():
    assert factor_of(change("parallelism", "8", "12")) == Decimal("1.5")
    assert factor_of(change("parallelism", "12", "8")) == Decimal("1.5")


def test_hours_are_open_or_not():
    assert not codes(Limits(hours=OFFICE), rescale("4", "8"))
    assert codes(Limits(hours=OFFICE), rescale("4", "8", now=NIGHT)) == [Code.OUT_OF_HOURS]


def test_every_limit_that_is_exceeded_is_told_with_its_numbers():
    limits = Limits(max_parallelism=32, max_factor=Decimal("2.5"), hours=OFFICE)

    assert limits.exceeded(rescale("4", "40", now=NIGHT)) == (
        note(Code.PARALLELISM_OUTSIDE, given="40", minimum="", maximum="32"),
        note(Code.STEP_TOO_LARGE, fields="parallelism", factor="10", largest="2.5"),
        note(Code.OUT_OF_HOURS, now="mon 23:30", hours="every day 09:00-18:00 UTC"),
    )
    [unknown] = Limits(max_factor=Decimal(2)).exceeded(rescale(None, "4"))
    assert unknown.args["factor"] == ""


def test_without_limits_nothing_is_exceeded():
    assert not codes(NO_LIMITS, rescale(None, "100000", now=NIGHT))
