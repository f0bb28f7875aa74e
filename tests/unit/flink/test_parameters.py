import pytest

from bot.flink.parameters import KNOBS, Effect, fault, normalise, parameter, same_value
from bot.notes import Code

INTERVAL = "execution.checkpointing.interval"


def test_exactly_the_four_knobs_of_the_vendor_are_live():
    assert {knob.name for knob in KNOBS} == {
        "parallelism",
        "execution.checkpointing.interval",
        "execution.checkpointing.timeout",
        "execution.checkpointing.min-pause",
    }
    assert {knob.effect for knob in KNOBS} == {Effect.LIVE}


def test_an_unknown_setting_needs_a_restart():
    assert parameter("table.exec.state.ttl").effect is Effect.NEEDS_RESTART


@pytest.mark.parametrize(
    ("name", "one", "other", "same"),
    [
        (INTERVAL, "3min", "180s", True),
        (INTERVAL, "3min", "181s", False),
        (INTERVAL, None, "3min", False),
        (INTERVAL, None, None, True),
        (INTERVAL, "nonsense", "nonsense ", True),
        ("parallelism", "8", "08", True),
        ("parallelism", "8", "9", False),
        ("taskmanager.memory", "4 GiB", "4096MiB", True),
        ("some.flag", "True", "true", True),
        ("some.number", "1", "1.0", True),
        ("some.text", " a", "a", True),
        ("some.text", "A", "a", False),
    ],
)
def test_values_are_compared_by_meaning(name, one, other, same):
    assert same_value(name, one, other) is same


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("parallelism", "eight", Code.NOT_A_WHOLE_NUMBER),
        ("parallelism", "1.5", Code.NOT_A_WHOLE_NUMBER),
        ("parallelism", "٣", Code.NOT_A_WHOLE_NUMBER),
        ("parallelism", "9999999999", Code.NOT_A_WHOLE_NUMBER),
        ("parallelism", "0", Code.NUMBER_TOO_SMALL),
        ("parallelism", "-4", Code.NUMBER_TOO_SMALL),
        (INTERVAL, "soon", Code.NOT_A_DURATION),
        (INTERVAL, "0s", Code.DURATION_NOT_POSITIVE),
        (INTERVAL, "-3 s", Code.DURATION_NOT_POSITIVE),
        (INTERVAL, "1500 micros", Code.DURATION_NOT_POSITIVE),
    ],
)
def test_a_wrong_value_is_named(name, text, code):
    found = fault(name, text)

    assert found is not None
    assert found.code is code


@pytest.mark.parametrize(
    ("name", "text", "written"),
    [("parallelism", " 08 ", "8"), (INTERVAL, "180000", "3 min"), ("any.key", " x ", "x")],
)
def test_a_right_value_is_normalised(name, text, written):
    assert fault(name, text) is None
    assert normalise(name, text) == written
