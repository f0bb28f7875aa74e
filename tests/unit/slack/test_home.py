import json
from dataclasses import replace
from datetime import timedelta

from bot.flink.update import State, Verdict
from bot.notes import Code, note
from bot.sandbox.slack.validate import faults
from bot.slack import home
from bot.slack.ids import Action
from tests.factories import NOW, make_update
from tests.unit.slack.modals.filling import LONG, NASTY, mentions_in, words_of
from tests.unit.slack.payloads import actions


class Shown:
    """A tab as a payload, for the helpers of messages."""

    def __init__(self, view):
        self.blocks = view["blocks"]


def news(live=(), ended=(), read_at=NOW):
    return home.News(live=list(live), newest=[*live, *ended], read_at=read_at)


PROD = home.Reach("prod", "production", "C0JOBS")


def tab(shown=None, reach=(PROD,)):
    view = json.loads(json.dumps(home.build(shown or news(), reach)))
    assert faults(view, "home") == []
    return view


def running(number=0, **overrides):
    return make_update(id=f"r{number}", state=State.RUNNING, step="trigger", **overrides)


def over(number=0, **overrides):
    verdict = Verdict((note(Code.VERDICT_APPLIED),))
    return make_update(id=f"o{number}", state=State.SUCCEEDED, verdict=verdict, **overrides)


def test_a_tab_on_which_nothing_goes_on_still_offers_everything():
    view = tab()
    said = words_of(view)
    assert "*Being changed now*\nNothing." in said
    assert "*Ended last*\nNothing yet." in said
    assert "• *prod* (production): ✅ you may; cards go to <#C0JOBS>" in said
    assert actions(Shown(view)) == [
        Action.OPEN_UPDATE_FORM,
        Action.OPEN_JOBS,
        Action.OPEN_STATUS,
        Action.REFRESH_HOME,
    ]


def test_an_update_under_way_shows_step_age_requester_and_channel_and_can_be_viewed():
    view = tab(news(live=[running()]))
    line = next(line for line in words_of(view).splitlines() if "step" in line)
    assert "⏳ Running: *orders*" in words_of(view)
    assert line == (
        "step 4 of 6: Trigger · for 1 min 12 s · target `prod` · by <@U0ANNA> · in <#C0JOBS>"
    )
    assert actions(Shown(view))[-1] == Action.VIEW_UPDATE


def test_one_that_has_not_begun_has_no_step():
    assert "step" not in words_of(tab(news(live=[make_update(state=State.QUEUED)])))


def test_what_ended_shows_its_verdict_the_newest_end_first():
    newest = over(1, name="payments", finished_at=NOW)
    said = words_of(tab(news(ended=[over(), newest])))
    assert said.index("✅ Succeeded: *payments*") < said.index("✅ Succeeded: *orders*")
    assert "Applied. The running job shows every value, read back from it." in said
    cancelled = make_update(state=State.CANCELLED)
    assert "Cancelled: *orders*" in words_of(tab(news(ended=[cancelled])))


def test_who_may_not_is_told_why_and_who_may_elsewhere_is_told_where():
    no = note(Code.NOT_ALLOWED, target="a", missing="user", user="U0BEN", channel="")
    there = note(Code.CHANNEL_NEEDED, target="b", channels="C0OPS")
    said = words_of(
        tab(reach=[home.Reach("a", refusal=no), home.Reach("b", refusal=there), home.Reach("c")])
    )
    assert "• *a*: ⛔ you may not. Not on the list: you. Your user id is U0BEN" in said
    assert "• *b*: 💬 not from here. Run `/flink update` in <#C0OPS>." in said
    assert "• *c*: ✅ you may; cards go to the channel you choose" in said
    assert "No target is configured." in words_of(tab(reach=[]))


def test_where_an_update_is_told_directly_is_not_shown_to_others():
    assert "in <#" not in words_of(tab(news(live=[running(channel="D0ANNA")]), reach=[]))


def test_of_very_much_the_tab_shows_what_slack_takes():
    live = [running(n, name=LONG, channel=NASTY) for n in range(home.MOST_LIVE + 1)]
    ended = [over(n, name=NASTY) for n in range(30)]
    reach = [home.Reach(NASTY, LONG) for _ in range(200)]
    view = tab(news(live, ended), reach)
    assert "and more" in words_of(view)
    assert len(actions(Shown(view))) == 4 + home.MOST_LIVE + home.MOST_ENDED
    assert set(mentions_in(view)) == {"<@U0ANNA", "<#C0JOBS"}


def test_time_alone_is_no_news_and_a_step_is():
    before = news(live=[running()])
    assert before.same_as(news(live=[running()], read_at=NOW + timedelta(minutes=5)))
    assert not before.same_as(news(live=[running(1)]))
    moved = replace(running(), step="poll")
    assert not before.same_as(news(live=[moved]))
    assert not before.same_as(news(ended=[over()]))


def test_trouble_is_said_on_the_tab_and_can_be_tried_again():
    refused = note(Code.UNKNOWN_UPDATE, id="x")
    for trouble, said in ((refused, "x"), ("abc123", "incident `abc123`")):
        view = json.loads(json.dumps(home.problem(trouble)))
        assert faults(view, "home") == []
        assert said in words_of(view)
        assert Action.REFRESH_HOME in actions(Shown(view))
