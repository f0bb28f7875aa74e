"""Long values as what moved in them."""

import pytest

from bot.flink.effect import Effect
from bot.flink.plan import Change
from bot.slack import diffs

BEFORE = "CREATE TABLE a;\nINSERT INTO b\nSELECT x\nFROM a;"
AFTER = "CREATE TABLE a;\nINSERT INTO b\nSELECT x, y\nFROM a\nWHERE y > 0;"


def change(before=BEFORE, after=AFTER, name="sql_body"):
    return Change(name, before, after, Effect.NEEDS_RESTART)


@pytest.mark.parametrize(
    ("before", "after", "long"),
    [("4", "6", False), ("a\nb", None, True), (None, "x" * 121, True), ("x" * 120, "y", False)],
)
def test_what_a_line_cannot_show_is_long(before, after, long):
    assert change(before, after).long is long


def test_lines_that_came_and_went_are_counted():
    assert diffs.summary(change()) == "5 lines (+3 \N{MINUS SIGN}2)"
    assert diffs.summary(change(after=None)) == "removed"
    assert diffs.summary(change(None, "a\nb")) == "2 lines (+2 \N{MINUS SIGN}0)"


def test_a_diff_shows_what_moved_and_a_little_around_it():
    lines = list(diffs.unified(change()))
    assert lines[0].startswith("@@")
    assert "-SELECT x" in lines
    assert "+SELECT x, y" in lines
    assert " INSERT INTO b" in lines


def test_several_diffs_stand_under_their_names():
    both = diffs.in_full([change(), change("a\nb", "a\nc", "entrypoint_args")])
    assert both.startswith("--- sql_body\n+++ sql_body\n@@")
    assert "\n--- entrypoint_args\n+++ entrypoint_args\n@@" in both
    assert both.endswith("-b\n+c")
