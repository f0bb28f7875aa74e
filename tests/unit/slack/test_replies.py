from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flink.snapshot import DeploymentRef, DeploymentSummary, Failure, HotUpdateReport
from bot.flink.update import State
from bot.notes import Code, note
from bot.sandbox.slack.validate import option_faults
from bot.slack import replies
from bot.slack.command import COMMANDS
from bot.slack.replies.listing import plain_status
from bot.updates.directory import Listing
from tests.factories import NOW, make_event, make_snapshot, make_update
from tests.unit.slack.payloads import NASTY, actions, check, shown

DOWN = note(Code.CLOUD_UNAVAILABLE, target="prod", detail=NASTY)


def listing(count=3, total=None, trouble=None, read_at=NOW - timedelta(seconds=40), name="orders"):
    found = tuple(
        DeploymentSummary(DeploymentRef("prod", f"d-{n}"), f"{name}-{n}", "RUNNING" if n else "")
        for n in range(count)
    )
    return Listing(found, count if total is None else total, read_at, trouble)


def report(status="HOT_UPDATING", **more):
    return HotUpdateReport(hot_update_id="h-1", job_id="j-1", status=status, **more)


def test_help_lists_every_command_with_an_example():
    payload = check(replies.help_text())
    for known in COMMANDS:
        assert f"`/flink {known.example}`" in payload.text
        assert known.summary in payload.text
    assert actions(payload) == ["open_update_form", "open_jobs", "open_status", "open_help"]


def test_the_launcher_offers_the_same_as_buttons():
    assert actions(check(replies.launcher())) == actions(replies.help_text())


def test_jobs_show_status_age_and_who_is_changing_them():
    live = {("prod", "d-1"): make_update(state=State.RUNNING)}
    payload = check(replies.jobs({"prod": listing()}, live, NOW))
    assert "*prod*: 3 of 3 jobs, read 40 s ago" in payload.text
    assert "🟢 RUNNING: *orders-1*\n⏳ Running: update `k7m2q9xa` by <@U0ANNA>" in payload.text
    assert "⚪ no job: *orders-0*" in payload.text
    assert actions(payload) == ["open_update_form"] * 3
    assert payload.blocks[2]["accessory"]["value"] == "prod/d-0"


def test_of_many_jobs_20_are_shown():
    payload = check(replies.jobs({"prod": listing(100, 134)}, {}, NOW, "ord<!here>"))
    assert "20 of 134 jobs" in payload.text
    assert "Narrow it" in payload.text
    assert len(actions(payload)) == 20


def test_many_targets_share_the_rows():
    payload = check(replies.jobs({f"t{n}": listing(30) for n in range(25)}, {}, NOW))
    assert len(actions(payload)) == 20
    assert "… and 5 more targets" in payload.text


def test_a_list_that_may_be_old_says_why():
    payload = check(replies.jobs({"prod": listing(0, trouble=DOWN, read_at=None)}, {}, NOW))
    assert "no job, not read yet" in payload.text
    assert "may be out of date. prod does not answer." in payload.text
    assert "No target is configured" in check(replies.jobs({}, {}, NOW)).text


def test_a_job_whose_id_is_too_long_for_a_button_has_none():
    job = DeploymentSummary(DeploymentRef("prod", "d" * 2_000), NASTY * 5, NASTY)
    payload = check(replies.jobs({"prod": Listing((job,), 1, NOW, None)}, {}, NOW))
    assert actions(payload) == []


def test_status_lists_updates_with_a_view_each():
    updates = [make_update(id=f"u{n}", state=state) for n, state in enumerate(State)]
    payload = check(replies.status(updates, NOW, "Newest updates"))
    assert payload.text.startswith("Newest updates\n📝 Planned: *orders*")
    assert len(actions(payload)) == len(State)
    assert "No updates yet." in check(replies.status([], NOW, "Newest updates")).text


def due_since(minutes, **more):
    return make_update(state=State.RUNNING, next_at=NOW - timedelta(minutes=minutes), **more)


def test_what_no_replica_takes_is_said_to_be_left_alone():
    left = due_since(12)
    assert "⚠️ not looked after for 12 min" in check(replies.status([left], NOW, "Newest")).text
    assert "*Not looked after for 12 min.*" in check(replies.update_status(left, [], NOW)).text


@pytest.mark.parametrize(
    "looked_after",
    [
        due_since(1),
        due_since(12, lease_until=NOW + timedelta(seconds=1)),
        replace(due_since(12), state=State.AWAITING_APPROVAL),
        replace(due_since(12), next_at=None),
    ],
)
def test_what_is_taken_or_due_just_now_is_not_said_to_be_left_alone(looked_after):
    for payload in (
        replies.status([looked_after], NOW, "Newest"),
        replies.update_status(looked_after, [], NOW),
    ):
        assert "ooked after" not in check(payload).text


def test_a_job_shows_what_runs_and_what_waits():
    snapshot = make_snapshot(
        saved={"parallelism": "8"}, modified_by="bob", job={"health_score": 90, "failure": NASTY}
    )
    live = make_update(state=State.RUNNING, id="live")
    payload = check(replies.job_status(snapshot, live, [live, make_update(id="old")], NOW))
    assert payload.text.startswith("🟢 RUNNING: orders\n*An update is in progress.*")
    assert "• Parallelism: `4`" in payload.text
    assert "*Saved by bob, not running yet*" in payload.text
    assert "Parallelism: `4` → `8`" in payload.text
    assert "runs for 2 h" in payload.text
    assert "health 90" in payload.text
    assert payload.text.count("`live`") == 1
    assert "`old`" in payload.text
    assert actions(payload) == ["open_update_form"]


