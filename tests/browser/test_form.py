"""The form in a browser: finding a job, wrong values at their fields, nothing typed is lost."""

import pytest

from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.stage import NAMESPACE, TARGET, VARIABLES, WORKSPACE
from tests.acceptance.world import JOB
from tests.browser.pages import expect

PAUSE = "Minimum pause between checkpoints"
OTHER = "Other settings (need a restart)"
SECOND = "a14bd5d90a1b2c3e"


async def test_a_job_is_found_by_a_part_of_its_name_and_every_field_reaches_the_review(stage, ada):
    form = await ada.screen("/flink update", "Change a job")
    await form.choose("Job", JOB, typed="enrich")
    await form.holds("Parallelism", "4")
    await form.fill("Parallelism", "8")
    await form.fill("Checkpoint interval", "5 min")
    await form.fill("Checkpoint timeout", "15 min")
    await form.fill(PAUSE, "30 s")
    await form.fill(OTHER, "table.exec.state.ttl: 48 h")
    await form.fill("Reason", "More orders than usual")
    await ada.accessible()
    await form.press("Review")
    review = await ada.modal("Review the change")
    await review.says("4 → 8", "5 min", "15 min", "30 s", "48 h", "needs restart")
    await review.says("More orders than usual")
    await review.press("Apply")
    await ada.message("Succeeded", JOB, "More orders than usual")
    saved = stage.cloud.named(JOB).parts["flinkConf"]
    assert saved["table.exec.state.ttl"] == "48 h"


async def test_another_job_brings_its_own_values(calm, reader):
    form = await reader.screen(f"/flink update {JOB}", "Change a job")
    await form.holds("Parallelism", "4")
    await form.fill("Reason", "Black Friday")
    await form.choose("Job", "clickstream-sessions", typed="click")
    await form.holds("Parallelism", "24")
    await form.holds("Reason", "Black Friday")


async def test_a_name_that_nothing_has_is_told_so_in_the_search(calm, reader):
    form = await reader.screen("/flink update", "Change a job")
    box = form.root.get_by_role("combobox", name="Job")
    await box.click()
    await box.fill("nothing is called so")
    await expect(reader.page.get_by_text("No results")).to_be_visible()


@pytest.mark.parametrize(
    ("label", "typed", "said"),
    [
        ("Checkpoint interval", "soon", "“soon” is not a duration."),
        ("Checkpoint timeout", "0 s", "is not a duration Flink accepts here"),
        (PAUSE, "-1 s", "“-1 s” is not a duration"),
        (OTHER, "this is no setting", "Line 1 is not a setting"),
        (OTHER, "a.b: 1\na.b: 2", "a.b is given more than once."),
        (OTHER, "parallelism: 8", "has a field of its own"),
        (OTHER, "fs.oss.accessKeySecret: hunter2", "may hold a secret"),
    ],
)
async def test_a_wrong_value_is_told_at_its_field_and_stays_as_typed(
    calm, reader, label, typed, said
):
    form = await reader.screen(f"/flink update {JOB}", "Change a job")
    await form.fill(label, typed)
    await form.press("Review")
    await form.wrong(label, said)
    await form.holds(label, typed)
    assert calm.alibaba.calls("UpdateDeployment") == 0


async def test_all_that_is_wrong_is_told_at_once_and_can_be_mended(calm, reader):
    form = await reader.screen(f"/flink update {JOB}", "Change a job")
    await form.fill("Checkpoint interval", "soon")
    await form.fill("Checkpoint timeout", "later")
    await form.fill("Reason", "Trying it out")
    await form.press("Review")
    await form.wrong("Checkpoint interval", "“soon” is not a duration.")
    await form.wrong("Checkpoint timeout", "“later” is not a duration.")
    await reader.accessible()
    await form.fill("Checkpoint interval", "5 min")
    await form.fill("Checkpoint timeout", "10 min")
    await form.press("Review")
    review = await reader.modal("Review the change")
    await review.says("Trying it out")


@pytest.mark.parametrize("typed", ["0", "2.5", ""])
async def test_a_parallelism_that_slack_itself_refuses_is_told_at_the_field(calm, reader, typed):
    form = await reader.screen(f"/flink update {JOB}", "Change a job")
    await form.fill("Parallelism", typed)
    await form.press("Review")
    await expect(form.field("Parallelism")).to_have_attribute("aria-invalid", "true")
    await form.holds("Parallelism", typed)


async def test_a_form_without_a_job_is_told_so_at_the_job(calm, reader):
    form = await reader.screen("/flink update", "Change a job")
    await form.press("Review")
    box = form.root.get_by_role("combobox", name="Job")
    await expect(box).to_have_attribute("aria-invalid", "true")


async def test_edit_goes_back_to_the_form_with_everything_as_it_was_typed(calm, reader):
    form = await reader.screen(f"/flink update {JOB}", "Change a job")
    await form.fill("Parallelism", "8")
    await form.fill("Reason", "Black Friday")
    await form.press("Review")
    review = await reader.modal("Review the change")
    await review.press("Edit the change")
    form = await reader.modal("Change a job")
    await form.holds("Parallelism", "8")
    await form.holds("Reason", "Black Friday")
    await form.fill("Parallelism", "6")
    await form.press("Review")
    await (await reader.modal("Review the change")).says("4 → 6")


async def test_another_target_brings_its_own_jobs_and_says_that_it_is_production(stage):
    second = AlibabaSimulator(
        workspace=SECOND,
        namespace=NAMESPACE,
        access_key_id=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_ID"],
        access_key_secret=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        speed=20.0,
    )
    address = await second.start()
    try:
        table = stage.text[stage.text.index(f"[targets.{TARGET}]") :]
        endpoint = next(x for x in table.splitlines() if x.startswith("endpoint"))
        table = table.replace(endpoint, f'endpoint = "{address}"')
        table = table.replace(f"[targets.{TARGET}]", "[targets.second]")
        table = table.replace(WORKSPACE, SECOND).replace('"sandbox"', '"production"')
        await stage.restart(more=table)
        await second.called("ListDeployments")
        await _of_second(stage)
        assert second.calls("HotUpdateJob") == 1
        assert stage.alibaba.calls("HotUpdateJob") == 0
    finally:
        await stage.stop()
        await second.stop()


async def _of_second(stage):
    ada = await stage.open("ada")
    form = await ada.screen("/flink update", "Change a job")
    await form.choose("Job", JOB, typed="orders")
    await form.holds("Parallelism", "4")
    await form.select("Target", "second · production")
    await form.says("Production.", "Choose a job")
    await ada.accessible()
    await form.choose("Job", JOB, typed="orders")
    await form.fill("Parallelism", "8")
    await form.press("Review")
    review = await ada.modal("Review the change")
    await review.says("second", "Production.")
    await review.press("Apply")
    await ada.message("Succeeded", JOB)
