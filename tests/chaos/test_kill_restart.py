"""Killed with SIGKILL at every point of a restart on DLI and started again.

Never two runs, never a stopped job left unmentioned, one final message. A write that was cut off
before it left is begun again: the job itself shows that it never arrived.
"""

from bot.sandbox.dli import Account, DliSimulator
from bot.sandbox.dli.model import Status
from bot.sandbox.stage import CHANNEL, PROJECT, REGION, VARIABLES
from tests.acceptance.lake import TABLE
from tests.chaos.child import FAILING, RESTARTED
from tests.chaos.killing import World, everywhere, killed, twice

WRITES = ["dli.take_savepoint:1", "dli.stop:1", "dli.save:1", "dli.start:1"]
# Committed: each is the point after which the next one may have happened, or not.
RECORDED = ["updates.transition:1", *(f"updates.save:{number}" for number in range(1, 14))]
POINTS = [
    *(f"{call}:{moment}" for call in WRITES for moment in ("before", "after")),
    *(f"{call}:after" for call in RECORDED),
    *(f"dli.fetch:{number}:after" for number in range(1, 6)),
]
# The same of a start that fails: from there on the old definition goes back.
WAY_BACK = [
    *(f"dli.{call}:2:{moment}" for call in ("save", "start") for moment in ("before", "after")),
    *(f"updates.save:{number}:after" for number in range(13, 19)),
]


class Lake(World):
    """With a DLI project beside it, whose job is restarted with a savepoint of its own."""

    play = "restart"
    job_id = RESTARTED
    endings = ("JOB DOWN", "old definition runs again", *World.endings)

    def __init__(self, folder):
        super().__init__(folder)
        account = Account(VARIABLES["HUAWEICLOUD_SDK_AK"], VARIABLES["HUAWEICLOUD_SDK_SK"])
        self.dli = DliSimulator(project_id=PROJECT, region=REGION, account=account, speed=20.0)

    async def configured(self):
        address = await self.dli.start()
        place = {"region": REGION, "project": PROJECT, "dli": address, "channel": CHANNEL}
        return await super().configured() + TABLE.format(**place)

    async def __aexit__(self, *exception):
        await super().__aexit__(*exception)
        await self.dli.stop()

    @property
    def job(self):
        return self.dli.cloud.job(int(self.job_id))


class FailingLake(Lake):
    """The job does not start with its new definition."""

    play = "failing_restart"
    job_id = FAILING


async def _ran(folder, point):
    """Give what is wrong with a restart that was killed at a point, None if nothing is."""
    async with Lake(folder) as world:
        ending, _ = await killed(world, point)
        runs = world.job.runs
        came = (ending, world.job.status, len(runs), runs[-1].parts["cu_number"])
        keys = world.keys()
    fine = came == ("Succeeded", Status.RUNNING, 2, 6) and not twice(keys)
    return None if fine else (came, twice(keys))


async def _went_back(folder, point):
    """Give what is wrong with a restart that fails and was killed on its way back."""
    async with FailingLake(folder) as world:
        ending, _ = await killed(world, point)
        came = (ending, world.job.status, world.job.parts["cu_number"])
        keys = world.keys()
    fine = came == ("old definition runs again", Status.RUNNING, 2) and not twice(keys)
    return None if fine else (came, twice(keys))


async def test_killed_anywhere_a_restart_ends_with_one_run_and_one_message(tmp_path):
    assert await everywhere(tmp_path, POINTS, _ran) == {}


async def test_killed_on_the_way_back_the_old_definition_runs_again(tmp_path):
    assert await everywhere(tmp_path, WAY_BACK, _went_back) == {}
