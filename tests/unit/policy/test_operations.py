from bot.policy.operations import Operation
from bot.slack.english import ENGLISH
from bot.updates.dli.route import DLI_OPERATIONS
from bot.updates.hot_update.plan import HOT_UPDATE, RESTORE_SAVED, WATCH_HOT_UPDATE


def test_rules_know_every_operation_by_its_name():
    names = {HOT_UPDATE, RESTORE_SAVED, WATCH_HOT_UPDATE, *DLI_OPERATIONS}

    assert {operation.value for operation in Operation} == names == set(ENGLISH.operations)


def test_a_stop_always_interrupts():
    assert [one for one in Operation if one.interrupts] == [Operation.DLI_STOP]
