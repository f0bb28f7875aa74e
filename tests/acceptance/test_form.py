"""The form: what it offers, what it refuses, and that nothing typed is lost."""

import asyncio
from dataclasses import replace

import pytest

from bot.bootstrap import now
from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.stage import NAMESPACE, TARGET, VARIABLES, WORKSPACE
from bot.slack.ids import Action
from tests.acceptance.world import JOB, fault, field, value_of

INTERVAL = "execution.checkpointing.interval"
TIMEOUT = "execution.checkpointing.timeout"
PAUSE = "execution.checkpointing.min-pause"
SECOND = "a14bd5d90a1b2c3e"


def labels(options):
    return [option["text"]["text"] for option in options]


async def test_the_jobs_that_are_offered_match_what_is_typed(world):
    form = await world.screen("/flink update", "Change a job")
    offered = labels(await world.ada.suggest(form, "job", Action.CHOOSE_JOB, "ORDERS"))
    assert offered == [JOB]
    everything = labels(await world.ada.suggest(form, "job", Action.CHOOSE_JOB, ""))
    assert len(everything) == len(world.cloud.deployments())
    assert await world.ada.suggest(form, "job", Action.CHOOSE_JOB, "none is called so") == []


async def test_a_form_is_not_compared_with_the_values_of_another_job(world):
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    draft = await world.bot.store.draft(form.private_metadata)
    await world.bot.store.save_draft(replace(draft, deployment_id="chosen-a-moment-before"))

    outcome = await world.ada.submit(form, {field(form, "parallelism"): 8})

    assert "not shown yet" in outcome.errors[field(form, "job")]


async def test_jobs_are_still_offered_while_the_cloud_is_down_and_the_form_says_so(world):
    form = await world.screen("/flink update", "Change a job")
    world.expected.append("cannot be read")
    world.alibaba.inject(fault("*", "html_502", times=None))
    await _read_again(world)
    block = field(form, "job")
    before = len(world.slack.api.calls)
    offered = await world.ada.suggest(form, block, Action.CHOOSE_JOB, "orders")
    assert labels(offered) == [JOB]
    assert len(world.slack.api.calls) == before
    await world.ada.choose(form, block, Action.CHOOSE_JOB, offered[0]["value"])
    form = await world.top("Change a job", containing=f"{TARGET} does not answer")
    assert "Choose a job" in form.words()


async def test_choosing_another_job_brings_its_values_and_keeps_reason_and_other_settings(world):
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    world_values = {"other": "table.exec.state.ttl: 48 h", "reason": "Black Friday"}
    for block, typed in world_values.items():
        await world.ada.choose(form, block, "value", typed)
    await world.ada.choose(form, field(form, "parallelism"), "value", "9")
    form = await world.chosen(form, "clickstream-sessions")
    assert value_of(form, "parallelism") == "24"
    assert value_of(form, "other") == "table.exec.state.ttl: 48 h"
    assert value_of(form, "reason") == "Black Friday"


async def test_everything_that_is_wrong_is_told_at_its_field_at_once(world):
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    outcome = await world.ada.submit(
        form,
        {
            field(form, INTERVAL): "soon",
            field(form, TIMEOUT): "0 s",
            field(form, PAUSE): "-1 s",
            "other": "this is no setting",
        },
    )
    assert set(outcome.errors) == {
        field(form, INTERVAL),
        field(form, TIMEOUT),
        field(form, PAUSE),
        "other",
    }
    assert "soon" in outcome.errors[field(form, INTERVAL)]
    assert value_of(world.ada.views[-1], INTERVAL) == "soon"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("parallelism: 8", "Parallelism"),
        ("a.b: 1\na.b: 2", "a.b"),
        ("fs.oss.accessKeySecret: hunter2", "accessKeySecret"),
        ("fine.key: 1\nrubbish", "2"),
    ],
)
async def test_other_settings_that_cannot_be_taken_are_told(world, typed, said):
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    outcome = await world.ada.submit(form, {"other": typed})
    assert said in outcome.errors["other"]
    assert "hunter2" not in outcome.errors["other"]


async def test_a_form_without_a_job_is_refused_at_the_job(world):
    form = await world.screen("/flink update", "Change a job")
    outcome = await world.ada.submit(form)
    assert set(outcome.errors) == {"job"}


async def test_a_form_that_is_not_filled_with_the_chosen_jobs_values_yet_is_refused(world):
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    world.alibaba.inject(fault("GetDeployment", "delay", seconds=0.5))
    await world.ada.suggest(form, "job", Action.CHOOSE_JOB, "payments")
    wanted = world.cloud.named("payments-fraud").id
    await world.ada.choose(form, "job", Action.CHOOSE_JOB, wanted)
    outcome = await world.ada.submit(form)
    assert set(outcome.errors) == {"job"}
    await world.seen(lambda: world._filled(world.ada, wanted))


