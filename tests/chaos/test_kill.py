"""Killed with SIGKILL at every point of an update and started again: the same ending, told once.

One moment cannot have the same ending: after the intent to trigger was committed and before
HotUpdateJob left. No reading can prove that it did not leave, so it is never sent again, and the
update ends "unknown" and asks for a human.
"""

import sqlite3
from contextlib import closing

from tests.chaos.killing import World, everywhere, killed, twice

# Messages are delivered beside the steps, so a kill at one of theirs can meet this moment as well.
NEVER_LEFT = {"updates.save:5:after", "cloud.hot_update:1:before"}
# Every write of an update's life and every cloud call, in the order of an undisturbed run.
CALLS = [
    "cloud.fetch:1",  # the plan
    "cloud.tuning:1",
    "cloud.job_graph:1",
    "updates.add:1",
    "updates.transition:1",  # Apply
    "updates.claim_due:1",
    "outbox.claim_messages:1",
    "outbox.mark_sending:1",  # the card
    "outbox.mark_sent:1",
    "cloud.fetch:2",  # check
    "updates.save:1",
    "updates.save:2",  # the intent to save
    "cloud.save:1",
    "updates.save:3",
    "cloud.fetch:3",  # read back
    "updates.save:4",
    "updates.save:5",  # the intent to trigger
    "cloud.hot_update:1",
    "updates.save:6",  # the hot update id
    "updates.claim_due:2",
    "cloud.hot_update_result:1",
    "updates.save:7",
    "cloud.fetch:4",  # verify
    "cloud.job_graph:2",
    "updates.save:8",
    "outbox.claim_messages:2",
    "outbox.mark_sending:2",
    "outbox.mark_sent:2",
    "outbox.mark_sending:3",
    "outbox.mark_sent:3",
    "outbox.mark_sending:4",  # the verdict
    "outbox.mark_sent:4",
]
READS = ("cloud.fetch", "cloud.tuning", "cloud.job_graph", "cloud.hot_update_result")
# To die before a read is to die after what was recorded before it.
POINTS = [
    f"{call}:{moment}"
    for call in CALLS
    for moment in ("before", "after")
    if moment == "after" or not call.startswith(READS)
]


def trigger_in_doubt(world):
    """Whether the intent to trigger is on record and the cloud never heard of it."""
    with closing(sqlite3.connect(world.folder / "flinkbot.sqlite3")) as database:
        intents = "SELECT 1 FROM updates WHERE step = 'trigger' AND intent_at IS NOT NULL"
        meant = database.execute(intents).fetchone() is not None
    return meant and world.alibaba.calls("HotUpdateJob") == 0


async def play(folder, point):
    """Give what is wrong with an update that was killed at a point, None if nothing is."""
    async with World(folder) as world:
        ending, in_doubt = await killed(world, point, lambda: trigger_in_doubt(world))
        came = (ending, world.alibaba.calls("HotUpdateJob"))
        keys = world.keys()
    expected = ("Unknown", 0) if in_doubt else ("Succeeded", 1)
    never_left = point not in NEVER_LEFT or came == ("Unknown", 0)
    fine = came == expected and not twice(keys) and never_left
    return None if fine else (came, expected, twice(keys))


async def test_killed_anywhere_it_ends_the_same_and_tells_it_once(tmp_path):
    assert await everywhere(tmp_path, POINTS, play) == {}
