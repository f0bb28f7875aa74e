"""`flinkbot sandbox`: the whole way on this machine, with a page to try it on."""

from __future__ import annotations

import asyncio
import signal
import webbrowser
from threading import Thread
from typing import TYPE_CHECKING

import typer

from bot.logs import configure_logging
from bot.sandbox.stage import VARIABLES, open_stage

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.stage import Stage


async def run_sandbox(*, port: int, open_browser: bool, database: Path | None) -> None:
    """Serve until interrupted."""
    configure_logging("WARNING", "console", secrets=VARIABLES.values())
    async with open_stage(port=port, database=database) as stage:
        stop = _on_interrupt()
        typer.echo(_welcome(stage))
        if open_browser:
            # A browser of the terminal does not return until it is left; nothing waits for it.
            Thread(target=webbrowser.open, args=(stage.slack_url,), daemon=True).start()
        await stop.wait()
    typer.echo("\nThe sandbox is closed.")


def _welcome(stage: Stage) -> str:
    return "\n".join(
        [
            f"Slack (simulated) and its page: {stage.slack_url}/",
            f"Alibaba Cloud (simulated):      {stage.alibaba_url}/   make trouble under /sandbox/",
            f"Huawei Cloud DLI (simulated):   {stage.dli_url}/   make trouble under /sandbox/",
            f"The bot:                        http://127.0.0.1:{stage.bot.port}/healthz",
            "",
            "The bot runs with this configuration:",
            "",
            *(f"    {line}" for line in stage.config.splitlines()),
            "",
            "Type on the page:  /flink rescale orders-enrichment 8   or   /flink update dwd_orders",
            "Stop with Ctrl-C.",
        ]
    )


def _on_interrupt() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
