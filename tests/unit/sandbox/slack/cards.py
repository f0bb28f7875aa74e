"""Payloads of the stock app."""


def plain(text):
    return {"type": "plain_text", "text": text}


def option(value):
    return {"text": plain(value), "value": value}


def form(label="1st"):
    return {
        "type": "modal",
        "callback_id": "update_modal",
        "title": plain("Update a job"),
        "submit": plain("Review"),
        "private_metadata": label,
        "notify_on_close": True,
        "blocks": [
            {
                "type": "section",
                "block_id": "where",
                "text": plain(label),
                "accessory": {
                    "type": "static_select",
                    "action_id": "target",
                    "options": [option("prod"), option("test")],
                },
            },
            entry(
                "job", {"type": "external_select", "action_id": "job", "min_query_length": 0}, "Job"
            ),
            entry(
                "parallelism",
                {
                    "type": "number_input",
                    "action_id": "typed",
                    "is_decimal_allowed": False,
                    "min_value": "1",
                    "max_value": "64",
                    "initial_value": "4",
                },
                "Parallelism",
            ),
            entry(
                "reason", {"type": "plain_text_input", "action_id": "typed"}, "Why", optional=True
            ),
        ],
    }


def home():
    return {"type": "home", "blocks": [{"type": "actions", "elements": [button()]}]}


def entry(block_id, element, label, **more):
    return {"type": "input", "block_id": block_id, "element": element, "label": plain(label)} | more


def button(action_id="approve", value="7", **more):
    return {"type": "button", "action_id": action_id, "text": plain("Approve"), "value": value} | (
        more
    )


def card(text="Rescale orders"):
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text}},
        {"type": "actions", "block_id": "decide", "elements": [button()]},
    ]


def said(text):
    answers = {
        "": {},
        "hello": {"text": "hello to you"},
        "all": {"text": "hello all", "response_type": "in_channel"},
        "echo": {"response_type": "in_channel"},
        "bad": {"text": "x", "response_type": "loud"},
    }
    return answers[text]
