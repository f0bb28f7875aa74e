# ruff: noqa: RUF001 - the characters that phones put in are the point
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import surface
from bot.slack.command import (
    COMMANDS,
    Help,
    History,
    Jobs,
    Launcher,
    Mistake,
    Rescale,
    Result,
    Status,
    UpdateForm,
    parse,
)

WORDS = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Launcher()),
        ("   ", Launcher()),
        ("help", Help()),
        ("?", Help()),
        ("—help", Help()),
        ("help rescale", Help()),
        ("jobs", Jobs()),
        ("jobs ord", Jobs("ord")),
        ("update", UpdateForm()),
        ("update orders", UpdateForm("orders")),
        ("update My Orders", UpdateForm("My Orders")),
        ("rescale orders 16", Rescale("orders", "16")),
        ("rescale orders to 16", Rescale("orders", "16")),
        ("rescale orders TO 16", Rescale("orders", "16")),
        ("rescale orders many", Rescale("orders", "many")),
        ("status", Status()),
        ("status orders", Status("orders")),
        ("history", History()),
        ("history orders", History("orders")),
        ("history my orders", History("my orders")),
        ("history &lt;@U0BEN|ben&gt;", History("<@U0BEN|ben>")),
        ("history <@U0BEN|ben>", History("<@U0BEN|ben>")),
        ("result h-1", Result("h-1")),
        ("result h-1 prod", Result("h-1", "prod")),
        ("result h-1 on prod", Result("h-1", "prod")),
        ("/flink jobs", Jobs()),
    ],
)
def test_every_command_is_understood(text, meant):
    assert parse(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "rescale “my orders” 16",
        "rescale „my orders“ to 16",
        "rescale ‘my orders’ 16",
        "rescale 'my orders' 16",
        "rescale my orders 16",
        "rescale `my orders` 16",
        "  RESCALE   my\u00a0orders\t16 ",
        "rescale &quot;my orders&quot; 16",
    ],
)
def test_quotes_spaces_and_case_are_forgiven(text):
    assert parse(text) == Rescale("my orders", "16")


def test_entities_dashes_and_links_become_what_was_typed():
    assert parse("update a&amp;b&lt;c") == UpdateForm("a&b<c")
    assert parse("update orders–eu") == UpdateForm("orders-eu")
    assert parse("update <http://orders.io|orders.io>") == UpdateForm("orders.io")
    assert parse("update <http://orders.io/a>") == UpdateForm("http://orders.io/a")
    assert parse("update bob’s orders") == UpdateForm("bob's orders")


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("recsale orders 16", "rescale orders 16"),
        ("job", "jobs"),
        ("updat 'my orders'", 'update "my orders"'),
        ("stauts", "status"),
        ("hlep", "help"),
        ("rescal orders", "rescale <job> <parallelism>"),
        ("abracadabra", ""),
    ],
)
def test_a_typo_is_answered_with_the_nearest_command(text, nearest):
    assert parse(text).nearest == nearest


@pytest.mark.parametrize(
    "text",
    [
        "rescale",
        "rescale orders",
        "rescale orders to",
        "result",
        "result a b c",
        "rollback",
        "rollback a b",
    ],
)
def test_missing_or_extra_arguments_are_answered_with_the_usage(text):
    verb = text.split()[0]
    usage = next(command.usage for command in COMMANDS if command.verb == verb)
    assert parse(text) == Mistake(text, usage)


def test_a_long_mistake_is_cut():
    mistake = parse("x" * 4000)
    assert len(mistake.typed) == 100


def test_the_example_of_each_command_is_understood_as_that_command():
    meant = {command.verb: type(parse(command.example)).__name__ for command in COMMANDS}
    assert meant == {
        "update": "UpdateForm",
        "rescale": "Rescale",
        "import-savepoint": "Operate",
        "savepoint": "Operate",
        "stop": "Operate",
        "start": "Operate",
        "jobs": "Jobs",
        "status": "Status",
        "history": "History",
        "rollback": "RollBack",
        "result": "Result",
        "freeze": "Freeze",
        "unfreeze": "Unfreeze",
        "help": "Help",
    }


def test_slack_hints_at_every_command():
    hinted = surface.COMMANDS[0].usage_hint.strip("[]").split(" | ")
    assert sorted(hinted) == sorted(command.verb for command in COMMANDS)


@given(st.text())
def test_no_line_makes_it_raise(text):
    parse(text)


@given(st.sampled_from([command.verb for command in COMMANDS]), st.lists(WORDS, max_size=4))
def test_spacing_and_case_of_the_command_change_nothing(verb, words):
    meant = parse(" ".join([verb, *words]))
    loose = parse("  " + "   ".join([verb.upper(), *words]) + " ")
    if isinstance(meant, Mistake):
        assert (loose.typed.lower(), loose.nearest) == (meant.typed.lower(), meant.nearest)
    else:
        assert loose == meant


@pytest.mark.parametrize(
    ("line", "operation", "job", "path", "keep"),
    [
        ("import-savepoint", "dli_import_savepoint", "", "", True),
        ("import savepoint orders b/sp", "dli_import_savepoint", "orders", "b/sp", True),
        ("import-savepoint orders from b/sp", "dli_import_savepoint", "orders", "b/sp", True),
        (
            "savepoint my orders to obs://b/sp",
            "dli_take_savepoint",
            "my orders",
            "obs://b/sp",
            True,
        ),
        ("savepoint orders", "dli_take_savepoint", "orders", "", True),
        ("stop orders", "dli_stop", "orders", "", True),
        ("stop my orders without savepoint", "dli_stop", "my orders", "", False),
        ("start orders from savepoint", "dli_start", "orders", "", True),
        ("start orders without state", "dli_start", "orders", "", False),
    ],
)
def test_what_is_to_be_done_to_a_dli_job_is_read(line, operation, job, path, keep):
    said = parse(line)
    assert (said.operation, said.job, said.path, said.keep_state) == (operation, job, path, keep)


@pytest.mark.parametrize(
    "line",
    ["stop", "start", "start without savepoint", "savepoint b/a b/c", "import-savepoint b/a x"],
)
def test_an_operation_that_is_not_whole_is_a_mistake(line):
    assert type(parse(line)).__name__ == "Mistake"