def test_a_job_that_ended_is_not_said_to_run():
    snapshot = make_snapshot(job={"status": "FAILED", "failure": "OutOfMemory"})
    payload = check(replies.job_status(snapshot, None, [], NOW))
    assert payload.text.startswith("🔴 FAILED: orders\n*Ran with*\nLast failure: OutOfMemory")
    assert "started 2 h ago" in payload.text
    assert "runs for" not in payload.text


def test_a_deployment_without_a_job_shows_what_is_saved():
    snapshot = make_snapshot(job=False, engine_version="")
    payload = check(replies.job_status(snapshot, None, [], NOW))
    assert payload.text.startswith("⚪ no job: orders\n*Saved; nothing runs*")
    bare = make_snapshot(job={"started_at": None, "restarts": None}, saved={})
    assert "Saved by somebody" in check(replies.job_status(bare, None, [], NOW)).text


def test_an_update_shows_everything_that_happened():
    events = [make_event(note(Code.EVENT_QUEUED, who="U0ANNA"), n) for n in range(30)]
    running = make_update(state=State.RUNNING, step="check")
    payload = check(replies.update_status(running, events, NOW))
    assert "Applied by <@U0ANNA>" in payload.text
    assert "▶️ *Check*: now" in payload.text
    assert "*Changes*" in payload.text
    assert "*What happened*" not in check(replies.update_status(make_update(), [], NOW)).text


def test_a_hot_update_nobody_follows_can_be_watched():
    payload = check(replies.result(report(request_ids=("r-1",)), "prod", None))
    assert payload.text.startswith("⏳ HOT_UPDATING: hot update\n")
    assert "hot update `h-1` · target `prod` · job `j-1`" in payload.text
    assert actions(payload) == ["watch_hot_update"]
    assert payload.blocks[-1]["elements"][0]["value"] == "prod/h-1"
    assert "request id `r-1`" in payload.text
    assert "⏳ no status" in check(replies.result(report(""), "prod", None)).text


def test_an_ended_or_followed_hot_update_is_not_watched():
    followed = check(replies.result(report(), "prod", make_update(state=State.RUNNING)))
    assert actions(followed) == ["view_update"]
    assert "Followed as update `k7m2q9xa`: ⏳ Running." in followed.text
    done = report("HOT_UPDATED", requested={"parallelism": "8"}, target={"parallelism": "8"})
    payload = check(replies.result(done, "prod", None))
    assert actions(payload) == []
    assert "*Asked for*\n• Parallelism: `8`" in payload.text
    assert "not read back" in payload.text


@pytest.mark.parametrize("failure", [Failure("NO_QUOTA", NASTY * 30, "LOW"), Failure()])
def test_a_failed_hot_update_says_why(failure):
    payload = check(replies.result(report("FAILED", failure=failure), "prod", None))
    assert payload.text.startswith("❌ FAILED: hot update\n")
    assert f"*Reason:* {failure.reason or 'none given'}" in payload.text
    assert ("Severity: LOW" in payload.text) is bool(failure.severity)


def test_a_problem_says_what_why_and_what_to_do():
    payload = check(replies.problem(DOWN))
    assert payload.text.startswith("⛔ *prod does not answer.*")
    assert "Try again later." in payload.text


def test_an_unexpected_error_gives_an_incident_id_and_nothing_else():
    payload = check(replies.problem("a1b2"))
    assert "`a1b2`" in payload.text
    assert "may not have been done" in payload.text


def test_a_mistake_offers_the_nearest_line():
    payload = check(replies.mistake(NASTY, "status orders"))
    assert "Did you mean `/flink status orders`?" in payload.text
    assert "Nothing was done." in payload.text
    assert "Did you mean" not in check(replies.mistake("x", "")).text


def test_a_receipt_links_channels_and_mentions_nobody():
    payload = check(replies.receipt(f"Told in <#C0JOBS>. {NASTY}"))
    assert "<#C0JOBS>" in payload.text
    assert "&lt;!channel&gt;" in payload.text


@pytest.mark.parametrize("trouble", [None, DOWN])
def test_options_are_what_slack_takes(trouble):
    for one in (listing(0, trouble=trouble), listing(150, trouble=trouble, name="n" * 300)):
        answer = replies.job_options(one)
        assert option_faults(answer) == []


def test_options_carry_the_id_and_the_status():
    options = replies.job_options(listing(2))["options"]
    assert [one["value"] for one in options] == ["d-0", "d-1"]
    assert options[0]["description"]["text"] == "no job"
    assert options[1]["text"]["text"] == "orders-1"


def test_options_of_an_old_list_stand_below_the_notice():
    groups = replies.job_options(listing(2, trouble=DOWN))["option_groups"]
    assert groups[0]["label"]["text"] == "May be out of date: prod does not answer."
    assert len(groups[0]["options"]) == 2


def test_everything_shown_is_also_in_the_text():
    payload = replies.job_status(make_snapshot(), None, [make_update()], NOW)
    for line in shown(payload).splitlines():
        assert line in payload.text or line == "Change"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("RUNNING", "🟢 RUNNING"),
        ("job_running", "🟢 job_running"),
        ("job_cancel_fail", "🔴 job_cancel_fail"),
        ("NEW_WORD", "🔵 NEW_WORD"),
        ("", "⚪ no job"),
    ],
)
def test_a_status_has_the_icon_of_its_phase_whatever_cloud_says_it(status, said):
    assert plain_status(status) == said
