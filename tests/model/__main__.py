"""Try other examples than the tests do, and more: `python -m tests.model [EXAMPLES]`.

What fails is shrunk and printed with the decorator that repeats it.
"""

import sys

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.bed import Bed
from tests.model.machine import SETTINGS
from tests.model.test_dli import Restarts
from tests.model.test_hot_update import HotUpdates


def main(examples):
    chosen = settings(SETTINGS, max_examples=examples, derandomize=False, database=None)
    with Bed() as bed:
        for machine in (HotUpdates, Restarts):
            print(f"{machine.__name__}: {examples} examples", flush=True)  # noqa: T201
            bedded = type(f"Bedded{machine.__name__}", (machine,), {"bed": bed})
            run_state_machine_as_test(bedded, settings=chosen)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
