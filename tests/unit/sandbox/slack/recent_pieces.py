"""One right block of every recent kind, to break."""

import copy

from bot.sandbox.slack.validate import faults
from tests.unit.sandbox.slack.cards import button, plain

URL = "https://example.com/x.png"
IMAGE = {"type": "image", "image_url": URL, "alt_text": "A picture"}
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
}


def cell(text="x"):
    return {"type": "raw_text", "text": text}


def card(**more):
    return {"type": "card", "title": plain("Orders"), "actions": [button()]} | more


def task(**more):
    return {"type": "task_card", "task_id": "1", "title": "Read", "status": "complete"} | more


def series(name="jobs", *labels):
    points = [{"label": label, "value": -1.5} for label in labels or ("a", "b")]
    return {"name": name, "data": points}


def chart(kind="line", *all_series, **more):
    axes = {"categories": ["a", "b"], "x_label": "Day", "y_label": "Lag"}
    return {"type": kind, "series": list(all_series or [series()]), "axis_config": axes} | more


def pie(*values):
    segments = [{"label": f"s{n}", "value": value} for n, value in enumerate(values)]
    return {"type": "pie", "segments": segments}


FEEDBACK = {
    "type": "feedback_buttons",
    "action_id": "f",
    "positive_button": {"text": plain("Good"), "value": "y", "accessibility_label": "Well done"},
    "negative_button": {"text": plain("Bad"), "value": "n"},
}
TRASH = {"type": "icon_button", "action_id": "t", "icon": "trash", "text": plain("Delete")}
WORKFLOW = {
    "type": "workflow_button",
    "action_id": "w",
    "text": plain("Run"),
    "workflow": {
        "trigger": {
            "url": "https://slack.com/shortcuts/Ft1/x",
            "customizable_input_parameters": [{"name": "job", "value": "orders"}],
        }
    },
}
RIGHT = {
    "card": card(
        icon=IMAGE, hero_image=IMAGE, subtitle=plain("x"), body=plain("x"), subtext=plain("x")
    ),
    "carousel": {"type": "carousel", "elements": [card(block_id="1"), card(block_id="2")]},
    "container": {
        "type": "container",
        "title": plain("x"),
        "subtitle": plain("x"),
        "child_blocks": [{"type": "divider"}, card()],
        "is_collapsible": True,
        "default_collapsed": True,
        "width": "wide",
        "icon": IMAGE,
    },
    "alert": {"type": "alert", "text": plain("x"), "level": "warning"},
    "plan": {"type": "plan", "title": "x", "tasks": [task(status="pending"), task(task_id="2")]},
    "task_card": task(
        details=RICH,
        output=RICH,
        sources=[{"type": "url", "url": URL, "text": "x"}],
        status="in_progress",
    ),
    "table": {
        "type": "table",
        "rows": [[cell(), RICH], [{"type": "raw_number", "value": 1.5, "text": "1.5"}]],
        "column_settings": [{"align": "right", "is_wrapped": True}],
    },
    "data_table": {
        "type": "data_table",
        "caption": "Jobs",
        "rows": [[cell(), cell()], [RICH, {"type": "raw_number", "value": 4}]],
        "page_size": 5,
        "row_header_column_index": 1,
    },
    "data_visualization": {"type": "data_visualization", "title": "Lag", "chart": chart()},
    "context_actions": {"type": "context_actions", "elements": [FEEDBACK, TRASH]},
    "actions": {"type": "actions", "elements": [WORKFLOW]},
    "markdown": {"type": "markdown", "text": "x" * 12_000},
    "video": {
        "type": "video",
        "alt_text": "x",
        "title": plain("x"),
        "title_url": URL,
        "video_url": URL,
        "thumbnail_url": URL,
        "description": plain("x"),
        "author_name": "x",
        "provider_name": "x",
        "provider_icon_url": URL,
    },
}
SURFACES = {
    "card": "message modal home",
    "video": "message modal home",
    "carousel": "message home",
    "container": "message home",
    "table": "message home",
    "data_table": "message home",
    "data_visualization": "message home",
    "alert": "modal",
    "plan": "message",
    "task_card": "message",
    "context_actions": "message",
    "actions": "message",
    "markdown": "message",
}


def check(surface, *blocks):
    payload = {"blocks": [copy.deepcopy(block) for block in blocks]}
    if surface != "message":
        payload |= {"type": surface} | ({"title": plain("x")} if surface == "modal" else {})
    return faults(payload, surface)
