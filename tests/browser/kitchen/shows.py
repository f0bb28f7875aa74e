"""Every block that only shows something."""

from tests.browser.kitchen.fields import MOMENT
from tests.browser.kitchen.parts import (
    actions,
    bullets,
    button,
    context,
    header,
    image,
    line,
    mrkdwn,
    option,
    plain,
    raw,
    rich,
    section,
    words,
)

HERE = "https://here.example"
"""Stands for the address of the page."""
TEXTS = (
    "*Bold* _italic_ ~struck~ `code` *_both_* 2 * 3 * 4 snake_case_name\n"
    "> quoted\n> still quoted\n"
    "```\ndef main():\n    return '<b>&amp;</b>'\n```\n"
    "• one\n    ◦ two\n1. first\n2. second\n"
    "<https://flink.apache.org|A link>, <@U0ADA>, <#C0DATAJOBS>, <!here>, <!subteam^S1|@ops>, "
    f"<!date^{MOMENT}^{{date_short}} at {{time}}|then> :rocket: :nonsense: &lt;b&gt;"
)
MARKDOWN = """# One heading
Some **bold**, *italic*, ~~struck~~ and `code` with [a link](https://flink.apache.org).

- one
- two
  - deeper
    1. deepest
- [x] done
- [ ] not yet

> quoted **well**

| Job | Parallelism |
|:----|------:|
| orders | 8 |
| payments | 16 |

```sql
SELECT * FROM orders WHERE a < 3;
```

---
<script>alert(1)</script> stays text. https://example.com/path_with_underscores."""


def texts():
    return [
        header("A header"),
        section(TEXTS),
        {"type": "divider"},
        section(fields=[mrkdwn(f"*Field {n}*\nvalue {n}") for n in range(1, 5)]),
        section("With a picture beside", accessory=image("A squirrel")),
        section("\n".join(f"Line {n} of a long section" for n in range(1, 31))),
        header("A smaller header", level=2),
        context(image("The logo"), mrkdwn("*Context* with `code`"), plain("and :eyes: plain text")),
        {**image("The logo", f"{HERE}/web/icon.svg"), "title": plain("A picture")},
        image("A picture of another host"),
    ]


def rich_texts():
    inline = [
        words("Bold ", bold=True),
        words("italic ", italic=True),
        words("struck ", strike=True),
        words("code", code=True),
        words(" underlined ", underline=True),
        {"type": "link", "url": "https://flink.apache.org", "text": "a link"},
        words(" "),
        {"type": "user", "user_id": "U0ADA"},
        words(" "),
        {"type": "channel", "channel_id": "C0DATAJOBS"},
        words(" "),
        {"type": "usergroup", "usergroup_id": "S0OPS"},
        words(" "),
        {"type": "broadcast", "range": "here"},
        words(" "),
        {"type": "emoji", "name": "wave", "skin_tone": 3},
        words(" "),
        {"type": "date", "timestamp": MOMENT, "format": "{date_short_pretty}", "fallback": "then"},
        words(" "),
        {"type": "color", "value": "#F405B3"},
    ]
    return [
        rich(
            line(*inline),
            bullets(0, "outer one"),
            bullets(1, "inner one", "inner two"),
            bullets(2, "innermost"),
            bullets(0, "outer two"),
            bullets(0, "first", "second", style="ordered"),
            bullets(1, "alpha", "beta", style="ordered"),
            bullets(0, "third", style="ordered", offset=2),
            {"type": "rich_text_quote", "elements": [words("Quoted\nin two lines")]},
            {"type": "rich_text_preformatted", "elements": [words("a = 1\nb = 2")]},
        ),
        {"type": "markdown", "text": MARKDOWN},
    ]


def tables():
    head = [raw("Job"), raw("Parallelism"), raw("Note")]
    note = rich(line(words("running", bold=True), words(" since yesterday")))
    rows = [[raw("orders"), raw(8), note], [raw("payments"), raw(1600), raw("a long note " * 6)]]
    wrapped = [{}, {"align": "right"}, {"is_wrapped": True}]
    many = [[raw(f"job-{n:02}"), raw(n * 7 % 13), raw(f"note {n}")] for n in range(1, 13)]
    data = {"type": "data_table", "caption": "Jobs of the day", "page_size": 5}
    return [
        {"type": "table", "rows": [head, *rows], "column_settings": wrapped},
        {**data, "rows": [head, *many]},
    ]


