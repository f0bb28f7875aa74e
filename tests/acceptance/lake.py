"""The world with a second cloud: a DLI project beside Alibaba Cloud, served by one bot."""

from dataclasses import replace

from bot.sandbox.dli import Account, DliSimulator
from bot.sandbox.dli.faults import Fault
from bot.sandbox.stage import CHANNEL, PROJECT, REGION, VARIABLES
from bot.slack.ids import Action
from bot.updates.dli.steps import Pace
from tests.acceptance.world import QUICK, World, field

QUICK_DLI = replace(QUICK, dli_pace=Pace(poll=0.05, grace=0.5, settle=1.0, observe=0.5))
FORM = "Change a job"
TABLE = """
[targets.lake]
cloud = "huawei"
region = "{region}"
project_id = "{project}"
endpoint = "{dli}"
iam_endpoint = "{dli}"
environment = "sandbox"
channel = "{channel}"
allow_users = ["*"]
allow_channels = ["*"]
"""


class Lake(World):
    """What a test drives and looks at."""

    def __init__(self, folder, *more):
        super().__init__(folder, *more)
        account = Account(VARIABLES["HUAWEICLOUD_SDK_AK"], VARIABLES["HUAWEICLOUD_SDK_SK"])
        self.dli = DliSimulator(project_id=PROJECT, region=REGION, account=account, speed=20.0)

    async def __aenter__(self):
        self.clouds["dli"] = await self.dli.start()
        return await super().__aenter__()

    async def __aexit__(self, *exception):
        await super().__aexit__(*exception)
        await self.dli.stop()

    async def start(self, *, more="", ends=QUICK_DLI, **given):
        table = TABLE.format(
            region=REGION, project=PROJECT, dli=self.clouds["dli"], channel=CHANNEL
        )
        await super().start(more=f"{table}\n{more}", ends=ends, **given)

    @property
    def lake(self):
        return self.dli.cloud

    def job(self, name):
        return self.lake.named(name)

    def writes(self):
        """Count what was asked of the cloud besides reading."""
        names = (
            "UpdateFlinkSqlJob",
            "UpdateFlinkJarJob",
            "ImportFlinkJobSavepoint",
            "ExecuteFlinkJobSavepoint",
            "BatchRunFlinkJobs",
            "BatchStopFlinkJobs",
        )
        return {name: count for name in names if (count := self.dli.calls(name))}

    async def form(self, name, *groups, person=None):
        """Open the form of a job and tick groups; give it with their fields."""
        form = await self.screen(f"/flink update {name}", FORM, person)
        return await self.ticked(form, *groups, person=person) if groups else form

    async def ticked(self, form, *groups, person=None):
        """Tick groups in the form; give it with their fields."""
        person = person or self.ada
        block = field(form, "groups")
        outcome = await person.choose(form, block, Action.CHOOSE_GROUPS, list(groups))
        assert outcome.ok, outcome
        return await self.seen(lambda: _shows(person, block, groups))

    async def reviewed(self, form, mode="", person=None, **values):
        """Fill the form's fields (dots in names as `__`) and submit it; give the review."""
        entered = {field(form, name.replace("__", ".")): v for name, v in values.items()}
        if mode:
            entered[field(form, "mode")] = mode
        return await self.submitted(form, entered, person)


def _shows(person, block, groups):
    [form] = person.views
    ticked = next((one for one in form.blocks if one.get("block_id") == block), None)
    chosen = (ticked or {}).get("element", {}).get("initial_options", ())
    return form if {one["value"] for one in chosen} == set(groups) else None


def lake_fault(operation, kind, **given):
    """Make an order of misbehaviour for the project."""
    return Fault(operation=operation, kind=kind, **given)
