"""`python -m tests.bench`: run the benchmarks and print one table."""

import argparse
import asyncio
import sys
import time

from tests.bench import table
from tests.bench.harness import ROOT, Effort, discover

README = ROOT / "README.md"


def main(arguments=None):
    """Run what was asked for; the exit code says whether all targets were met."""
    benchmarks = discover()
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    names = ", ".join(benchmarks)
    parser.add_argument(
        "--only", action="append", choices=benchmarks, metavar="NAME", help=f"some of: {names}"
    )
    parser.add_argument("--quick", action="store_true", help="see that they run; numbers are void")
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")
    parser.add_argument(
        "--readme", action="store_true", help="put the Markdown table into README.md, too"
    )
    given = parser.parse_args(arguments)
    rows = asyncio.run(_rows(benchmarks, given.only or list(benchmarks), Effort(given.quick)))
    sys.stdout.write(f"{(table.markdown if given.markdown else table.text)(rows)}\n")
    if given.readme:
        README.write_text(table.into(README.read_text("utf-8"), rows), "utf-8")
    return 0 if all(row.met is not False for row in rows) else 1


async def _rows(benchmarks, names, effort):
    rows = []
    for name in names:
        began = time.monotonic()
        rows += await benchmarks[name](effort)
        sys.stderr.write(f"{name}: {time.monotonic() - began:.0f} s\n")
    return rows


if __name__ == "__main__":
    sys.exit(main())