def chart(kind, title, **data):
    return {"type": "data_visualization", "title": title, "chart": {"type": kind, **data}}


def charts(*kinds):
    """Two charts at most fit into one message."""
    days = ["Mon", "Tue", "Wed", "Thu", "Fri"]
    lag = [("orders", [120, 340, 90, 410, 260]), ("payments", [80, 60, 150, 210, -40])]
    series = [
        {"name": name, "data": [{"label": d, "value": v} for d, v in zip(days, vs, strict=True)]}
        for name, vs in lag
    ]
    axes = {"categories": days, "x_label": "Day", "y_label": "Lag in ms"}
    parts = [("running", 12), ("failed", 2), ("stopped", 5)]
    pie = [{"label": label, "value": value} for label, value in parts]
    drawn = {
        "pie": chart("pie", "Jobs by state", segments=pie),
        **{
            kind: chart(kind, f"Lag as {kind}", series=series, axis_config=axes)
            for kind in ("bar", "area", "line")
        },
    }
    return [drawn[kind] for kind in kinds]


def alerts():
    levels = ("default", "info", "warning", "error", "success")
    return [
        {"type": "alert", "text": mrkdwn(f"An alert of level *{level}*"), "level": level}
        for level in levels
    ]


def card(nth):
    return {
        "type": "card",
        "icon": image("The logo"),
        "title": mrkdwn(f"*Card {nth}*"),
        "subtitle": mrkdwn("of a job"),
        "body": mrkdwn("Parallelism `4 → 8`, no restart."),
        "subtext": plain("two minutes ago"),
        "actions": [button(f"card-{nth}", "Look")],
    }


def gathered():
    """What the Home tab can hold besides."""
    container = {
        "type": "container",
        "title": plain("A container"),
        "subtitle": plain("that can be folded"),
        "is_collapsible": True,
        "child_blocks": [section("*Inside*"), {"type": "divider"}, section("and below")],
    }
    return [{"type": "carousel", "elements": [card(1), card(2), card(3)]}, container]


def plans():
    done = rich(line(words("checkpoint 812 taken")))
    task = {"type": "task_card", "task_id": "1", "title": "Take a savepoint", "status": "complete"}
    source = {"type": "url", "url": "https://flink.apache.org", "text": "Flink's docs"}
    steps = [
        {**task, "output": done, "sources": [source]},
        {**task, "task_id": "2", "title": "Stop the job", "status": "in_progress"},
        {**task, "task_id": "3", "title": "Start it", "status": "pending"},
        {**task, "task_id": "4", "title": "Tell Lin", "status": "error", "details": done},
    ]
    single = {**task, "task_id": "5", "title": "A task by itself"}
    return [{"type": "plan", "title": "Rescale orders", "tasks": steps}, single, card(0), video()]


def video():
    return {
        "type": "video",
        "title": plain("How to rescale"),
        "title_url": "https://videos.example/1",
        "video_url": "https://videos.example/1/embed",
        "thumbnail_url": "https://videos.example/1.png",
        "alt_text": "A person rescales a job",
        "description": plain("Two minutes"),
        "provider_name": "Videos",
        "author_name": "Ada",
    }


def reactions():
    thumbs = {
        "type": "feedback_buttons",
        "action_id": "thumbs",
        "positive_button": {"text": plain("Good"), "value": "good"},
        "negative_button": {"text": plain("Bad"), "value": "bad"},
    }
    trash = {"type": "icon_button", "action_id": "bin", "icon": "trash", "text": plain("Remove")}
    return [
        section("Was this of use?"),
        {"type": "context_actions", "block_id": "votes", "elements": [thumbs, trash]},
        actions(
            "flows",
            {
                "type": "workflow_button",
                "action_id": "flow",
                "text": plain("Run the workflow"),
                "workflow": {"trigger": {"url": "https://slack.com/shortcuts/Ft1/x"}},
            },
            {"type": "overflow", "action_id": "rest", "options": [option("One"), option("Two")]},
        ),
    ]
