"""Opening, stacking and changing views, as a slack_sdk client sees it."""

import json

import pytest

from bot.sandbox.slack.refusals import RefusedError
from bot.sandbox.slack.validate import LARGEST_VIEW
from bot.sandbox.slack.views import checked
from tests.unit.sandbox.slack.cards import entry, form, plain
from tests.unit.sandbox.slack.test_chat_methods import refused


@pytest.fixture
def ada(slack):
    return slack.person("ada")


@pytest.fixture
def trigger(slack):
    return lambda view_id="": slack.workspace.triggers.issue("U0ADA", view_id)


async def test_a_trigger_opens_one_view(client, ada, trigger):
    trigger_id = trigger()
    opened = await client.views_open(trigger_id=trigger_id, view=form())
    assert opened["view"]["id"] == ada.views[0].id
    again = await refused(client.views_open(trigger_id=trigger_id, view=form()))
    assert again["error"] == "exchanged_trigger_id"


async def test_a_trigger_lives_three_seconds(client, clock, trigger):
    in_time = trigger()
    clock.pass_seconds(2.5)
    assert (await client.views_open(trigger_id=in_time, view=form()))["ok"]
    trigger_id = trigger()
    clock.pass_seconds(3)
    answer = await refused(client.views_open(trigger_id=trigger_id, view=form()))
    assert answer["error"] == "expired_trigger_id"


async def test_a_trigger_nobody_issued_is_refused(client):
    answer = await refused(client.views_open(trigger_id="1.2.3", view=form()))
    assert answer["error"] == "invalid_trigger_id"


async def test_a_broken_view_is_refused_and_leaves_the_trigger(client, ada, trigger):
    trigger_id = trigger()
    broken = form() | {"title": plain("x" * 25)}
    answer = await refused(client.views_open(trigger_id=trigger_id, view=broken))
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]
    await client.views_open(trigger_id=trigger_id, view=form())
    assert len(ada.views) == 1


async def test_a_view_is_an_object(client, trigger):
    answer = await refused(client.api_call("views.open", json={"trigger_id": trigger()}))
    assert answer["error"] == "invalid_arguments"


async def test_too_large_a_view_is_refused(client, trigger):
    large = form() | {"blocks": [{"type": "section", "text": plain("x" * 3000)}] * 90}
    answer = await refused(client.views_open(trigger_id=trigger(), view=large))
    assert answer["error"] == "view_too_large"


def test_a_view_of_exactly_the_largest_size_is_taken():
    def view(last):
        sections = [{"type": "section", "text": plain(text)} for text in ["x" * 2900] * 84 + [last]]
        return form() | {"blocks": sections}

    room = LARGEST_VIEW - len(json.dumps(view("")))
    assert checked(view("x" * room), "modal")
    with pytest.raises(RefusedError, match="view_too_large"):
        checked(view("x" * (room + 1)), "modal")


async def test_three_views_stand_on_each_other_and_no_more(client, ada, trigger):
    await client.views_open(trigger_id=trigger(), view=form("1"))
    await client.views_push(trigger_id=trigger(ada.views[-1].id), view=form("2"))
    await client.views_open(trigger_id=trigger(ada.views[-1].id), view=form("3"))
    assert [view.private_metadata for view in ada.views] == ["1", "2", "3"]
    assert {view.root_id for view in ada.views} == {ada.views[0].id}
    assert [view.previous_id for view in ada.views] == ["", *(v.id for v in ada.views[:2])]
    fourth = await refused(client.views_push(trigger_id=trigger(ada.views[-1].id), view=form("4")))
    assert fourth["error"] == "push_limit_reached"


async def test_a_view_is_pushed_on_an_open_one_only(client, trigger):
    answer = await refused(client.views_push(trigger_id=trigger(), view=form()))
    assert answer["error"] == "not_found"


async def test_a_command_replaces_what_was_open(client, ada, trigger):
    await client.views_open(trigger_id=trigger(), view=form("1"))
    await client.views_open(trigger_id=trigger(), view=form("2"))
    assert [view.private_metadata for view in ada.views] == ["2"]


