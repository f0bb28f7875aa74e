"""Changes of a DLI job keep the bot's promises in any order of what can happen."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from bot.flink.dli.options import Mode, Options
from bot.flink.snapshot import DeploymentRef
from bot.updates.dli.route import DliOperation
from tests.model.alibaba import Trouble
from tests.model.bed import Bed
from tests.model.dli import JOB
from tests.model.machine import PEOPLE, SETTINGS, Machine

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
        self.applied(planned.id, PEOPLE[0], ["A"])

    @precondition(lambda self: self.room)
    @rule(
        names=st.sampled_from([["A"], ["B"], ["A", "B"]]),
        who=st.sampled_from(PEOPLE),
        wish=st.sampled_from(WISHES),
        apply=st.sampled_from([True, True, False]),
    )
    def somebody_asks(self, names, who, wish, apply):
        planned = self.planned(names[0], who, wish)
        if planned is not None and apply:
            self.applied(planned.id, who, names)

    def planned(self, name, who, wish):
        operation, options, values = wish
        return self.ask(name, lambda r: r.requests.dli.plan(who, REF, operation, options, values))

    @rule(
        method=st.sampled_from(["read", "save", "stop", "start", "take_savepoint"]),
        trouble=st.sampled_from(list(Trouble)),
        times=st.integers(1, 3),
    )
    def cloud_fails(self, method, trouble, times):
        self.world.dli.faults.add(method, trouble, times)

    @rule(what=st.sampled_from(["saves", "stops or starts", "dooms", "dooms twice"]))
    def somebody_else(self, what):
        dli = self.world.dli
        match what:
            case "saves":
                dli.somebody_saves({"smn_topic": f"topic-{dli.revision}"})
            case "stops or starts":
                (dli.somebody_starts if dli.down else dli.somebody_stops)()
            case _:
                dli.doomed = 1 if what == "dooms" else 2

    def excuse_what_is_under_way(self):
        if self.world.dli.under_way():
            for row in self.witness.rows.values():
                self.witness.excuses[row.id].append("slow")


def test_any_order_of_what_can_happen_keeps_the_promises():
    with Bed() as bed:
        machine = type("BeddedRestarts", (Restarts,), {"bed": bed})
        run_state_machine_as_test(machine, settings=settings(SETTINGS, max_examples=50))
