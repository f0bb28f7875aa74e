"""What SQL would be translated into: enough of it to have operators with ids, and syntax errors.

https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0316.html
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

from bot.sandbox.dli.definition import LARGEST_SQL
from bot.sandbox.dli.refusals import wrong

if TYPE_CHECKING:
    from bot.sandbox.dli.model import Document

_VERSIONS = ("1.10", "1.12")
_SKIPPED = re.compile(r"('(?:[^']|'')*')|--[^\n]*|/\*.*?\*/", re.DOTALL)
_TABLE = re.compile(
    r"create\s+(?:temporary\s+)?(?:source\s+|sink\s+)?table\s+(?:if\s+not\s+exists\s+)?([\w.`]+)",
    re.IGNORECASE,
)
_VIEW = re.compile(r"create\s+(?:temporary\s+)?view\s+([\w.`]+)", re.IGNORECASE)
_INSERT = re.compile(r"insert\s+into\s+([\w.`]+)", re.IGNORECASE)
_FROM = re.compile(r"(?:from|join)\s+([\w.`]+)", re.IGNORECASE)


def generated(body: Document) -> Document:
    """Answer a request for the stream graph of SQL, also where the SQL is wrong."""
    sql = body.get("sql_body")
    if not isinstance(sql, str) or not sql.strip() or len(sql) > LARGEST_SQL:
        raise wrong("sql_body: SQL of at most 1024 x 1024 characters")
    if body.get("job_type", "flink_opensource_sql_job") != "flink_opensource_sql_job":
        raise wrong("job_type: flink_opensource_sql_job")
    if body.get("flink_version", _VERSIONS[-1]) not in _VERSIONS:
        raise wrong("flink_version: static stream graphs need 1.10 or 1.12")
    trouble = _trouble(sql)
    if trouble:
        return {
            "is_success": False,
            "error_code": "DLI.0004",
            "message": trouble,
            "stream_graph": None,
        }
    graph = json.dumps(_graph(sql, body.get("parallel_number") or 1))
    return {"is_success": True, "error_code": "", "message": "", "stream_graph": graph}


def _bare(sql: str) -> str:
    """Take comments and the insides of texts away; they hold no syntax."""
    return _SKIPPED.sub(lambda found: "''" if found[1] else " ", sql)


def _trouble(sql: str) -> str:
    bare = _bare(sql)
    if bare.count("'") % 2:
        return "SQL parse failed. Lexical error: a string is not closed."
    if bare.count("(") != bare.count(")"):
        return 'SQL parse failed. Encountered "<EOF>": a parenthesis is not closed.'
    if not _INSERT.search(bare):
        return "No operators defined in streaming topology. Cannot execute."
    known = {_name(n) for n in (*_TABLE.findall(bare), *_VIEW.findall(bare))}
    for name in (*_INSERT.findall(bare), *_FROM.findall(bare)):
        if _name(name) not in known:
            return f"SQL validation failed. Object '{_name(name)}' not found."
    return ""


def _graph(sql: str, parallelism: int) -> Document:
    bare = _bare(sql)
    sources = [f"Source: {name}" for name in dict.fromkeys(map(_name, _FROM.findall(bare)))]
    sinks = [f"Sink: {name}" for name in dict.fromkeys(map(_name, _INSERT.findall(bare)))]
    calc = "Calc"
    before = {calc: sources, **{sink: [calc] for sink in sinks}}
    operators = [
        {
            "id": _id(name),
            "name": name,
            "type": name.partition(":")[0],
            "contents": name,
            "parallelism": parallelism,
            "tags": "[SOURCE]" if name in sources else "[SINK]" if name in sinks else "[CALC]",
            "input_operators_id": [_id(other) for other in before.get(name, [])],
        }
        for name in (*sources, calc, *sinks)
    ]
    nodes = [{"id": number, **operator} for number, operator in enumerate(operators, start=1)]
    return {"nodes": nodes, "operator_list": operators}


def _name(text: str) -> str:
    return text.replace("`", "").rpartition(".")[2].lower()


def _id(name: str) -> str:
    """Make the 32 hex digits that `operator_config` names an operator by."""
    return hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
