import os
import sys
import time

import pytest

from tests.bench import table
from tests.bench.__main__ import README, main
from tests.bench.harness import (
    BENCHMARKS,
    AtLeast,
    AtMost,
    Row,
    discover,
    environment,
    interleaved,
    number,
    percentile,
    run_child,
)
from tests.bench.process_facts import cpu_seconds, memory


def row(what="acks", ours=(1.0, 2.0, 3.0), peer=(20.0, 20.0, 20.0), bar=None, how=""):
    return Row(what, "ms", ours, peer, against="stock Bolt", bar=bar, how=how)


def test_the_ratio_is_of_the_same_round():
    assert row(ours=(1.0, 10.0), peer=(10.0, 20.0)).ratios == [0.1, 0.5]


@pytest.mark.parametrize(
    ("bar", "met"),
    [(AtMost(0.1), True), (AtMost(0.09), False), (AtLeast(0.1), True), (AtLeast(0.2), False)],
)
def test_a_target_judges_the_median_ratio_where_there_is_a_peer(bar, met):
    assert row(bar=bar).met is met


def test_a_target_judges_the_median_value_where_there_is_no_peer():
    assert row(peer=(), bar=AtMost(2.0)).met is True
    assert row(peer=(), bar=AtMost(1.9)).met is False


def test_a_row_without_a_target_is_neither_met_nor_missed():
    assert row().met is None


def test_a_row_needs_as_many_rounds_of_the_peer_as_of_ours():
    with pytest.raises(ValueError, match="acks: 3 rounds of ours, 1"):
        row(peer=(1.0,))


def test_the_spread_is_of_all_rounds():
    assert row().spread == "0.050 to 0.150, n=3"


def test_the_table_says_everything_of_a_row_in_a_line():
    printed = table.text([row(bar=AtMost(1 / 20, "1/20"))])
    assert "acks  2.00 ms  20.0 ms: stock Bolt  0.100  0.050 to 0.150, n=3  ≤ 1/20  NO" in printed


def test_a_target_without_a_peer_is_written_with_its_unit():
    assert "| ≤ 5 ms | yes |" in table.markdown([row(peer=(), bar=AtMost(5))])


def test_a_method_is_told_once_for_all_rows_that_share_it():
    rows = [
        row(how="In turn."),
        row(how="In turn."),
        row("polls", how="In turn."),
        row(how="Alone."),
    ]
    printed = table.markdown(rows)
    assert printed.count("In turn.") == 1
    assert "- acks; polls: In turn." in printed


def test_what_has_no_target_is_folded_away_in_markdown():
    printed = table.markdown([row("judged", bar=AtMost(1)), row("seen")])
    shown, folded = printed.split("<details>")
    assert "| judged |" in shown
    assert "| seen |" in folded
    assert "| judged |" not in folded


def test_the_readmes_table_is_replaced_and_nothing_else():
    readme = f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n"
    written = table.into(readme, [row("new", bar=AtMost(1))])
    assert written.startswith(f"before\n{table.BEGIN}\n| what |")
    assert written.endswith(f"</details>\n{table.END}\nafter\n")
    assert "old" not in written
    assert table.into(written, [row("new", bar=AtMost(1))]) == written


def test_a_document_without_a_place_for_the_table_is_an_error():
    with pytest.raises(ValueError, match="to here"):
        table.into("before", [row()])


def test_the_readme_has_a_place_for_the_table():
    assert table.BEGIN in README.read_text("utf-8")
    assert table.END in README.read_text("utf-8")


async def test_contenders_take_turns_in_going_first():
    order = []

    async def measure(name):
        order.append(name)
        return name

    found = await interleaved(2, {"a": lambda: measure("a"), "b": lambda: measure("b")})
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert found == {"a": ["a", "a"], "b": ["b", "b"]}  # the first of each warmed up


async def test_a_child_that_breaks_is_an_error():
    with pytest.raises(RuntimeError, match="a child ended with 0"):
        await run_child("tests.bench.table", anything=1)  # says nothing


def test_a_child_keeps_its_bytecode_and_is_configured_by_nobody_else():
    given = environment(SLACK_BOT_TOKEN="xoxb-of-the-benchmark")
    assert "PYTHONDONTWRITEBYTECODE" not in given
    assert given["SLACK_BOT_TOKEN"] == "xoxb-of-the-benchmark"
    assert given["PYTHONPYCACHEPREFIX"] == environment()["PYTHONPYCACHEPREFIX"]


@pytest.mark.parametrize(
    ("value", "written"),
    [(1234567.8, "1 234 568"), (123.4, "123"), (12.34, "12.3"), (1.234, "1.23"), (0.0123, "0.012")],
)
def test_a_number_has_three_digits_that_mean_something(value, written):
    assert number(value) == written


def test_a_percentile_is_one_of_the_values():
    assert percentile(range(1, 101), 99) == 100
    assert percentile([3, 1, 2], 50) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_process_tells_what_it_used():
    held = memory(os.getpid())
    assert held.uss <= held.pss <= held.rss
    assert cpu_seconds(os.getpid()) == pytest.approx(time.process_time(), abs=0.01)


def test_every_benchmark_is_found_by_itself():
    assert {"acks", "alibaba", "engine", "huawei", "start"} <= set(discover())


def test_only_what_was_asked_for_is_run(capsys):
    async def missed(effort):
        return [Row("quick" if effort.quick else "full", "s", [2.0], bar=AtMost(1))]

    discover()
    BENCHMARKS["a trial"] = missed
    try:
        code = main(["--only", "a trial", "--quick"])
    finally:
        del BENCHMARKS["a trial"]
    printed = capsys.readouterr().out
    assert code == 1  # a target was missed
    assert "\nquick  2.00 s" in printed
    assert "cold start" not in printed
