"""Jobs on Huawei Cloud DLI, from the command to the verdict, as people and the cloud see it."""

import pytest

from bot.sandbox.dli.model import Status, StopEnd
from bot.slack.ids import Action, Search
from tests.acceptance.lake import FORM, Lake, lake_fault
from tests.acceptance.world import buttons, field, value_of

ORDERS, SESSIONS = "dwd_orders", "clickstream_sessions"


@pytest.fixture
def make_world():
    return Lake


async def test_a_live_change_is_taken_by_the_running_job(world):
    form = await world.form(ORDERS, "logs")
    review = await world.reviewed(form, "live", smn_topic="oncall")
    assert "`flink-alerts` → `oncall`  ⚡ live" in review.words()
    update_id = await world.applied(review)

    verdict = await world.told(update_id)
    assert "Succeeded" in verdict.words()
    assert world.job(ORDERS).status is Status.RUNNING
    assert world.job(ORDERS).parts["smn_topic"] == "oncall"
    assert world.writes() == {"UpdateFlinkSqlJob": 1}


async def test_a_change_is_saved_for_the_next_start(world):
    form = await world.form(ORDERS, "resources_v1")
    review = await world.reviewed(form, cu_number="6")
    assert "needs restart" in review.words()
    verdict = await world.told(await world.applied(review))
    assert "Saved" in verdict.words()
    assert world.job(ORDERS).parts["cu_number"] == 6
    assert world.job(ORDERS).runs[-1].parts["cu_number"] == 4
    assert world.writes() == {"UpdateFlinkSqlJob": 1}


async def test_a_restart_keeps_the_state_and_shows_every_step(world):
    form = await world.form(ORDERS, "resources_v1")
    review = await world.reviewed(form, "restart", cu_number="6")
    words = review.words()
    assert "stopped with a savepoint, started from it" in words
    assert "4 → 6" in words
    update_id = await world.applied(review)

    verdict = await world.told(update_id)
    assert "Succeeded" in verdict.words()
    job = world.job(ORDERS)
    assert (job.status, len(job.runs)) == (Status.RUNNING, 2)
    assert job.runs[-1].parts["cu_number"] == 6
    card = await world.told(update_id, "card", "Succeeded")
    assert Action.ROLL_BACK in buttons(card)
    assert world.writes() == {
        "BatchStopFlinkJobs": 1,
        "UpdateFlinkSqlJob": 1,
        "BatchRunFlinkJobs": 1,
    }


async def test_what_was_changed_can_be_put_back(world):
    form = await world.form(ORDERS, "logs")
    update_id = await world.applied(await world.reviewed(form, "live", smn_topic="oncall"))
    card = await world.told(update_id, "card", "Succeeded")
    back = await world.pressed(Action.ROLL_BACK, where=card, title="Roll back")
    assert "`oncall` → `flink-alerts`" in back.words()
    await world.told(await world.applied(back))
    assert world.job(ORDERS).parts["smn_topic"] == "flink-alerts"


async def test_a_start_that_fails_brings_the_old_definition_back(world):
    form = await world.form("invoice_sync", "resources_v1")
    review = await world.reviewed(form, "restart", cu_number="8")
    before = dict(world.job("invoice_sync").parts)
    verdict = await world.told(await world.applied(review))

    assert "the old one runs again" in verdict.words()
    assert "Insufficient CUs" in verdict.words()
    job = world.job("invoice_sync")
    assert (job.status, job.parts) == (Status.RUNNING, before)
    assert world.writes() == {
        "BatchStopFlinkJobs": 1,
        "UpdateFlinkSqlJob": 2,
        "BatchRunFlinkJobs": 2,
    }


async def test_a_job_that_cannot_be_stopped_is_left_to_a_human(world):
    form = await world.form("payments_ledger", "resources_v1")
    verdict = await world.told(
        await world.applied(await world.reviewed(form, "restart", cu_number="8"))
    )
    assert "could not be stopped" in verdict.words()
    assert world.writes() == {"BatchStopFlinkJobs": 1}


async def test_a_job_that_fails_again_and_again_is_seen(world):
    form = await world.form("ads_attribution", "resources_v1")
    verdict = await world.told(
        await world.applied(await world.reviewed(form, "restart", cu_number="8"))
    )
    assert "fails again and again" in verdict.words() or "old one runs" in verdict.words()


