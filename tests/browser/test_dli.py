"""Jobs on Huawei Cloud DLI in a browser: the form, restarts, savepoints, start and stop."""

import pytest

from bot.flink.dli.catalogue import groups_of, settings_of
from bot.flink.dli.setting import JobType, Kind
from bot.sandbox.dli.model import Status
from tests.acceptance.lake import Lake
from tests.browser.pages import expect
from tests.browser.scene import Scene

ORDERS, SESSIONS, IMPORTING = "dwd_orders", "clickstream_sessions", "dws_import_demo"
NUMBERS = {Kind.COUNT, Kind.CORES}
CHOICES = {Kind.FLAG: "Off", Kind.CHOICE: None, Kind.NUMBERED_CHOICE: "At least once"}
GROUPS = "What to change"
CHOSEN = {"run_mode": "Shared cluster", "image_type": "Custom image"}
CHOSEN["resource_config_version"] = "v2, CPU and memory"
FILLED = {"entrypoint_args": "--topic clicks", "resume_max_num": "10"}


class LakeScene(Scene, Lake):
    """The scene with a project of DLI beside Alibaba Cloud."""


@pytest.fixture
def make_scene():
    return LakeScene


async def form_of(page, job, *groups):
    """Open the form of a job, and tick groups one after the other."""
    form = await page.screen(f"/flink update {job}", "Change a job")
    for group in groups:
        await form.tick(group)
        await expect(form.root.get_by_role("checkbox", name=group)).to_be_checked()
        await form.says(f"{group}")
    return form


async def applied(page, modal, name="Apply"):
    """Say yes to a review; close the receipt."""
    await modal.press(name)
    await (await page.modal("Applying")).press("Close")
    await page.no_modal()


def label_of(setting):
    """Give the label of a setting's field."""
    shows_unit = setting.unit and setting.unit not in setting.label
    unit = f" ({setting.unit})" if shows_unit else ""
    return f"{setting.label}{unit}{' ⚡ live' if setting.live else ''}"


async def fill_in(form, setting):
    """Enter something in a setting's field, as its kind needs it."""
    label = label_of(setting)
    if setting.kind in CHOICES:
        await form.select(label, CHOSEN.get(setting.name) or CHOICES[setting.kind])
    else:
        await text_field(form, label).fill(typed_in(setting))


def text_field(form, label):
    return form.field(label).and_(form.page.locator("textarea, input:not([type=checkbox])"))


def typed_in(setting):
    return FILLED.get(setting.name) or setting.example or str(int(setting.minimum or 1))


@pytest.mark.parametrize(("kind", "job"), [(JobType.SQL, ORDERS), (JobType.JAR, SESSIONS)])
async def test_every_field_can_be_filled_and_what_does_not_go_together_is_told(
    stage, ada, kind, job
):
    form = await form_of(ada, job)
    boxes = form.root.get_by_role("group", name=GROUPS).get_by_role("checkbox")
    for number in range(len(groups_of(kind))):
        await boxes.nth(number).check()
    for setting in settings_of(kind):
        await fill_in(form, setting)
    await form.root.get_by_role("radio", name="Restart the job now").check()
    await form.root.get_by_role("checkbox", name="Keep the job's state").uncheck()
    await form.fill("Savepoint of your own, before the stop", "flink-state/mine")
    await form.fill("Reason", "To see them all")
    await ada.accessible()
    await form.press("Review")
    await form.wrong("Slots per TaskManager", "is not used in resource model v2")
    await ada.accessible()
    for setting in settings_of(kind):
        if setting.kind not in CHOICES:
            await expect(text_field(form, label_of(setting))).to_have_value(typed_in(setting))
    await form.holds("Reason", "To see them all")
    assert stage.writes() == {}


async def test_sql_is_changed_by_a_file_and_a_restart(stage, ada):
    form = await form_of(ada, ORDERS, "SQL")
    sql = f"-- hourly\n{stage.job(ORDERS).parts['sql_body']}"
    file = {"name": "orders.sql", "mimeType": "text/plain", "buffer": sql.encode()}
    await form.root.locator("input[type=file]").set_input_files(file)
    await form.says("orders.sql")
    await form.root.get_by_role("radio", name="Restart the job now").check()
    await form.press("Review")
    review = await ada.modal("Review the change")
    await review.says("+-- hourly", "Needs your yes")
    await ada.accessible()
    await review.tick("I have read it")
    await applied(ada, review)
    await ada.message("Succeeded", ORDERS)
    await ada.accessible()
    assert stage.job(ORDERS).runs[-1].parts["sql_body"] == sql


