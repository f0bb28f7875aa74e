"""Hot updates keep the bot's promises in any order of what can happen."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from bot.flink.snapshot import DeploymentRef
from tests.model.alibaba import Trouble
from tests.model.bed import Bed
from tests.model.machine import PEOPLE, SETTINGS, Machine

JOBS = ["d-1", "d-2"]
WISHES = [
    {"parallelism": "8"},
    {"parallelism": "2"},
    {"execution.checkpointing.interval": "1 min"},
    {"parallelism": "6", "taskmanager.memory": "8 GiB"},
    {"taskmanager.memory": "2 GiB"},
]


class HotUpdates(Machine):
    """Two deployments, changed by the bot and by others."""

    @initialize(wish=st.sampled_from(WISHES))
    def begin_with_an_update(self, wish):
        planned = self.planned("A", PEOPLE[0], "d-1", wish)
        self.applied(planned.id, PEOPLE[0], ["A"])

    @precondition(lambda self: self.room)
    @rule(
        names=st.sampled_from([["A"], ["B"], ["A", "B"]]),
        who=st.sampled_from(PEOPLE),
        job=st.sampled_from(JOBS),
        wish=st.sampled_from(WISHES),
        apply=st.sampled_from([True, True, False]),
    )
    def somebody_asks(self, names, who, job, wish, apply):
        planned = self.planned(names[0], who, job, wish)
        if planned is not None and apply:
            self.applied(planned.id, who, names)

    def planned(self, name, who, job, wish):
        ref = DeploymentRef("prod", job)
        return self.ask(name, lambda r: r.requests.hot_update.plan(who, ref, wish))

    @rule(
        method=st.sampled_from(["read", "save", "hot_update", "hot_update"]),
        trouble=st.sampled_from(list(Trouble)),
        times=st.integers(1, 3),
    )
    def cloud_fails(self, method, trouble, times):
        self.world.alibaba.faults.add(method, trouble, times)

    @rule(
        job=st.sampled_from(JOBS),
        what=st.sampled_from(["saves", "restarts", "stops", "dooms"]),
        wish=st.sampled_from(WISHES),
    )
    def somebody_else(self, job, what, wish):
        cloud = self.world.alibaba
        match what:
            case "saves":
                cloud.somebody_saves(job, wish)
            case "restarts":
                cloud.somebody_restarts(job)
            case "stops":
                cloud.somebody_stops(job)
            case "dooms":
                cloud.deployments_[job].doomed = True

    def excuse_what_is_under_way(self):
        if self.world.alibaba.under_way():
            for row in self.witness.rows.values():
                self.witness.excuses[row.id].append("slow")


def test_any_order_of_what_can_happen_keeps_the_promises():
    with Bed() as bed:
        machine = type("BeddedHotUpdates", (HotUpdates,), {"bed": bed})
        run_state_machine_as_test(machine, settings=SETTINGS)