async def test_sql_comes_as_a_file_and_its_changes_go_to_the_thread(world):
    before = world.job(ORDERS).parts["sql_body"]
    sql = f"-- a new first line\n{before}"
    form = await world.form(ORDERS, "sql")
    file = world.ada.upload("orders.sql", sql.encode())
    review = await world.submitted(form, {field(form, "sql_file"): [file.id]})
    assert "+-- a new first line" in review.words()
    update_id = await world.applied(review)

    await world.told(update_id)
    assert world.job(ORDERS).parts["sql_body"] == sql
    shared = await world.seen(
        lambda: next((m for m in world.slack.messages("C0DATAJOBS") if m.files), None)
    )
    content = world.slack.workspace.files.get(shared.files[0]["id"]).content.decode()
    assert "+-- a new first line" in content
    assert shared.thread_ts == (await world.told(update_id, "card")).ts


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff\xfe", "not a text in UTF-8"), (b"  ", "The file is empty")],
)
async def test_a_file_that_is_no_sql_leads_back_to_the_form_with_what_was_typed(
    world, content, said
):
    form = await world.form(ORDERS, "sql", "basics")
    file = world.ada.upload("orders.sql", content)
    entered = {field(form, "sql_file"): [file.id], field(form, "desc"): "kept"}
    again = await world.submitted(form, entered, title=FORM)
    assert said in again.words()
    assert value_of(again, "desc") == "kept"
    assert world.writes() == {}


async def test_a_jar_job_gets_new_resources_of_the_second_model(world):
    form = await world.form(SESSIONS, "resources_v2")
    review = await world.reviewed(
        form, "restart", resource_config__taskmanager_resource_spec__memory="8G"
    )
    assert "→ `8G`" in review.words()
    await world.told(await world.applied(review))
    job = world.job(SESSIONS)
    spec = job.runs[-1].parts["resource_config"]["taskmanager_resource_spec"]
    assert (job.status, spec["memory"]) == (Status.RUNNING, "8G")
    assert world.writes()["UpdateFlinkJarJob"] == 1


async def test_a_secret_in_the_arguments_is_never_shown_and_stays(world):
    secret = "sandbox-lookup-secret"
    before = world.job(SESSIONS).parts["entrypoint_args"]
    assert secret in before
    form = await world.form(SESSIONS, "jar")
    shown = value_of(form, "entrypoint_args")
    assert secret not in shown
    review = await world.reviewed(form, entrypoint_args=shown.replace("30m", "45m"))
    update_id = await world.applied(review)
    await world.told(update_id)
    assert world.job(SESSIONS).parts["entrypoint_args"] == before.replace("30m", "45m")
    assert secret not in str([m.words() for m in world.slack.messages("C0DATAJOBS")])
    assert secret not in (world.folder / "flinkbot.sqlite3").read_bytes().decode("latin-1")


async def test_an_imported_savepoint_is_started_from(world):
    form = await world.screen("/flink import-savepoint dws_import_demo", "Import a savepoint")
    path = "obs://flink-state/exports/dws/_metadata"
    review = await world.submitted(form, {field(form, "path"): path}, title="Import a savepoint")
    assert "`obs://flink-state/exports/dws`" in review.words()
    outcome = await world.ada.submit(review)
    assert outcome.view.title == "Applying"
    card = await world.told(review.private_metadata, "card", "Imported")
    start = await world.pressed(Action.START_JOB, where=card, title="Start the job")
    await world.applied(start)
    await world.told(start.private_metadata)
    assert world.job("dws_import_demo").status is Status.RUNNING
    assert world.writes() == {"ImportFlinkJobSavepoint": 1, "BatchRunFlinkJobs": 1}


async def test_what_is_wrong_with_a_path_is_told_at_its_field(world):
    form = await world.screen("/flink import-savepoint", "Import a savepoint")
    offered = await world.ada.suggest(form, "job", Search.DLI_JOB, "dws")
    values = {"job": offered[0]["value"], "path": "/tmp/savepoint"}  # noqa: S108 - wrong on purpose
    outcome = await world.ada.submit(form, values)
    assert list(outcome.errors) == ["path"]
    assert "not a path in OBS" in outcome.errors["path"]


async def test_a_savepoint_is_written_while_the_job_runs(world):
    review = await world.screen(f"/flink savepoint {ORDERS} flink-state/mine", "Write a savepoint")
    update_id = await world.applied(review)
    assert "flink-state/mine" in (await world.told(update_id)).words()
    assert world.job(ORDERS).status is Status.RUNNING
    assert world.writes() == {"ExecuteFlinkJobSavepoint": 1}


async def test_a_job_is_stopped_and_started_by_commands_and_buttons(world):
    stop = await world.screen(f"/flink stop {ORDERS}", "Stop the job")
    update_id = await world.applied(stop)
    card = await world.told(update_id, "card", "Stopped")
    assert world.job(ORDERS).status is Status.CANCEL_SUCCESS
    start = await world.pressed(Action.START_JOB, where=card, title="Start the job")
    assert "from its savepoint" in start.words()
    await world.pressed(Action.START_JOB, where=start, title="Start the job")
    assert await world.top("Start the job", containing="begins empty")
    await world.ada.close(world.ada.views[0], everything=True)
    again = await world.screen(f"/flink start {ORDERS}", "Start the job")
    await world.applied(again)
    await world.told(again.private_metadata)
    assert world.job(ORDERS).status is Status.RUNNING


