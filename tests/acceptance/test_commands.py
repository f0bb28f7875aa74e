"""Every command: what it answers, and that none of them changes anything."""

import pytest

from bot.sandbox.alibaba.seed import LONG_NAME
from bot.sandbox.stage import CHANNEL, TARGET
from bot.slack.ids import Action
from tests.acceptance.world import JOB, buttons, fault, started_in_the_console, value_of


async def test_the_launcher_offers_buttons_that_lead_everywhere(world):
    launcher = await world.ask("/flink")
    assert buttons(launcher) == [
        Action.OPEN_UPDATE_FORM,
        Action.OPEN_JOBS,
        Action.OPEN_STATUS,
        Action.OPEN_HELP,
    ]
    jobs = await world.answer(world.ada, world.ada.click(launcher, Action.OPEN_JOBS))
    assert JOB in jobs.words()
    status = await world.answer(world.ada, world.ada.click(launcher, Action.OPEN_STATUS))
    assert "No updates yet." in status.words()
    help_text = await world.answer(world.ada, world.ada.click(launcher, Action.OPEN_HELP))
    assert "/flink rescale <job> <parallelism>" in _plain(help_text)
    form = await world.pressed(Action.OPEN_UPDATE_FORM, where=launcher, title="Change a job")
    assert "Choose a job" in form.words()


@pytest.mark.parametrize("typed", ["/flink help", "/flink  HELP ", "/flink ?"])
async def test_help_lists_every_command(world, typed):
    said = _plain(await world.ask(typed))
    for usage in ("update [job]", "jobs [text]", "status [job or update id]", "result <hot"):
        assert usage in said


async def test_jobs_are_listed_and_found_by_a_part_of_their_name(world):
    everything = await world.ask("/flink jobs")
    assert JOB in everything.words()
    assert "🔴 FAILED: *daily-report*" in everything.words()
    found = await world.ask("/flink jobs ORDERS")
    assert JOB in found.words()
    assert "payments-fraud" not in found.words()
    none = await world.ask("/flink jobs nothing-is-called-so")
    assert "no job" in none.words()


async def test_a_row_of_the_jobs_opens_its_form(world):
    jobs = await world.ask("/flink jobs orders-enr")
    form = await world.pressed(Action.OPEN_UPDATE_FORM, where=jobs, title="Change a job")
    assert value_of(form, "parallelism") == "4"


async def test_a_row_of_a_target_that_is_not_configured_any_more_says_so(world):
    jobs = await world.ask("/flink jobs orders-enr")
    world.text = world.text.replace(f"targets.{TARGET}", "targets.another")
    await world.restart()
    said = await world.pressed(Action.OPEN_UPDATE_FORM, where=jobs, title="That did not work")
    assert "another" in said.words()


async def test_a_row_whose_job_is_gone_says_so(world):
    jobs = await world.ask("/flink jobs orders-enr")
    world.cloud._deployments.pop(world.cloud.named(JOB).id)
    await world.restart()
    said = await world.pressed(Action.OPEN_UPDATE_FORM, where=jobs, title="That did not work")
    assert "is in the job list of" in said.words() or "sandbox" in said.words()


async def test_update_opens_the_form_with_the_live_values_of_the_job(world):
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    assert value_of(form, "parallelism") == "4"
    assert value_of(form, "execution.checkpointing.interval") == "180s"
    assert value_of(form, "execution.checkpointing.timeout") == "10min"
    assert value_of(form, "execution.checkpointing.min-pause") == "60s"


async def test_update_of_an_unknown_job_opens_the_form_and_says_so(world):
    form = await world.screen("/flink update no-such-job", "Change a job")
    assert "no-such-job" in form.words()
    assert "Choose a job" in form.words()


async def test_update_without_a_job_opens_an_empty_form(world):
    form = await world.screen("/flink update", "Change a job")
    assert "Choose a job" in form.words()


@pytest.mark.parametrize(
    "typed",
    [
        f"/flink rescale {JOB} 8",
        f"/flink  Rescale   “{JOB}”  8",
        f"/flink rescale {JOB.upper()} to 8",
        "/flink rescale orders 8",
    ],
)
async def test_rescale_goes_straight_to_the_review(world, typed):
    review = await world.screen(typed)
    assert "`4` → `8`" in review.words()
    assert review.payload["submit"]["text"] == "Apply"
    assert world.alibaba.calls("UpdateDeployment") == 0


async def test_rescale_of_the_longest_name(world):
    review = await world.screen(f'/flink rescale "{LONG_NAME}" 5')
    assert "`3` → `5`" in review.words()


@pytest.mark.parametrize(
    ("typed", "said"), [("many", "whole number"), ("0", "1"), ("2.5", "whole number")]
)
async def test_rescale_to_what_is_no_number_opens_the_form_and_says_so(world, typed, said):
    form = await world.screen(f"/flink rescale {JOB} {typed}", "Change a job")
    assert said in form.words()
    assert value_of(form, "parallelism") == "4"


