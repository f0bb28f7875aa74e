"""The audit is append-only: nobody but the chain writes its rows, and nobody takes any away."""

import re
from pathlib import Path

import bot

ROOT = Path(bot.__file__).parent
WRITES = re.compile(
    r"\b(insert|update|delete)(?:_or)?\((?:connection, )?events\b"
    r"|(?i:(insert into|update|delete from) events)\b"
)


def test_only_the_chain_writes_events_and_nothing_deletes_them():
    found = {
        (file.relative_to(ROOT).as_posix(), (match[1] or match[2]).lower())
        for file in ROOT.rglob("*.py")
        for match in WRITES.finditer(file.read_text(encoding="utf-8"))
    }

    assert found == {
        ("store/chain.py", "insert"),
        ("store/chain.py", "update"),  # gives a place to what the version before wrote
        ("store/migrations/versions/0005_audit.py", "update"),  # numbers what was there before
    }