async def test_what_needs_a_yes_is_asked_for_it(world):
    review = await world.screen(f"/flink stop {ORDERS} without savepoint", "Stop the job")
    assert "begin without its state" in review.words()
    outcome = await world.ada.submit(review)
    assert "accept" in outcome.errors
    await world.applied(review, {"accept": ["accepted"]})
    await world.told(review.private_metadata)
    assert world.job(ORDERS).status is Status.CANCEL_SUCCESS


async def test_what_a_job_cannot_be_told_now_is_said(world):
    review = await world.screen(f"/flink start {ORDERS}", "Start the job")
    assert "⛔" in review.words()
    said = await world.screen("/flink stop orders-enrichment", "That did not work")
    assert "Huawei Cloud DLI" in said.words()


async def test_the_status_of_a_job_offers_what_can_be_done(world):
    said = await world.ask(f"/flink status {ORDERS}")
    assert "job_running" in said.words()
    assert buttons(said)[-2:] == [Action.TAKE_SAVEPOINT, Action.STOP_JOB]
    form = await world.pressed(Action.TAKE_SAVEPOINT, where=said, title="Write a savepoint")
    assert field(form, "path")


async def test_a_form_that_was_ticked_and_sent_at_once_is_not_read_as_no_change(world):
    form = await world.form(ORDERS)
    outcome = await world.ada.submit(form, {field(form, "groups"): ["logs"]})
    assert "groups" in next(iter(outcome.errors))


async def test_typed_values_survive_more_groups_and_the_way_back_from_the_review(world):
    form = await world.form(ORDERS, "basics")
    await world.ada.choose(form, field(form, "desc"), "value", "Orders, enriched")
    form = await world.ticked(form, "basics", "logs")
    assert value_of(form, "desc") == "Orders, enriched"
    review = await world.reviewed(form, smn_topic="oncall", reason="quiet nights")
    back = await world.pressed(Action.EDIT_UPDATE, where=review, title=FORM)
    assert value_of(back, "desc") == "Orders, enriched"
    assert value_of(back, "smn_topic") == "oncall"
    assert value_of(back, "reason") == "quiet nights"


async def test_everything_wrong_is_told_at_its_field(world):
    form = await world.form(ORDERS, "basics", "resources_v1")
    entered = {
        field(form, "name"): "orders with blanks",
        field(form, "savepoint_path"): "s3://elsewhere/x",
    }
    outcome = await world.ada.submit(form, entered)
    assert {block.partition(":")[0] for block in outcome.errors} == {"name", "savepoint_path"}


async def test_a_cloud_that_is_down_when_a_form_is_sent_gives_the_form_back(world):
    world.expected.append("lake")
    form = await world.form(ORDERS, "basics")
    world.dli.inject(lake_fault("ShowFlinkJob", "server_error", times=None))
    again = await world.submitted(form, {field(form, "desc"): "new"}, title=FORM)
    assert "⚠️" in again.words()
    assert value_of(again, "desc") == "new"
    world.dli.gateway.faults.clear()
    assert "`new`" in (await world.submitted(again)).words()


async def test_a_form_without_fields_says_so_at_the_job(world):
    world.expected.append("lake")
    world.dli.inject(lake_fault("ShowFlinkJob", "server_error", times=None))
    form = await world.screen(f"/flink update {ORDERS}", FORM)
    form = await world.top(FORM, containing="⚠️")
    block = field(form, "job")
    offered = await world.ada.suggest(form, block, Action.CHOOSE_JOB, ORDERS)
    outcome = await world.ada.submit(form, {block: offered[0]["value"]})
    assert list(outcome.errors) == [block]


async def test_a_bot_that_is_restarted_in_the_middle_carries_on(world):
    form = await world.form(SESSIONS, "resources_v2")
    review = await world.reviewed(form, "restart", resource_config__max_slot="4")
    update_id = await world.applied(review)
    await world.dli.called("BatchStopFlinkJobs")
    await world.restart()
    verdict = await world.told(update_id)
    assert "Succeeded" in verdict.words()
    assert world.writes()["BatchStopFlinkJobs"] == 1
    assert world.writes()["BatchRunFlinkJobs"] == 1


async def test_a_stop_that_was_refused_by_arrears_is_told(world):
    world.lake.behave(world.job(ORDERS), {"stop": StopEnd.FINISH})
    stop = await world.screen(f"/flink stop {ORDERS}", "Stop the job")
    update_id = await world.applied(stop)
    assert (await world.told(update_id)).words()
