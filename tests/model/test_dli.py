"""Changes of a DLI job keep the bot's promises in any order of what can happen."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from bot.flink.dli.options import Mode, Options
from bot.flink.snapshot import DeploymentRef
from bot.updates.dli.route import DliOperation
from tests.model.alibaba import Trouble
from tests.model.dli import JOB
from tests.model.machine import PEOPLE, REPLICAS, SETTINGS, Bed, Machine

REF = DeploymentRef("huawei", JOB)
OWN = "state/mine"
RESTARTS = [
    (DliOperation.UPDATE, Options(mode=Mode.RESTART), {"tm_cus": "2"}),
    (DliOperation.UPDATE, Options(mode=Mode.RESTART, savepoint_path=OWN), {"parallel_number": "8"}),
]
WISHES = [
    *RESTARTS,
    (DliOperation.UPDATE, Options(mode=Mode.LIVE), {"smn_topic": "oncall"}),
    (DliOperation.UPDATE, Options(mode=Mode.NEXT_START), {"parallel_number": "2"}),
    (DliOperation.IMPORT_SAVEPOINT, Options(savepoint_path="state/other"), {}),
    (DliOperation.TAKE_SAVEPOINT, Options(savepoint_path=OWN), {}),
    (DliOperation.START, Options(), {}),
    (DliOperation.STOP, Options(), {}),
]


class Restarts(Machine):
    """One job, changed by the bot and by others."""

    @initialize(wish=st.sampled_from(RESTARTS))
    def begin_with_a_restart(self, wish):
        planned = self.planned("A", PEOPLE[0], wish)
        self.ask("A", lambda r: r.submissions.apply(planned.id, PEOPLE[0], accepted=True))

    @rule(
        name=st.sampled_from(REPLICAS),
        who=st.sampled_from(PEOPLE),
        wish=st.sampled_from(WISHES),
    )
    def plan(self, name, who, wish):
        self.planned(name, who, wish)

    def planned(self, name, who, wish):
        operation, options, values = wish
        return self.ask(name, lambda r: r.requests.dli.plan(who, REF, operation, options, values))

    @rule(
        method=st.sampled_from(["read", "write", "write"]),
        trouble=st.sampled_from(list(Trouble)),
        times=st.integers(1, 3),
    )
    def cloud_fails(self, method, trouble, times):
        self.world.dli.faults.add(method, trouble, times)

    @rule(times=st.integers(1, 2))
    def the_next_starts_are_doomed(self, times):
        self.world.dli.doomed = times

    @rule(topic=st.sampled_from(["oncall", "nobody"]))
    def somebody_saves(self, topic):
        self.world.dli.somebody_saves({"smn_topic": topic})

    @rule()
    def somebody_stops_or_starts_the_job(self):
        dli = self.world.dli
        (dli.somebody_starts if dli.down else dli.somebody_stops)()

    def excuse_what_is_under_way(self):
        if self.world.dli.under_way():
            for row in self.witness.rows.values():
                self.witness.excuses[row.id].append("slow")


def test_any_order_of_what_can_happen_keeps_the_promises():
    with Bed() as bed:
        machine = type("BeddedRestarts", (Restarts,), {"bed": bed})
        run_state_machine_as_test(machine, settings=SETTINGS)
