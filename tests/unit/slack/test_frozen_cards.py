"""What a card says of a freeze that began after it was asked for."""

from bot.flink.update import State
from bot.notes import Code, note
from bot.slack.cards import render
from bot.updates.hot_update.plan import WATCH_HOT_UPDATE
from tests.factories import NOW, make_event, make_message, make_update
from tests.unit.slack.payloads import check

FROZEN = make_event(note(Code.EVENT_FROZEN, target="prod", who="U0ANNA"))


def card(**overrides):
    return check(render(make_message(), make_update(**overrides), [FROZEN], NOW))


def test_what_is_queued_ends():
    assert "It ends, and nothing of it is sent." in card(state=State.QUEUED).text


def test_what_only_watches_begins_all_the_same():
    watching = card(state=State.QUEUED, operation=WATCH_HOT_UPDATE)
    assert "Watching starts within seconds." in watching.text
    assert "It ends" not in watching.text
