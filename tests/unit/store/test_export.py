"""The audit as lines: stable columns, exact times, and no cell that a spreadsheet computes."""

import csv
import json

import pytest

from bot.store.export import COLUMNS, exported
from bot.store.reading import Entry

COLUMNS_OF = {
    "update_id": "k7m2q9xa",
    "seq": 2,
    "at": 1_772_600_767_000_042,
    "actor": "U0ANNA",
    "code": "event_queued",
    "args": {"who": "U0ANNA"},
    "facts": {"team": "T0ACME", "rule": "größer"},
}
HEADER = "position,at,update_id,seq,team,actor,code,args,facts,hash"


def entry(position=7, **columns):
    return Entry(position, "f" * 64, COLUMNS_OF | columns)


def as_json(*found):
    return [json.loads(line) for line in exported(found, as_csv=False)]


def as_csv(*found):
    return list(csv.DictReader("".join(exported(found, as_csv=True)).splitlines(keepends=True)))


def test_a_json_line_has_every_column():
    [line] = as_json(entry())

    assert line == {
        "position": 7,
        "at": "2026-03-04T05:06:07.000042Z",
        "update_id": "k7m2q9xa",
        "seq": 2,
        "team": "T0ACME",
        "actor": "U0ANNA",
        "code": "event_queued",
        "args": {"who": "U0ANNA"},
        "facts": {"team": "T0ACME", "rule": "größer"},
        "hash": "f" * 64,
    }
    assert tuple(line) == COLUMNS


def test_a_table_has_the_same_columns_and_nested_ones_as_json():
    header, line = exported([entry()], as_csv=True)
    [row] = as_csv(entry())

    assert header == HEADER + "\r\n"
    assert line.endswith("\r\n")
    assert (row["position"], row["team"]) == ("7", "T0ACME")
    assert json.loads(row["facts"]) == COLUMNS_OF["facts"]


def test_an_audit_without_events_is_a_table_without_rows():
    assert list(exported([], as_csv=True)) == [HEADER + "\r\n"]
    assert list(exported([], as_csv=False)) == []


@pytest.mark.parametrize("position", [0, None])
def test_what_is_not_chained_has_no_position(position):
    assert as_json(entry(position))[0]["position"] is None
    assert as_csv(entry(position))[0]["position"] == ""


@pytest.mark.parametrize("facts", [None, [], "broken {"])
def test_facts_that_say_no_team_have_none(facts):
    assert as_json(entry(facts=facts))[0]["team"] == ""
    assert as_csv(entry(facts=facts))[0]["team"] == ""


@pytest.mark.parametrize("at", ["yesterday", 10**30, None])
def test_a_time_that_somebody_broke_is_given_as_it_is(at):
    assert as_json(entry(at=at))[0]["at"] == at


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://evil","x")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\uff1d1",
    ],
)
@pytest.mark.parametrize("column", ["update_id", "actor", "code", "args", "at"])
def test_no_text_is_a_formula_to_a_spreadsheet(text, column):
    [row] = as_csv(entry(**{column: text}))

    assert row[column] == "'" + text


def test_a_quote_or_a_comma_begins_no_cell_of_its_own():
    evil = 'a",=1+1,"b'

    [row] = as_csv(entry(actor=evil))

    assert row["actor"] == evil
