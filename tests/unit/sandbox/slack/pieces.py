"""Blocks and elements to break, and the three surfaces to check them for."""

from bot.sandbox.slack.validate import faults
from tests.unit.sandbox.slack.cards import entry, option, plain

B0 = "/blocks/0"
URL = "https://example.com/x.png"
IMAGE = {"type": "image", "image_url": URL, "alt_text": "A picture"}
OPTIONS = [option("a"), option("b")]


def section(**more):
    return {"type": "section", "text": plain("x")} | more


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def menu(kind="static_select", **more):
    return {"type": kind, "action_id": "m", "options": OPTIONS} | more


def text_input(**more):
    return {"type": "plain_text_input", "action_id": "t"} | more


def number(**more):
    return {"type": "number_input", "action_id": "n", "is_decimal_allowed": False} | more


def put(element):
    return entry("b", element, "Label")


def confirm(**more):
    return {
        "title": plain("Sure?"),
        "text": plain("x"),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    } | more


def rich(*elements):
    return {"type": "rich_text", "elements": list(elements)}


def part(*elements, kind="rich_text_section", **more):
    return {"type": kind, "elements": list(elements)} | more


def in_modal(*blocks, **more):
    view = {"type": "modal", "title": plain("T"), "submit": plain("Go"), "blocks": list(blocks)}
    return faults(view | more, "modal")


def in_message(*blocks, **more):
    return faults({"text": "x", "blocks": list(blocks)} | more, "message")


def in_home(*blocks, **more):
    return faults({"type": "home", "blocks": list(blocks)} | more, "home")
