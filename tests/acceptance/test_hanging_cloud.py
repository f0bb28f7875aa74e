"""A cloud that does not answer holds up its own updates, and nothing else."""

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.stage import NAMESPACE, VARIABLES, WORKSPACE
from bot.slack.ids import Action
from tests.acceptance.world import JOB, QUICK, fault, field


class Held:
    """Stands before a target's cloud; its reads of a deployment wait once `hold` is called."""

    def __init__(self):
        self.asked, self._open = asyncio.Event(), asyncio.Event()
        self._open.set()

    def hold(self):
        self.asked.clear()
        self._open.clear()

    def let_go(self):
        self._open.set()

    def before(self, target):
        """Give what puts this before the cloud of one target."""
        return lambda cloud: _Gate(cloud, self) if cloud.target == target else cloud

    async def wait(self):
        self.asked.set()
        await self._open.wait()


class _Gate:
    def __init__(self, cloud, held):
        self._cloud, self._held = cloud, held

    def __getattr__(self, name):
        return getattr(self._cloud, name)

    async def fetch(self, deployment_id):
        await self._held.wait()
        return await self._cloud.fetch(deployment_id)


@asynccontextmanager
async def a_second_cloud(world):
    """Start one; give the configuration of a target in it, called slow."""
    simulator = AlibabaSimulator(
        workspace=WORKSPACE,
        namespace="slow",
        access_key_id=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_ID"],
        access_key_secret=VARIABLES["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        speed=20.0,
    )
    address = await simulator.start()
    table = world.text.partition("[targets.sandbox]")[2].partition("\n[")[0]
    table = table.replace(f'namespace = "{NAMESPACE}"', 'namespace = "slow"')
    table = re.sub(r'endpoint = ".*"', f'endpoint = "{address}"', table)
    try:
        yield f"[targets.slow]{table}"
    finally:
        await world.stop()
        await simulator.stop()


async def reviewed(world, target):
    """Fill the form for a job of one target; give the review."""
    form = await world.screen("/flink update", "Change a job")
    if target != "sandbox":
        await world.ada.choose(form, "target", Action.CHOOSE_TARGET, target)
        form = await world.seen(lambda: next((v for v in world.ada.views if of(v, target)), None))
    form = await world.chosen(form, JOB)
    return await world.submitted(form, {field(form, "parallelism"): "8"})


def of(form, target):
    """Tell whether the form is built for the jobs of a target."""
    return any(block.get("block_id") == f"job:{target}" for block in form.blocks)


async def test_another_targets_update_and_the_clock_go_on_while_a_cloud_hangs(world):
    held = Held()
    async with a_second_cloud(world) as slow:
        await world.restart(more=slow, ends=replace(QUICK, cloud=held.before("slow")))
        review = await reviewed(world, "slow")
        held.hold()
        hanging = await world.applied(review)
        await asyncio.wait_for(held.asked.wait(), 10)

        update_id = await world.applied(await reviewed(world, "sandbox"))
        assert "Succeeded" in (await world.told(update_id)).words()
        advance = world.bot.ticks._ticks["advance"]
        before = advance.seen_at
        world.bot.ticks.nudge("advance")
        async with asyncio.timeout(10):
            while advance.seen_at == before:
                await world.ask("/flink jobs")
        assert world.message(hanging, "verdict") is None
        held.let_go()
        assert "Succeeded" in (await world.told(hanging)).words()


async def test_stopping_waits_for_the_step_that_runs_and_hands_the_next_one_over(world):
    held = Held()
    await world.restart(ends=replace(QUICK, cloud=held.before("sandbox")))
    review = await world.screen(f"/flink rescale {JOB} 8")
    held.hold()
    update_id = await world.applied(review)
    await asyncio.wait_for(held.asked.wait(), 10)

    stopping = asyncio.create_task(world.stop())
    await asyncio.sleep(0)
    held.let_go()
    await stopping
    assert world.alibaba.calls("UpdateDeployment") == 0  # the read has ended, the save is not begun
    await world.start()

    assert "Succeeded" in (await world.told(update_id)).words()
    assert world.alibaba.calls("HotUpdateJob") == 1


async def test_a_write_that_is_cut_off_at_the_end_is_looked_for_and_not_repeated(world):
    await world.restart(ends=replace(QUICK, drain_seconds=0.1))
    world.expected.append("was cut off after 0.1 s of draining")
    world.alibaba.inject(fault("UpdateDeployment", "timeout"))  # does it, and never answers
    update_id = await world.applied(await world.screen(f"/flink rescale {JOB} 8"))
    await world.alibaba.called("UpdateDeployment")

    await world.restart()

    assert "Succeeded" in (await world.told(update_id)).words()
    assert world.alibaba.calls("UpdateDeployment") == 1
    assert world.alibaba.calls("HotUpdateJob") == 1