async def test_rescale_of_an_ambiguous_name_tells_the_candidates(world):
    form = await world.screen("/flink rescale re 8", "Change a job")
    assert "recommendations (sandbox)" in form.words()


async def test_a_number_typed_for_an_unknown_job_is_kept_for_the_job_that_is_chosen(world):
    form = await world.screen("/flink rescale no-such-job 16", "Change a job")
    assert "no-such-job" in form.words()
    form = await world.chosen(form, JOB)
    assert value_of(form, "parallelism") == "16"
    review = await world.submitted(form)
    assert "`4` → `16`" in review.words()


async def test_status_of_everything_of_a_job_and_of_an_update(world):
    update_id = await world.applied(await world.screen(f"/flink rescale {JOB} 8"))
    await world.told(update_id)
    everything = await world.ask("/flink status")
    assert update_id in everything.words()
    job = await world.ask(f"/flink status {JOB}")
    assert f"🟢 RUNNING: {JOB}" in job.words()
    assert update_id in job.words()
    update = await world.ask(f"/flink status {update_id.upper()}")
    assert "Succeeded" in update.words()
    assert "What happened" in update.words()


async def test_status_of_a_job_tells_what_is_saved_and_not_applied(world):
    said = await world.ask("/flink status search-index")
    assert "Saved by zhang.min, not running yet" in said.words()


async def test_status_of_an_unknown_job_says_so(world):
    assert "no-such-job" in (await world.ask("/flink status no-such-job")).words()


async def test_status_when_the_cloud_does_not_answer_says_so(world):
    world.alibaba.inject(fault("GetDeployment", "html_502", times=None))
    said = (await world.ask(f"/flink status {JOB}")).words()
    assert "⛔" in said
    assert TARGET in said


async def test_jobs_say_when_an_update_of_one_is_in_progress(world):
    world.cloud.behave(world.cloud.named(JOB), {"outcome": "hang"})
    update_id = await world.applied(await world.screen(f"/flink rescale {JOB} 8"))
    await world.told(update_id, "card", "Running")
    jobs = await world.ask("/flink jobs orders")
    assert update_id in jobs.words()
    status = await world.ask(f"/flink status {JOB}")
    assert "An update is in progress." in status.words()


@pytest.mark.parametrize("target", ["", f" {TARGET}", f" on {TARGET}"])
async def test_result_of_a_hot_update_from_elsewhere(world, target):
    world.cloud.behave(world.cloud.named(JOB), {"outcome": "hang"})
    started = started_in_the_console(world)
    said = await world.ask(f"/flink result {started.id}{target}")
    assert started.id in said.words()
    assert buttons(said) == [Action.WATCH_HOT_UPDATE]


async def test_result_of_our_own_update_leads_to_it(world):
    update_id = await world.applied(await world.screen(f"/flink rescale {JOB} 8"))
    await world.told(update_id)
    update = await world.bot.store.get(update_id)
    said = await world.ask(f"/flink result {update.progress['hot_update_id']}")
    assert "✅ HOT_UPDATED" in said.words()
    assert update_id in said.words()


async def test_result_of_an_unknown_hot_update_or_target_says_so(world):
    assert "⛔" in (await world.ask("/flink result hu-unknown")).words()
    said = await world.ask("/flink result hu-unknown nowhere")
    assert "nowhere" in said.words()
    assert TARGET in said.words()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (f"/flink rescal {JOB} 8", f"/flink rescale {JOB} 8"),
        ("/flink job", "/flink jobs"),
        ("/flink result", "/flink result <hot-update-id> [target]"),
        ("/flink rescale", "/flink rescale <job> <parallelism>"),
    ],
)
async def test_a_mistake_is_answered_with_the_nearest_command(world, typed, meant):
    said = await world.ask(typed)
    assert f"Did you mean `{meant}`?" in _plain(said)
    assert not world.ada.views


async def test_what_is_like_no_command_is_answered_with_the_way_to_help(world):
    said = await world.ask("/flink qwertyuiop <!channel>")
    assert "`/flink help` lists the commands. Nothing was done." in said.words()
    assert "<!channel>" not in said.words()


async def test_a_command_in_a_channel_without_the_bot_is_answered_too(world):
    assert JOB in (await world.ask("/flink jobs", channel="C0RANDOM")).words()


async def test_a_refusal_reaches_who_has_closed_the_screen_meanwhile(world):
    world.allowed.add("not_found")
    world.alibaba.inject(fault("GetDeployment", "delay", seconds=0.2))
    world.alibaba.inject(fault("ListJobs", "refuse", code="990400", message="no such thing"))
    before = len(world.mine(world.ada))
    await world.ada.command(CHANNEL, f"/flink rescale {JOB} 8")
    [waiting] = await world.seen(lambda: world.ada.views)
    await world.ada.close(waiting)
    said = await world.seen(lambda: world.mine(world.ada)[before:])
    assert "no such thing" in said[0].words()


def _plain(message):
    return message.words().replace("&lt;", "<").replace("&gt;", ">")