async def test_an_update_changes_the_hash_and_an_old_hash_conflicts(client, ada, trigger):
    opened = (await client.views_open(trigger_id=trigger(), view=form()))["view"]
    updated = await client.views_update(view_id=opened["id"], hash=opened["hash"], view=form("2"))
    assert updated["view"]["hash"] != opened["hash"]
    conflict = await refused(
        client.views_update(view_id=opened["id"], hash=opened["hash"], view=form("3"))
    )
    assert conflict["error"] == "hash_conflict"
    await client.views_update(view_id=opened["id"], view=form("4"))
    assert ada.views[0].private_metadata == "4"


async def test_typed_values_survive_only_under_unchanged_ids(slack, client, ada, trigger):
    opened = (await client.views_open(trigger_id=trigger(), view=form()))["view"]
    await ada.choose(ada.views[0], "parallelism", "typed", "9")
    await ada.choose(ada.views[0], "reason", "typed", "load")
    changed = form()
    changed["blocks"][2]["block_id"] = "parallelism_again"
    changed["blocks"].append(
        entry("job2", {"type": "plain_text_input", "action_id": "a", "initial_value": "x"}, "J")
    )
    await client.views_update(view_id=opened["id"], view=changed)
    state = ada.views[0].state
    assert state["parallelism_again"]["typed"]["value"] == "4"
    assert state["reason"]["typed"]["value"] == "load"
    assert state["job2"]["a"]["value"] == "x"


async def test_ids_the_app_left_out_are_made_up(client, ada, trigger):
    nameless = form()
    del nameless["blocks"][0]["block_id"]
    del nameless["blocks"][0]["accessory"]["action_id"]
    await client.views_open(trigger_id=trigger(), view=nameless)
    block = ada.views[0].blocks[0]
    assert block["block_id"]
    assert block["accessory"]["action_id"]


async def test_a_closed_view_cannot_be_updated(client, ada, trigger):
    opened = (await client.views_open(trigger_id=trigger(), view=form()))["view"]
    await ada.close(ada.views[0])
    answer = await refused(client.views_update(view_id=opened["id"], view=form()))
    assert answer["error"] == "not_found"


async def test_cancel_on_top_shows_the_view_below_unless_asked_to_clear(client, ada, trigger):
    await client.views_open(trigger_id=trigger(), view=form("1"))
    await client.views_push(trigger_id=trigger(ada.views[0].id), view=form("2"))
    await ada.close(ada.views[1])
    assert [view.private_metadata for view in ada.views] == ["1"]
    clearing = form("2") | {"clear_on_close": True, "notify_on_close": False}
    await client.views_push(trigger_id=trigger(ada.views[0].id), view=clearing)
    await ada.close(ada.views[1])
    assert ada.views == []


async def test_an_external_id_finds_its_view_and_is_unique(client, ada, trigger):
    named = form() | {"external_id": "mine"}
    await client.views_open(trigger_id=trigger(), view=named)
    await client.views_update(external_id="mine", view=named | {"private_metadata": "2"})
    assert ada.views[0].private_metadata == "2"
    again = await refused(client.views_push(trigger_id=trigger(ada.views[0].id), view=named))
    assert again["error"] == "duplicate_external_id"


async def test_a_home_tab_is_published_and_changed(client, ada):
    home = {"type": "home", "blocks": [{"type": "header", "text": plain("Updates")}]}
    first = (await client.views_publish(user_id="U0ADA", view=home))["view"]
    await client.views_publish(user_id="U0ADA", view=home, hash=first["hash"])
    assert ada.home.words() == "Updates"
    conflict = await refused(client.views_publish(user_id="U0ADA", view=home, hash=first["hash"]))
    assert conflict["error"] == "hash_conflict"
    assert ada.views == []
    await client.views_update(view_id=first["id"], view=home)
    wrong = await refused(client.views_publish(user_id="U0ADA", view=form()))
    assert wrong["error"] == "invalid_arguments"
