"""The written rules for lost answers are those that the code follows."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import bot.clouds
import bot.updates
from bot.flink.dli.options import Mode
from bot.store import open_store
from bot.updates.dli.route import DliOperation
from bot.updates.dli.steps import DliSteps
from bot.updates.dli.steps import Pace as DliPace
from bot.updates.hot_update.steps import HotUpdate, Pace
from bot.updates.operation import Finish, Proceed, Wait
from tests.fakes.clock import FakeClock
from tests.unit.updates.conftest import ANNA, ORDERS
from tests.unit.updates.dli.conftest import Bench as DliBench

RULES = Path(bot.updates.__file__).parent / "lost-answers.md"
CLIENTS = Path(bot.clouds.__file__).parent
CLOUDS = {
    "Alibaba Cloud": HotUpdate({}, FakeClock(), Pace()),
    "Huawei Cloud DLI": DliSteps({}, None, FakeClock(), DliPace()),
}
_ROW = re.compile(r"\| ([A-Z][\w ]+) \| `(\w+)` \| ([\w, ]+) \|(?:[^|]*\|){1} (once|never) \|")
ROWS = [match.groups() for match in _ROW.finditer(RULES.read_text("utf-8"))]
OF_DLI = [step for cloud, step, *_ in ROWS if cloud != "Alibaba Cloud"]


def test_every_step_that_writes_has_its_rule_and_nothing_else_has_one():
    writes = {
        (cloud, name)
        for cloud, operation in CLOUDS.items()
        for name, step in operation.steps.items()
        if step.recover is not None
    }

    assert {(cloud, step) for cloud, step, *_ in ROWS} == writes
    assert len(ROWS) == len(writes)


def test_the_times_are_those_of_the_code():
    lines = [line for line in RULES.read_text("utf-8").splitlines() if line.startswith("| ")]
    hot = [line for line in lines if "Alibaba" in line]
    dli = [line for line in lines if "Huawei" in line]

    assert f"{Pace().save_grace:g} s later" in hot[0]
    assert all(f"{DliPace().grace:g} s later" in line for line in dli)
    assert "a day later" in hot[1]
    assert Pace().no_effect == DliPace().no_effect == timedelta(days=1).total_seconds()


@pytest.mark.parametrize(("cloud", "step", "requests", "_"), ROWS)
def test_a_rule_names_requests_that_the_bot_makes(cloud, step, requests, _):
    code = "".join(file.read_text("utf-8") for file in CLIENTS.rglob("*.py"))
    assert all(request in code for request in requests.split(", "))


async def test_a_save_is_begun_again_once_and_a_trigger_never(bench):
    steps = bench.engine._operations["hot_update"].steps
    planned = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8"})
    lost = replace(planned, intent_at=bench.clock(), watched_since=bench.clock())
    bench.clock.time += timedelta(hours=1)

    save = await steps["save"].recover(replace(lost, step="save"))
    again = await steps["save"].recover(replace(lost, step="save", progress=save.progress))
    trigger = await steps["trigger"].recover(replace(lost, step="trigger"))

    said = {step: often for cloud, step, _, often in ROWS if cloud == "Alibaba Cloud"}
    assert said == {"save": "once", "trigger": "never"}
    assert isinstance(save, Proceed)
    assert isinstance(again, Finish)
    assert isinstance(trigger, Wait)


@pytest.fixture
async def dli(tmp_path):
    clock = FakeClock()
    url = f"sqlite+aiosqlite:///{tmp_path}/dli.sqlite3"
    async with open_store(url, now=clock) as store:
        yield DliBench(store.updates, clock)


def without_effect(dli, step):
    """Let the job show nothing of a write; give what the update knows by then."""
    running = step in {"take_savepoint", "stop", "save"}
    dli.cloud.status = "job_running" if running else "job_cancel_success"
    dli.cloud.savepoint = "state/old"
    dli.cloud.saved["cu_number"] = "6" if step == "put_back" else "4"
    return {"run": str(dli.cloud.started_at), "savepoint": "state/old"}


@pytest.mark.parametrize("step", OF_DLI)
async def test_a_write_to_dli_without_effect_is_begun_again_once(dli, step):
    operations = {
        "take_savepoint": DliOperation.TAKE_SAVEPOINT,
        "import_savepoint": DliOperation.IMPORT_SAVEPOINT,
    }
    operation = operations.get(step, DliOperation.UPDATE)
    changes = operation is DliOperation.UPDATE
    options = {"mode": Mode.RESTART} if changes else {"savepoint_path": "state/own"}
    planned = await dli.planned(operation, {"cu_number": "6"} if changes else None, **options)
    known = without_effect(dli, step)
    lost = replace(planned, step=step, intent_at=dli.clock(), progress=known)
    recover = dli.engine._operations[operation].steps[step].recover

    assert isinstance(await recover(lost), Wait)
    dli.clock.time += timedelta(seconds=61)
    first = await recover(lost)
    assert isinstance(first, Proceed)
    assert first.step == step
    assert isinstance(await recover(replace(lost, progress={**known, **first.progress})), Finish)
    assert {often for cloud, at, _, often in ROWS if at in OF_DLI and cloud != "Alibaba Cloud"} == {
        "once"
    }
