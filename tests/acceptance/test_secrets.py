"""A secret planted in every input, updates of both clouds with and without luck: none comes out."""

import pytest

from bot.sandbox.stage import CHANNEL
from bot.slack.ids import Action
from tests.acceptance.lake import FORM, lake_fault
from tests.acceptance.planted import ORDERS, REASON_KEY, SESSIONS, Planted, Secret
from tests.acceptance.test_approvals import requested
from tests.acceptance.world import JOB, fault, field, value_of

REASON = f"rotated password={Secret.REASON} and {REASON_KEY}"


@pytest.fixture(params=["sqlite", "postgresql"])
def make_world(request, quiet_logging):
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    return lambda folder: Planted(folder, url)


async def rescaled(world, parallelism, reason=REASON):
    form = await world.screen(f"/flink update {JOB}", "Change a job")
    values = {field(form, "parallelism"): parallelism, field(form, "reason"): reason}
    review = await world.submitted(form, values)
    update_id = await world.applied(review, accepting(review))
    return await world.told(update_id)


async def test_no_planted_secret_is_found_anywhere(world):
    told = await rescaled(world, 8)
    assert "Succeeded" in told.words()
    refusal = (
        f"flinkConf 'fs.oss.accessKeySecret' = '{Secret.CONF}' is not allowed; {Secret.CONF} again"
    )
    world.alibaba.inject(fault("HotUpdateJob", "refuse", code="Invalid", message=refusal))
    await rescaled(world, 6)
    await restarted_with_sql(world)
    await refused_arguments(world)

    await edited_by_others(world)
    await savepoints(world)
    await raised(world)

    assert_nothing_is_found(world)


def assert_nothing_is_found(world):
    found = world.found()
    assert found == {}, "\n".join(f"{key}: {where}" for key, where in found.items())


async def raised(world):
    """A bug whose exception quotes a setting."""
    world.expected.append("failed unexpectedly")
    world.trouble.append(RuntimeError(f"{{'fs.oss.accessKeySecret': '{Secret.RAISED}'}}"))
    review = await world.screen(f"/flink rescale {JOB} 10")
    await world.applied(review, accepting(review))
    await world.seen(lambda: "failed unexpectedly" in world.log.getvalue())
    assert world.trouble == []


def accepting(review):
    """Accept the edits of others, where there are any."""
    asked = "accept" in {block.get("block_id") for block in review.blocks}
    return {"accept": ["accepted"]} if asked else {}


async def edited_by_others(world):
    edited = {"fs.oss.accessKeySecret": Secret.CONF_EDITED}
    world.cloud.edit(world.cloud.named(JOB), parallelism=None, conf=edited, by="console")
    review = await world.screen(f"/flink rescale {JOB} 12")
    assert "fs.oss.accessKeySecret" in review.words()


async def savepoints(world):
    """Addresses with credentials: in a command, and in a form."""
    path = f"obs://SANDBOXACCESSKEY00002:{Secret.SAVEPOINT}@flink-state/mine"
    await world.screen(f"/flink savepoint {ORDERS} {path}", "Write a savepoint")
    form = await world.screen("/flink import-savepoint dws_import_demo", "Import a savepoint")
    outcome = await world.ada.submit(form, {field(form, "path"): path})
    assert outcome.view or outcome.errors


async def restarted(world):
    """Change the SQL, and a password in it; give the update's id."""
    sql = world.job(ORDERS).parts["sql_body"].replace(Secret.SQL_BEFORE, Secret.SQL_AFTER)
    assert Secret.SQL_AFTER in sql
    form = await world.form(ORDERS, "sql")
    file = world.ada.upload("orders.sql", sql.encode())
    values = {field(form, "sql_file"): [file.id], field(form, "reason"): REASON}
    update_id = await world.applied(await world.submitted(form, values))
    await world.told(update_id)
    assert world.job(ORDERS).parts["sql_body"] == sql
    return update_id


async def restarted_with_sql(world):
    world.dli.inject(lake_fault("UpdateFlinkSqlJob", "drop_after"))
    update_id = await restarted(world)
    card = await world.told(update_id, "card")
    back = await world.pressed(Action.ROLL_BACK, where=card, title="Roll back")
    await world.told(await world.applied(back))
    assert Secret.SQL_BEFORE in world.job(ORDERS).parts["sql_body"]


async def refused_arguments(world):
    message = f"the argument {Secret.ARGUMENT_AFTER} of --password {Secret.ARGUMENT_AFTER} is wrong"
    world.dli.inject(lake_fault("UpdateFlinkJarJob", "refuse", code="DLI.0001", message=message))
    form = await world.form(SESSIONS, "jar")
    typed = f"--topic clicks --password {Secret.ARGUMENT_AFTER}"
    assert Secret.ARGUMENT_BEFORE not in value_of(form, "entrypoint_args")
    review = await world.reviewed(form, entrypoint_args=typed, reason=REASON)
    await world.told(await world.applied(review))


async def test_what_is_typed_beside_a_form_is_found_nowhere_either(tmp_path, quiet_logging):
    async with Planted(tmp_path) as world:
        update_id, card = await requested(world)
        why = await world.pressed(Action.REJECT_UPDATE, world.lin, card, "Reject the request")
        await world.lin.submit(why, {"rejection": REASON})
        await world.told(update_id, "card", "Cancelled")
        path = f"obs://SANDBOXACCESSKEY00002:{Secret.SAVEPOINT}@flink-state/mine"
        for typed in (f"freez {REASON}", f"unfreeze a {path}"):
            assert "Not understood" in (await world.ask(f"/flink {typed}")).words()
        for verb in ("jobs", "history", "status"):
            await world.ask(f"/flink {verb} {path}")
        await world.screen(f"/flink rescale {path} 8", "Change a job")
        for verb in ("rollback", "stop", "start"):
            await world.screen(f"/flink {verb} {path}", "That did not work")
        for typed in (f"result {path} sandbox", f"result 3k7mz2qp {path}", f"unfreeze {path}"):
            await world.ask(f"/flink {typed}")
        await world.ada.command(CHANNEL, f"/flink freeze sandbox {REASON}")
        await world.seen(lambda: any("froze" in m.words() for m in world.slack.messages(CHANNEL)))
        assert "froze sandbox" in (await world.ask("/flink history")).words()

        assert_nothing_is_found(world)


async def test_without_a_key_a_secret_is_kept_nowhere_and_what_it_costs_is_said(
    tmp_path, quiet_logging
):
    async with Planted(tmp_path, sealed=False) as world:
        sql = world.job(ORDERS).parts["sql_body"].replace(Secret.SQL_BEFORE, Secret.SQL_AFTER)
        form = await world.form(ORDERS, "sql")
        file = world.ada.upload("orders.sql", sql.encode())
        entered = {field(form, "sql_file"): [file.id]}
        review = await world.submitted(form, entered, title=FORM)

        assert "FLINKBOT_SECRET_KEY" in review.words()
        assert world.writes() == {}
        await rescaled(world, 8)
        assert_nothing_is_found(world)


async def test_a_way_back_whose_key_is_gone_says_what_it_cannot_restore(tmp_path, quiet_logging):
    async with Planted(tmp_path) as world:
        update_id = await restarted(world)
        card = await world.told(update_id, "card", "Saved")
        world.sealed = False
        await world.restart()

        await world.pressed(Action.ROLL_BACK, where=card, title="Flinkbot")
        told = await world.top("That did not work")
        assert "are not kept any more" in told.words()
        assert "sealed with another key" in told.words()
        assert_nothing_is_found(world)
