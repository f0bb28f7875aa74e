import asyncio

import pytest

from bot.slack.background import Background, RefusedWorkError


async def test_work_goes_on_after_it_was_started():
    background, done = Background(), asyncio.Event()

    async def work():
        done.set()

    background.spawn(work(), name="work")
    assert background.running == 1
    await done.wait()
    assert await background.drain(1)
    assert background.running == 0


async def test_a_failure_is_logged_and_told_with_the_same_incident(caplog):
    background, told = Background(), []

    async def work():
        raise ValueError("a bug")

    async def tell(incident):
        told.append(incident)

    background.spawn(work(), name="open the form", on_error=tell)
    await background.drain(1)

    assert f"incident {told[0]}: open the form failed" in caplog.text
    assert "ValueError: a bug" in caplog.text


async def test_a_failure_that_nobody_can_be_told_of_is_logged(caplog):
    background = Background()

    async def work():
        raise ValueError("a bug")

    async def tell(incident):
        raise ConnectionError("no Slack")

    background.spawn(work(), name="open the form", on_error=tell)
    background.spawn(work(), name="close the form")
    await background.drain(1)

    assert "the person could not be told that open the form failed" in caplog.text
    assert "close the form failed" in caplog.text


async def test_draining_waits_for_what_runs_and_refuses_what_is_new():
    background, go, ended = Background(), asyncio.Event(), []

    async def work():
        await go.wait()
        ended.append(True)

    background.spawn(work(), name="work")
    draining = asyncio.create_task(background.drain(5))
    await asyncio.sleep(0)
    assert background.draining
    with pytest.raises(RefusedWorkError, match="stopping"):
        background.spawn(work(), name="late")
    go.set()

    assert await draining
    assert ended == [True]


async def test_what_does_not_end_in_time_is_cut_off_and_named(caplog):
    background = Background()
    background.spawn(asyncio.Event().wait(), name="endless")

    assert not await background.drain(0.01)
    assert "endless was cut off" in caplog.text
    assert background.running == 0


async def test_a_flood_is_refused():
    background = Background(most_at_once=2)
    for _ in range(2):
        background.spawn(asyncio.Event().wait(), name="endless")

    with pytest.raises(RefusedWorkError, match="2 pieces of work"):
        background.spawn(asyncio.Event().wait(), name="one too many")
    await background.drain(0)
