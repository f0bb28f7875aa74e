"""Benchmark rows as a table: for a terminal, or as Markdown for the README."""

import os
import platform
from statistics import median

from tests.bench.harness import number

HEAD = ("what", "ours", "peer", "ratio", "spread", "target", "met")
BEGIN, END = "<!-- python -m tests.bench --readme -->", "<!-- to here -->"
_BLIND = "-"


def cells(row):
    """Give one row's cells."""
    peer = f"{number(median(row.peer))} {row.unit}: {row.against}" if row.peer else _BLIND
    met = {None: _BLIND, True: "yes", False: "NO"}[row.met]
    return (
        row.what,
        f"{number(median(row.ours))} {row.unit}",
        peer,
        f"{number(median(row.ratios))}" if row.peer else _BLIND,
        row.spread,
        f"{row.bar}{'' if row.peer else f' {row.unit}'}" if row.bar else _BLIND,
        met,
    )


def text(rows):
    """Lay out the table for a terminal."""
    table = [HEAD, *map(cells, rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(HEAD))]
    lines = ["  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) for line in table]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([line.rstrip() for line in lines] + ["", *_how(rows), "", machine()])


def markdown(rows):
    """Write the table as Markdown: what has a target; folded below it all else, and how."""
    judged, others = [r for r in rows if r.bar], [r for r in rows if not r.bar]
    more = ["<details><summary>Without a target, and how it was measured</summary>", ""]
    more += [*_grid(others), ""] if others else []
    return "\n".join([*_grid(judged), "", machine(), "", *more, *_how(rows), "", "</details>"])


def into(document, rows):
    """Put the Markdown between the two marks of a document."""
    before, _, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"no {BEGIN} before {END}")
    return f"{before}{BEGIN}\n{markdown(rows)}\n{END}{after}"


def _grid(rows):
    lines = [HEAD, ["---"] * len(HEAD), *map(cells, rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def machine():
    """Say what it ran on."""
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores, Python {platform.python_version()}, {platform.system()}."


def _how(rows):
    """Say each method once, before the rows it holds for."""
    said = {}
    for row in rows:
        if row.how:
            said.setdefault(row.how, {})[row.what] = None
    return [f"- {'; '.join(whats)}: {how}" for how, whats in said.items()]
