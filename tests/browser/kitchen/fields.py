"""Every element that can stand in an input block, an actions block or beside a section."""

from tests.browser.kitchen.parts import (
    actions,
    bullets,
    button,
    confirm,
    field,
    group,
    line,
    modal,
    mrkdwn,
    option,
    options,
    plain,
    rich,
    section,
    words,
)

MOMENT = 1_790_000_000  # Monday, 21 September 2026, 14:13:20 UTC
STATIC = {"type": "static_select", "options": options("Blue", "Green", "Red")}
GROUPED = {
    "type": "static_select",
    "placeholder": plain("Choose a job"),
    "option_groups": [group("Streaming", "Orders", "Payments"), group("Batch", "Reports")],
}
MULTI = {
    "type": "multi_static_select",
    "placeholder": plain("Choose colours"),
    "options": options("Blue", "Green", "Red"),
    "max_selected_items": 2,
}
EXTERNAL = {"type": "external_select", "min_query_length": 2}
TOPPINGS = [
    {**option("Cheese"), "text": mrkdwn("*Cheese*"), "description": mrkdwn("_melted_")},
    option("Olives", "black ones"),
]


def typed(hint="What it is called."):
    """The fields one types into. `hint`: to draw one anew and leave what is in it."""
    characters = {"trigger_actions_on": ["on_character_entered"]}
    return [
        field(
            "name",
            "Name",
            {"type": "plain_text_input", "max_length": 20, "min_length": 3},
            hint=plain(hint),
        ),
        field(
            "notes",
            "Notes",
            {"type": "plain_text_input", "multiline": True, "placeholder": plain("At length")},
            optional=True,
        ),
        field(
            "entered",
            "Sent by Enter",
            {"type": "plain_text_input"},
            dispatch_action=True,
            optional=True,
        ),
        field(
            "live",
            "Sent while typing",
            {"type": "plain_text_input", "dispatch_action_config": characters},
            dispatch_action=True,
            optional=True,
        ),
        field(
            "amount",
            "Amount",
            {"type": "number_input", "is_decimal_allowed": True, "min_value": "1.5"},
            optional=True,
        ),
        field("mail", "E-mail", {"type": "email_text_input"}, optional=True),
        field("site", "Web address", {"type": "url_text_input"}, optional=True),
        field("story", "Story", {"type": "rich_text_input", "initial_value": story()}),
    ]


def story():
    return rich(line(words("Once "), words("upon", bold=True)), bullets(0, "a time"))


def chosen():
    """The fields one chooses in."""
    people = {"filter": {"include": ["public", "private"]}}
    return [
        field("colour", "Colour", STATIC, optional=True),
        field("job", "Job", GROUPED, optional=True),
        field("colours", "Colours", MULTI, optional=True),
        field("found", "Found job", EXTERNAL, optional=True),
        field("founds", "More found", {**EXTERNAL, "type": "multi_external_select"}, optional=True),
        field("person", "Person", {"type": "users_select"}, optional=True),
        field("people", "People", {"type": "multi_users_select"}, optional=True),
        field("channel", "Channel", {"type": "channels_select"}, optional=True),
        field("talk", "Conversation", {"type": "conversations_select", **people}, optional=True),
        field("toppings", "Toppings", {"type": "checkboxes", "options": TOPPINGS}, optional=True),
        field("size", "Size", {"type": "radio_buttons", "options": TOPPINGS}, optional=True),
        field("day", "Day", {"type": "datepicker", "initial_date": "2026-09-21"}),
        field("time", "Time", {"type": "timepicker", "initial_time": "09:30"}),
        field("moment", "Moment", {"type": "datetimepicker", "initial_date_time": MOMENT}),
        field(
            "files",
            "Files",
            {"type": "file_input", "filetypes": ["txt", "png"], "max_files": 2},
            optional=True,
        ),
    ]


def pressed():
    """What sends at once."""
    return [
        section(
            "*A section* with a menu beside it",
            block_id="beside",
            accessory={
                "type": "overflow",
                "action_id": "more",
                "options": [option("Details", "what it is"), option("Delete")],
            },
        ),
        section(
            "and one with a confirmed button",
            block_id="sure",
            accessory=button("danger", "Restart", style="danger", confirm=confirm(style="danger")),
        ),
        actions(
            "buttons",
            button("go", "Go", style="primary"),
            button("named", "⟳", accessibility_label="Refresh the list"),
            button("link", "Open the console", url="https://console.example/jobs"),
            button("broken", "Break"),
        ),
        actions(
            "menus",
            {**STATIC, "action_id": "tint", "placeholder": plain("Tint")},
            {**MULTI, "action_id": "tints", "placeholder": plain("Tints")},
            {"type": "datepicker", "action_id": "date", "placeholder": plain("Pick a date")},
            {"type": "timepicker", "action_id": "hour", "placeholder": plain("Pick a time")},
        ),
        actions(
            "ticks",
            {"type": "checkboxes", "action_id": "ticked", "options": options("Fast", "Safe")},
            {
                "type": "radio_buttons",
                "action_id": "one",
                "options": options("Now", "Later"),
                "confirm": confirm(),
            },
        ),
    ]


def form(blocks, title="Kitchen sink", **more):
    """A modal that can be sent."""
    told = {"callback_id": "sink", "notify_on_close": True}
    return modal(title, blocks, submit=plain("Send"), close=plain("Cancel"), **told, **more)
