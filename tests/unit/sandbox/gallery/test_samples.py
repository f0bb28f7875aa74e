import pytest

from bot.flink.update import TRANSITIONS, State
from bot.notes import Code
from bot.sandbox.gallery import samples
from bot.slack.english.progress import VERDICTS

BESIDE = {Code.VERDICT_RESTARTED, Code.VERDICT_SAVED_KEPT}
"""Notes that never lead a verdict."""


def test_every_verdict_on_a_hot_update_has_a_sample():
    assert set(samples.ENDINGS) == set(VERDICTS) - BESIDE


def test_samples_end_as_updates_can_end():
    reachable = TRANSITIONS[State.RUNNING] | TRANSITIONS[State.QUEUED]
    assert set(samples.ENDINGS.values()) <= {state for state in reachable if state.final}


@pytest.mark.parametrize("code", samples.ENDINGS)
def test_a_sample_is_led_by_its_note_with_every_argument(code):
    update = samples.ended_with(code, samples.now())
    assert update.verdict.notes[0].code is code
    assert update.state is samples.ENDINGS[code]


@pytest.mark.parametrize("state", State)
def test_there_is_a_sample_in_every_state(state):
    update = samples.update_in(state, samples.now())
    assert update.state is state
    assert (update.finished_at is not None) == state.final
    assert (update.queued_at is None) == (state is State.PLANNED)
