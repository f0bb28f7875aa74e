"""What the audit holds of changes that somebody approved, rejected or froze: all of it."""

from bot.notes import Code
from bot.slack.ids import Action
from bot.store.audit import verify
from bot.store.reading import entries
from tests.acceptance.test_approvals import OF_ALL, answered, requested
from tests.acceptance.test_freeze import typed
from tests.acceptance.world import JOB

TEAM = "T0SANDBOX"
REFUSES = OF_ALL.replace('decision = "approval"', 'decision = "refuse"')


def audit(world):
    """Give what happened: its code and columns, in the order of the chain."""
    url = f"sqlite+aiosqlite:///{world.folder}/flinkbot.sqlite3"
    assert verify(url).broken is None
    return [(entry.columns["code"], entry.columns) for entry in entries(url)]


def facts_of(found, code, its_id=""):
    return next(
        one["facts"] for known, one in found if known == code and its_id in one["update_id"]
    )


async def test_a_change_is_found_with_who_what_why_and_how_it_ended(world):
    approved, card = await requested(world)
    await answered(world, world.lin, card)
    await world.told(approved)
    rejected, card = await requested(world, f"/flink rescale {JOB} 6")
    await typed(world, "/flink freeze sandbox release", "froze sandbox")
    await typed(world, "/flink unfreeze sandbox", "lifted the freeze")
    why = await world.pressed(Action.REJECT_UPDATE, world.lin, card, "Reject the request")
    await world.lin.submit(why, {"rejection": "the sale is on"})
    await world.told(rejected, "card", "Cancelled")

    found = audit(world)

    assert [one for _, one in found if one["actor"] and one["facts"].get("team") != TEAM] == []
    planned = facts_of(found, Code.EVENT_PLANNED, approved)
    assert planned["changes"] == [{"name": "parallelism", "before": "4", "after": "8"}]
    bound = {"digest": planned["digest"], "rule": "two-people"}
    for code in (Code.EVENT_APPROVAL_ASKED, Code.EVENT_APPROVED, Code.EVENT_QUEUED):
        assert facts_of(found, code, approved).items() >= bound.items()
    assert facts_of(found, Code.EVENT_QUEUED, approved)["approvers"] == ["U0LIN"]
    ended = facts_of(found, Code.EVENT_FINISHED, approved)
    assert (ended["outcome"], ended["observed"]) == ("succeeded", {"parallelism": "8"})
    triggered = next(one for code, one in found if code == Code.EVENT_TRIGGERED)
    assert set(triggered["args"]["request_id"].split(", ")) <= set(ended["request_ids"])
    no = facts_of(found, Code.EVENT_REJECTED, rejected)
    assert (no["rule"], no["why"]) == ("two-people", "the sale is on")
    places = [code for code, one in found if one["update_id"] == "freeze:sandbox"]
    assert places == [Code.EVENT_FROZEN, Code.EVENT_UNFROZEN]
