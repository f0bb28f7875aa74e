"""Fill a view as a person would, with the sandbox's idea of Slack's client."""

import json
import re

from bot.sandbox.slack.inputs import entered_state, initial_values, options_of, slots
from bot.sandbox.slack.validate import faults

NASTY = "<!channel> <@U0ANNA> `rm` *bold* & </script> \u202e "
LONG = ("<!here>`&*_~" * 400)[:3001]


def accepted_by_slack(view):
    """The view itself, once nothing in it would be refused."""
    plain = json.loads(json.dumps(view))
    assert faults(plain, "modal") == []
    return plain


def _texts(node):
    if isinstance(node, list):
        return [one for child in node for one in _texts(child)]
    if not isinstance(node, dict):
        return []
    own = [node] if node.get("type") in {"mrkdwn", "plain_text"} else []
    return own + [one for child in node.values() for one in _texts(child)]


def words_of(view):
    """All that can be read, in order."""
    return "\n".join(text["text"] for text in _texts(view["blocks"]))


def mentions_in(view):
    """What would ping somebody or link somewhere; dates do neither."""
    mrkdwn = [text["text"] for text in _texts(view["blocks"]) if text["type"] == "mrkdwn"]
    return re.findall(r"<(?!!date\^)[^>]*", "\n".join(mrkdwn))


def filled(view, **entered):
    """A submitted view; `entered` maps the first part of a block id (dots as `__`) to a value."""
    shown = accepted_by_slack(view)
    state = initial_values(shown["blocks"])
    left = {name.replace("__", "."): value for name, value in entered.items()}
    for slot in slots(shown["blocks"]):
        block_id, action_id = slot.ids
        field = block_id.partition(":")[0]
        if field in left:
            value = left.pop(field)
            offered = options_of(slot.element)
            if slot.element["type"] == "external_select" and value:
                offered = [{"text": {"type": "plain_text", "text": value}, "value": value}]
            state[block_id][action_id] = entered_state(slot.element, value, offered)
    assert not left
    return {**shown, "state": {"values": state}}


def block(view, block_id):
    """One block."""
    return next(one for one in view["blocks"] if one.get("block_id") == block_id)
