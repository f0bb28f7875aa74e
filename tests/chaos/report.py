"""What a chaos run came to, judged by what the clouds and Slack saw, and the table of it."""

from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.wishes import Kind

FINAL = {"succeeded", "succeeded_with_differences", "failed", "unknown", "stale", "cancelled"}
"""The states of the end."""


@dataclass
class Report:
    """One run."""

    name: str
    ends: Counter = field(default_factory=Counter)
    """Updates by (kind, state)."""
    buried: list = field(default_factory=list)
    again: list = field(default_factory=list)
    twice: list = field(default_factory=list)
    missing: list = field(default_factory=list)
    doubled: list = field(default_factory=list)
    endless: list = field(default_factory=list)
    false: list = field(default_factory=list)
    denied: list = field(default_factory=list)
    down: list = field(default_factory=list)
    down_unsaid: list = field(default_factory=list)
    given_up: int = 0
    unknown_applied: int = 0
    unknown_dishonest: int = 0
    deaths: Counter = field(default_factory=Counter)
    restarts: int = 0
    slack_down: int = 0
    faults: Counter = field(default_factory=Counter)
    deliveries_doubled: int = 0
    deliveries_lost: int = 0
    seconds: float = 0.0
    unsettled: int = 0

    @property
    def killed(self):
        """How many processes died without a chance to do anything about it."""
        return sum(n for cause, n in self.deaths.items() if cause in _KILLED)

    @property
    def unclean(self):
        """Say how processes ended that nobody killed, where that was not in good order."""
        return [cause for cause in self.deaths if "(" in cause]

    @property
    def updates(self):
        return sum(self.ends.values())

    @property
    def unknown(self):
        return sum(n for (_, state), n in self.ends.items() if state == "unknown")

    @property
    def broken(self):
        """What must not be, by what it is called; empty when every promise was kept."""
        promises = {
            "applied twice": self.again,
            "final messages missing": self.missing,
            "messages given up": self.buried,
            "messages and updates that are open still": self.unsettled,
            "posted twice": self.doubled,
            "updates left without an end": self.endless,
            "said to have succeeded, and had not": self.false,
            "unknown, and the message does not say so": self.unknown_dishonest,
            "job down, and the message does not say so": self.down_unsaid,
            "replicas that did not end as they were told": self.unclean,
        }
        return {name: found for name, found in promises.items() if found}

    def compare(self, state, wish, clouds, said, *, last):
        """Compare a state and a last message with what is so.

        What a later wish undid (it is not the `last` of its job) holds no more.
        """
        if last and state == "succeeded" and not clouds.held(wish):
            self.false.append(wish)
        if last and state == "failed" and wish.kind is not Kind.WATCH and clouds.held(wish):
            self.denied.append(wish)
        if wish.kind in {Kind.SQL_RESTART, Kind.JAR_RESTART} and not clouds.runs(wish.job):
            self.down.append(wish)
            self.down_unsaid += [] if "down" in said.lower() else [wish]

    def rows(self):
        """Give the table's lines, each with its value."""
        causes = ", ".join(f"{cause} {n}" for cause, n in sorted(self.deaths.items()))
        return {
            "updates": self.updates,
            "**applied twice** (ordered again after it was carried out)": len(self.again),
            "of these carried out again by the simulated cloud": len(self.twice),
            "**final messages missing**": len(self.missing),
            "**posted twice**": len(self.doubled),
            "**updates left without an end**": len(self.endless),
            "said to have succeeded, and had not": len(self.false),
            "said to have failed, and had not": len(self.denied),
            "jobs down after a restart / the message does not say so": (
                f"{len(self.down)} / {len(self.down_unsaid)}"
            ),
            "ended unknown": self.unknown,
            "of these applied after all / not applied": (
                f"{self.unknown_applied} / {self.unknown - self.unknown_applied}"
            ),
            "of these without a message that says so": self.unknown_dishonest,
            "wishes that people gave up": self.given_up,
            "deaths of replicas": f"{self.killed} ({causes})",
            "database stopped at once": self.restarts,
            "calls that failed while Slack was down": self.slack_down,
            "other calls that met a fault": sum(self.faults.values()),
            "deliveries brought to two replicas": self.deliveries_doubled,
            "deliveries lost or late": self.deliveries_lost,
            "seconds": round(self.seconds),
        }


_KILLED = {"at a named point", "by SIGKILL"}


def ends_table(report):
    """Show updates by operation and end."""
    states = sorted({state for _, state in report.ends})
    kinds = sorted({kind for kind, _ in report.ends})
    lines = [_line(["operation", *states]), _line(["---", *["---:"] * len(states)])]
    lines += [_line([kind, *[report.ends[kind, state] for state in states]]) for kind in kinds]
    return "\n".join(lines)


def table(*reports):
    """Show runs beside each other."""
    columns = [report.rows() for report in reports]
    lines = [_line(["", *[report.name for report in reports]])]
    lines.append(_line(["---", *["---:"] * len(reports)]))
    lines += [_line([name, *[column[name] for column in columns]]) for name in columns[0]]
    return "\n".join(lines)


def _line(cells):
    return f"| {' | '.join(map(str, cells))} |"
