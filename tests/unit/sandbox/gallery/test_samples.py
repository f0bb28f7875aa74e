import pytest

from bot.flink.dli.catalogue import SETTINGS
from bot.flink.update import TRANSITIONS, State
from bot.notes import Code
from bot.sandbox.gallery import dli_samples, samples
from bot.slack.cards.stepper import steps_of
from bot.slack.english import dli, doubt
from bot.slack.english.progress import VERDICTS
from bot.updates.dli.route import DliOperation

BESIDE = {Code.VERDICT_RESTARTED, Code.VERDICT_SAVED_KEPT}
"""Notes that never lead a verdict."""


def test_every_verdict_on_a_hot_update_has_a_sample():
    assert set(samples.ENDINGS) == {*VERDICTS, *doubt.VERDICTS} - BESIDE


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


def test_every_verdict_on_a_dli_job_has_a_sample():
    assert set(dli_samples.ENDINGS) == set(dli.VERDICTS)


@pytest.mark.parametrize("code", dli_samples.ENDINGS)
def test_a_dli_sample_tells_its_note_and_ended_at_a_step_of_its_route(code):
    update = dli_samples.ended_with(code, samples.now())
    assert code in {note.code for note in update.verdict.notes}
    assert update.step in steps_of(update)


def test_the_settings_that_a_dli_sample_changes_are_those_of_its_job():
    changes = dli_samples.plan_of(DliOperation.UPDATE, samples.now()).changes
    assert changes
    for change in changes:
        assert change.name in SETTINGS
        assert dli_samples.DEFINITION[change.name] == change.before != change.after