async def test_what_is_wrong_is_told_at_the_field_and_what_was_typed_stays(stage, ada):
    form = await form_of(ada, ORDERS, "Basics")
    await form.fill("Job name", "orders with blanks")
    await form.press("Review")
    await form.wrong("Job name", "wrong form")
    await ada.accessible()
    await form.holds("Job name", "orders with blanks")


async def test_a_start_that_fails_brings_the_old_definition_back(stage, ada):
    form = await form_of(ada, "invoice_sync", "Resources, v1")
    await form.fill("CUs", "8")
    await form.root.get_by_role("radio", name="Restart the job now").check()
    await form.press("Review")
    await applied(ada, await ada.modal("Review the change"))
    await ada.message("old definition runs again", "Insufficient CUs")
    await ada.accessible()
    assert stage.job("invoice_sync").status is Status.RUNNING


async def test_what_was_changed_live_is_put_back(stage, ada):
    form = await form_of(ada, ORDERS, "Logs and alerts")
    await form.fill("Alert topic (SMN) ⚡ live", "oncall")
    await form.root.get_by_role("radio", name="Live only").check()
    await form.press("Review")
    await applied(ada, await ada.modal("Review the change"))
    card = await ada.message("Succeeded", ORDERS)
    await ada.press(card, "Roll back")
    back = await ada.modal("Roll back")
    await back.says("oncall → flink-alerts")


async def test_a_job_is_stopped_and_started_by_commands_and_buttons(stage, ada):
    stop = await ada.screen(f"/flink stop {ORDERS}", "Stop the job")
    await ada.accessible()
    await stop.press("Without a savepoint instead")
    stop = await ada.modal("Stop the job", "begin without its state")
    await stop.press("With a savepoint instead")
    stop = await ada.modal("Stop the job", "kept in a savepoint")
    await applied(ada, stop, "Stop")
    card = await ada.message("Stopped", ORDERS)
    await ada.accessible()
    await ada.press(card, "Start")
    start = await ada.modal("Start the job", "from its savepoint")
    await start.press("Without a savepoint instead")
    await (await ada.modal("Start the job", "begins empty")).press("Cancel")
    await ada.no_modal()
    start = await ada.screen(f"/flink start {ORDERS}", "Start the job")
    await applied(ada, start, "Start")
    await ada.message("Succeeded", "The job was started and runs")
    assert stage.job(ORDERS).status is Status.RUNNING


async def test_the_status_of_a_job_offers_what_can_be_done_with_it(stage, ada):
    await ada.type(f"/flink status {ORDERS}")
    status = await ada.message("Only visible to you", "job_running")
    await ada.accessible()
    await ada.press(status, "Stop")
    await (await ada.modal("Stop the job")).press("Cancel")
    await ada.no_modal()
    await ada.press(status, "Write a savepoint")
    form = await ada.modal("Write a savepoint")
    await form.fill("Path in OBS", "flink-state/mine")
    await form.fill("Reason", "Before the sale")
    await form.press("Review")
    review = await ada.modal("Write a savepoint", "Before the sale")
    await ada.accessible()
    await applied(ada, review, "Write it")
    await ada.message("Succeeded", "flink-state/mine")


async def test_an_imported_savepoint_is_started_from(stage, ada):
    form = await ada.screen("/flink import-savepoint", "Import a savepoint")
    await form.choose("Job", IMPORTING, typed="dws")
    await form.fill("Path in OBS", "/tmp/savepoint")  # noqa: S108 - wrong on purpose
    await form.press("Review")
    await form.wrong("Path in OBS", "not a path in OBS")
    await ada.accessible()
    await form.fill("Path in OBS", "obs://flink-state/exports/dws/_metadata")
    await form.press("Review")
    await applied(ada, await ada.modal("Import a savepoint", "obs://flink-state"), "Import")
    card = await ada.message("Imported", IMPORTING)
    await ada.press(card, "Start from this savepoint")
    await (await ada.modal("Start the job")).press("Cancel")
    await ada.no_modal()
    await ada.type(f"/flink status {IMPORTING}")
    status = await ada.message("Only visible to you", IMPORTING)
    await ada.press(status, "Import a savepoint")
    await (await ada.modal("Import a savepoint")).holds("Job", IMPORTING)


async def test_a_savepoint_is_written_by_a_command(stage, ada):
    review = await ada.screen(f"/flink savepoint {ORDERS} flink-state/mine", "Write a savepoint")
    await applied(ada, review, "Write it")
    await ada.message("Succeeded", "flink-state/mine")
    assert stage.writes() == {"ExecuteFlinkJobSavepoint": 1}
