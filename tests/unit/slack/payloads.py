"""What every message must keep, whatever is in it."""

import json
import re

from bot.sandbox.slack.validate import faults

NASTY = "<!channel> <@U0EVIL> <!here|x> & `code` *b* ```x```\n> line"
_MENTION = re.compile(r"<(!(?!date\^)|@(?!U0ANNA>)|http|mailto|#(?!C0JOBS>))")


def texts(payload, kinds=("mrkdwn",)):
    found = []

    def walk(node):
        if isinstance(node, list):
            for one in node:
                walk(one)
        if isinstance(node, dict):
            if node.get("type") in kinds and isinstance(node.get("text"), str):
                found.append(node["text"])
            for one in node.values():
                walk(one)

    walk(payload.blocks)
    return found


def check(payload):
    """Hold a payload to Slack's limits, and to mentioning nobody but the requester."""
    assert faults({"text": payload.text, "blocks": payload.blocks}, "message") == []
    assert 0 < len(payload.text) <= 4_000
    for shown in (payload.text, *texts(payload)):
        assert not _MENTION.search(shown), shown
    json.dumps(payload.blocks)
    return payload


def shown(payload):
    """Everything that is seen."""
    return "\n".join(texts(payload, ("mrkdwn", "plain_text")))


def actions(payload):
    """The ids of the buttons, in order."""
    everything = [
        element
        for block in payload.blocks
        for element in [*block.get("elements", []), block.get("accessory")]
        if element and element["type"] == "button"
    ]
    assert all(0 < len(button["accessibility_label"]) <= 75 for button in everything)
    return [button["action_id"] for button in everything]
