"""Every role, operation, set of rules and moment, each with what is expected of it written down."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.policy.decide import decide
from bot.policy.hours import Day, Hours
from bot.policy.limits import Limits
from bot.policy.operations import Operation
from bot.policy.people import Person
from bot.policy.rules import Ruling
from tests.unit.policy.bench import (
    DATA,
    JOBS,
    ONCALL,
    allow_lists,
    change,
    people,
    person,
    request,
    rule,
    stranger,
)

WEEKDAYS = frozenset(Day) - {Day.SAT, Day.SUN}
OFFICE = Limits(hours=Hours(ZoneInfo("UTC"), WEEKDAYS, 9 * 60, 18 * 60))
MOMENTS = {
    "noon": datetime(2026, 3, 2, 12, tzinfo=UTC),
    "night": datetime(2026, 3, 2, 23, tzinfo=UTC),
    "sunday": datetime(2026, 3, 1, 12, tzinfo=UTC),
}
ROLES = {
    "guest": person("U0GUEST", "S0GUESTS"),
    "data": person("U0ADA", DATA),
    "oncall": person("U0BEN", DATA, ONCALL),
    "listed": person("U0LIN"),
    "anybody": person("U0SAM"),
    "unknown": stranger("U0ADA"),
    "unknown listed": Person("U0LIN", None),
}
LISTS = allow_lists(["U0LIN"], [JOBS])
RULES = {
    "none": [],
    "lists": [LISTS],
    "tiers": [
        rule("guests", requesters=people("S0GUESTS"), decision=Ruling.REFUSE),
        rule(
            "stops",
            operations=frozenset({"dli_stop", "dli_start"}),
            requesters=people(ONCALL),
            refuse_beyond=OFFICE,
        ),
        rule(
            "changes",
            operations=frozenset({"hot_update", "dli_update"}),
            requesters=people(DATA),
            approval_beyond=OFFICE,
        ),
        LISTS,
    ],
    "names": [
        rule("lins", requesters=people("U0LIN"), decision=Ruling.APPROVAL),
        rule("others", requesters=people("*"), refuse_beyond=OFFICE),
    ],
}
LIVE = (change("parallelism", "4", "5"),)
SAVED = (change("sql_body", "a", "b", live=False),)
KINDS = {
    "live": (Operation.HOT_UPDATE, LIVE),
    "definition": (Operation.DLI_UPDATE, SAVED),
    "stop": (Operation.DLI_STOP, ()),
    "start": (Operation.DLI_START, ()),
    "savepoint": (Operation.DLI_TAKE_SAVEPOINT, ()),
    "import": (Operation.DLI_IMPORT_SAVEPOINT, ()),
    "restore": (Operation.RESTORE_SAVED, LIVE),
    "watch": (Operation.WATCH_HOT_UPDATE, ()),
}
# A applies at once, y needs somebody's yes, - is refused; at noon, by night, on Sunday.
EXPECTED = """
rules  role            live  definition  stop  start  savepoint  import  restore  watch
none   guest           ---   ---         ---   ---    ---        ---     ---      ---
none   data            ---   ---         ---   ---    ---        ---     ---      ---
none   oncall          ---   ---         ---   ---    ---        ---     ---      ---
none   listed          ---   ---         ---   ---    ---        ---     ---      ---
none   anybody         ---   ---         ---   ---    ---        ---     ---      ---
none   unknown         ---   ---         ---   ---    ---        ---     ---      ---
none   unknown_listed  ---   ---         ---   ---    ---        ---     ---      ---
lists  guest           ---   ---         ---   ---    ---        ---     ---      ---
lists  data            ---   ---         ---   ---    ---        ---     ---      ---
lists  oncall          ---   ---         ---   ---    ---        ---     ---      ---
lists  listed          AAA   AAA         AAA   AAA    AAA        AAA     AAA      AAA
lists  anybody         ---   ---         ---   ---    ---        ---     ---      ---
lists  unknown         ---   ---         ---   ---    ---        ---     ---      ---
lists  unknown_listed  AAA   AAA         AAA   AAA    AAA        AAA     AAA      AAA
tiers  guest           ---   ---         ---   ---    ---        ---     ---      ---
tiers  data            Ayy   yyy         ---   ---    ---        ---     ---      ---
tiers  oncall          Ayy   yyy         y--   A--    ---        ---     ---      ---
tiers  listed          AAA   AAA         AAA   AAA    AAA        AAA     AAA      AAA
tiers  anybody         ---   ---         ---   ---    ---        ---     ---      ---
tiers  unknown         ---   ---         ---   ---    ---        ---     ---      ---
tiers  unknown_listed  ---   ---         ---   ---    ---        ---     ---      ---
names  guest           A--   y--         y--   A--    A--        A--     A--      A--
names  data            A--   y--         y--   A--    A--        A--     A--      A--
names  oncall          A--   y--         y--   A--    A--        A--     A--      A--
names  listed          yyy   yyy         yyy   yyy    yyy        yyy     yyy      yyy
names  anybody         A--   y--         y--   A--    A--        A--     A--      A--
names  unknown         A--   y--         y--   A--    A--        A--     A--      A--
names  unknown_listed  yyy   yyy         yyy   yyy    yyy        yyy     yyy      yyy
"""
SIGNS = {Ruling.APPLY: "A", Ruling.APPROVAL: "y", Ruling.REFUSE: "-"}


def cells():
    header, *rows = [line.split() for line in EXPECTED.strip().splitlines()]
    for rules, role, *said in rows:
        for kind, signs in zip(header[2:], said, strict=True):
            for moment, sign in zip(MOMENTS, signs, strict=True):
                yield rules, role.replace("_", " "), kind, moment, sign


@pytest.mark.parametrize(("rules", "role", "kind", "moment", "sign"), list(cells()))
def test_who_may_do_what_when(rules, role, kind, moment, sign):
    operation, changes = KINDS[kind]
    asked = request(*changes, who=ROLES[role], operation=operation, now=MOMENTS[moment])

    assert SIGNS[decide(RULES[rules], asked).ruling] == sign


def test_the_table_has_every_combination():
    found = {cell[:4] for cell in cells()}

    assert len(found) == len(RULES) * len(ROLES) * len(Operation) * len(MOMENTS)
