"""`flinkbot sandbox`, with its page and headless."""

import asyncio
import json
import os
import signal
import socket
import sys
import time

import aiohttp

from bot.sandbox.alibaba.faults import Fault
from bot.sandbox.check import (
    JOB,
    PLAYS,
    play_hot_update,
    play_hot_update_result,
    run_check,
)
from bot.sandbox.playing import submitted, typed, view_of
from bot.sandbox.stage import CHANNEL
from tests.acceptance.process import environment


def final_state(operation):
    """Of a start that fails, the update does: its end is that the old definition runs again."""
    return "failed" if operation == "failed_start" else "succeeded"


async def test_the_check_prints_a_line_for_each_operation_and_exits_0_in_time():
    started = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "sandbox", "--check", "--json"),
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    assert time.monotonic() - started < 60
    lines = [json.loads(line) for line in out.decode().splitlines()]
    assert [line["operation"] for line in lines] == [
        "hot_update",
        "hot_update_result",
        "update_sql",
        "update_jar",
        "import_savepoint",
        "start",
        "failed_start",
    ]
    for line in lines:
        assert line["ok"] is True
        assert line["final_state"] == final_state(line["operation"])
        assert 0 < line["seconds"] < 30
    assert errors == b""


async def test_the_check_fails_if_an_operation_does_not_end_as_it_should(capsys, quiet_logging):
    async def refused(stage, person):
        stage.alibaba.inject(Fault(operation="HotUpdateJob", kind="refuse", code="990301"))
        return await play_hot_update(stage, person)

    async def unreadable(stage, person):
        stage.alibaba.inject(Fault(operation="ListJobs", kind="refuse", times=None, code="990400"))
        await person.command(CHANNEL, f"/flink rescale {JOB} 8")
        return await view_of(stage, person, "review", 1.0)

    async def unreachable(stage, person):
        await stage.slack.deliver_to("http://127.0.0.1:9/slack/events")
        return await play_hot_update_result(stage, person)

    async def another_form(stage, person):
        await typed(person, f"/flink update {JOB}")
        form = await view_of(stage, person, "update_form", fits=lambda view: "4" in view.words())
        await submitted(person, form, {"mode": "restart"})

    plays = {
        "refused": refused,
        "unreadable": unreadable,
        "another_form": another_form,
        "unreachable": unreachable,
    }
    assert await run_check(json_lines=False, plays=plays) is False
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("FAILED") for line in lines)
    assert "failed" in lines[0]
    assert "no review screen; instead: That did not work" in lines[1]
    assert "no field mode in Change a job" in lines[2]
    assert "/flink failed with the error" in lines[3]


async def test_the_check_reads_like_a_table_by_default(capsys, quiet_logging):
    some = ("hot_update", "hot_update_result")
    assert await run_check(json_lines=False, plays={name: PLAYS[name] for name in some})
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["ok", name, final_state(name)] for name in some
    ]


async def test_the_sandbox_opens_its_page_and_serves_until_it_is_interrupted(tmp_path):
    port, database = _free_ports(), tmp_path / "kept.sqlite3"
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    os.mkfifo(opened)
    browser.write_text(
        f'#!/bin/sh\necho "$1" > {opened}\nexec sleep 20 >/dev/null 2>&1\n'
    )  # like one of a terminal
    browser.chmod(0o755)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "sandbox", "--port", str(port), "--database", str(database)),
        env=environment(BROWSER=str(browser)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(30):
        said = (await process.stdout.readuntil(b"Stop with Ctrl-C.")).decode()
        url = (await asyncio.to_thread(opened.read_text)).strip()
        async with aiohttp.ClientSession() as session, session.get(url) as page:
            assert page.status == 200
        process.send_signal(signal.SIGINT)
        said += (await process.stdout.read()).decode()
        assert await process.wait() == 0
    assert url.rstrip("/") == f"http://127.0.0.1:{port}"
    assert f"http://127.0.0.1:{port + 1}/" in said
    assert f'    api_url = "http://127.0.0.1:{port}/api/"' in said
    assert "The sandbox is closed." in said
    assert database.exists()


def _free_ports():
    """Find a port whose next ones are free as well: the addresses of the sandbox are fixed."""
    for start in range(20_000, 30_000, 7):
        try:
            for port in range(start, start + 4):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return start
    raise AssertionError("no free ports")
