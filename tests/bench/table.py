"""Benchmark rows as a table: for a terminal, or as Markdown for the README."""

import os
import platform
from statistics import median

from tests.bench.harness import number

HEAD = ("what", "ours", "peer", "ratio", "spread", "target", "met")
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
    """Write the table as Markdown."""
    lines = [f"| {' | '.join(line)} |" for line in (HEAD, ["---"] * len(HEAD))]
    lines += [f"| {' | '.join(cells(row))} |" for row in rows]
    return "\n".join([*lines, "", *_how(rows), "", machine()])


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