async def test_nothing_changed_cannot_be_applied(world):
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    review = await world.submitted(form, {field(form, INTERVAL): "3min"})
    assert "submit" not in review.payload
    assert "Nothing" in review.words() or "nothing" in review.words()


async def test_hot_and_other_settings_are_told_apart(world):
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    review = await world.submitted(
        form,
        {
            field(form, "parallelism"): "8",
            "other": "table.exec.state.ttl: 48 h",
            "reason": "more orders <!channel>",
        },
    )
    words = review.words()
    assert "`4` → `8`  ⚡ live" in words
    assert "🔄 needs restart" in words
    assert "more orders" in words
    assert "<!channel>" not in words
    update_id = await world.applied(review)
    verdict = await world.told(update_id)
    assert "Succeeded" in verdict.words()
    saved = world.cloud.named(JOB).parts
    assert saved["flinkConf"]["table.exec.state.ttl"] == "48 h"


async def test_what_was_typed_survives_edit(world):
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    typed = {
        field(form, "parallelism"): "8",
        field(form, INTERVAL): "5 min",
        "other": "table.exec.state.ttl: 48 h\na.b: c",
        "reason": "Black Friday",
    }
    review = await world.submitted(form, typed)
    edited = await world.pressed(Action.EDIT_UPDATE, where=review, title="Change a job")
    assert value_of(edited, "parallelism") == "8"
    assert value_of(edited, INTERVAL).replace(" ", "") in {"5min", "300s"}
    assert value_of(edited, "other") == "table.exec.state.ttl: 48 h\na.b: c"
    assert value_of(edited, "reason") == "Black Friday"
    again = await world.submitted(edited, {field(edited, "parallelism"): "6"})
    assert "`4` → `6`" in again.words()
    first = await world.bot.store.get(review.private_metadata)
    assert first.state == "superseded"


async def test_a_form_whose_draft_is_forgotten_says_so(world):
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    await world.bot.store.forget(now())
    outcome = await world.ada.submit(form, {field(form, "parallelism"): "8"})
    assert outcome.view.title == "That did not work"


async def test_choosing_a_job_in_a_form_whose_draft_is_forgotten_says_so(world):
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    await world.bot.store.forget(now())
    await world.ada.suggest(form, "job", Action.CHOOSE_JOB, "payments")
    wanted = world.cloud.named("payments-fraud").id
    await world.ada.choose(form, "job", Action.CHOOSE_JOB, wanted)
    await world.top("That did not work")


async def test_another_target_brings_its_own_jobs(world):
    second = AlibabaSimulator(
        workspace=SECOND,
        namespace=NAMESPACE,
        access_key_id=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_ID"],
        access_key_secret=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        speed=20.0,
    )
    address = await second.start()
    try:
        table = world.text[world.text.index(f"[targets.{TARGET}]") :]
        endpoint = next(x for x in table.splitlines() if x.startswith("endpoint"))
        table = table.replace(endpoint, f'endpoint = "{address}"')
        table = table.replace(f"[targets.{TARGET}]", "[targets.second]")
        table = table.replace(WORKSPACE, SECOND).replace('"sandbox"', '"production"')
        await world.restart(more=table)
        await second.called("ListDeployments")
        await _two_targets(world, second)
        form = await world.screen("/flink update", "Change a job")
        await world.ada.choose(form, "target", Action.CHOOSE_TARGET, "second")
        form = await world.seen(lambda: _with_block(world, "job:second"))
        await world.restart()
        assert await world.ada.suggest(form, field(form, "job"), Action.CHOOSE_JOB, "") == []
    finally:
        await second.stop()


def _with_block(world, block_id):
    [form] = world.ada.views
    return form if any(b.get("block_id") == block_id for b in form.blocks) else None


async def _two_targets(world, second):
    form = await world.screen("/flink update", "Change a job")
    form = await world.chosen(form, JOB)
    outcome = await world.ada.choose(form, "target", Action.CHOOSE_TARGET, "second")
    assert outcome.ok
    form = await world.seen(lambda: _with_block(world, "job:second"))
    assert "production" in form.words()
    form = await world.chosen(form, JOB)
    review = await world.submitted(form, {field(form, "parallelism"): "8"})
    assert "second" in review.words()
    update_id = await world.applied(review)
    await world.told(update_id)
    assert second.calls("HotUpdateJob") == 1
    assert world.alibaba.calls("HotUpdateJob") == 0
    ambiguous = await world.screen(f"/flink rescale {JOB} 9", "Change a job")
    assert f"{JOB} (second)" in ambiguous.words()
    needed = await world.ask("/flink result hu-unknown")
    assert f"{TARGET}, second" in needed.words()


async def _read_again(world):
    """Let the job list be read while the cloud is down, and wait until it is known."""
    world.bot.ticks.nudge("job list")
    async with asyncio.timeout(10):
        while "This list may be out of date." not in (await world.ask("/flink jobs")).words():
            pass
