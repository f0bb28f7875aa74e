"""How long people wait: from Apply to the cloud, and from the cloud's last answer to the card."""

import asyncio
import time

from bot.sandbox.stage import CHANNEL
from tests.bench.harness import AtMost, Row, benchmark
from tests.bench.world import whole_bot

_JOB = "orders-enrichment"
_WRITE, _POLL = "UpdateDeployment", "GetHotUpdateJobResult"
_PATIENCE_SECONDS = 30.0
_REST_SECONDS = 2.5
_SOON = AtMost(150)
_HOW = (
    "The whole `flinkbot run`, simulators without latency in another process, one update at a time;"
    " from sending the click to the first request that writes, and from the poll that finds the end"
    " to the card that shows it, the read-back of the job in between."
)


@benchmark("apply")
async def apply(effort):
    """Rescale a job to and fro."""
    async with whole_bot() as (slack, alibaba, running):
        await slack.deliver_to(f"http://127.0.0.1:{running.port}/slack/events")
        seen = [await _once(slack, alibaba, number) for number in range(effort.of(12, 1) + 1)]
    begun, shown = zip(*seen[1:], strict=True)  # the first one warmed up
    return [
        Row("Apply pressed to first write, p50", "ms", begun, bar=_SOON, how=_HOW),
        Row("cloud's last answer to card edited, p50", "ms", shown, bar=_SOON, how=_HOW),
    ]


async def _once(slack, alibaba, number):
    """Carry out one update; give both waits in milliseconds."""
    ada, asked = slack.person("ada"), alibaba.gateway.log
    told = len(_verdicts(slack))
    await ada.command(CHANNEL, f"/flink rescale {_JOB} {8 - 2 * (number % 2)}")
    review = await _seen(slack, lambda: _top(ada, "review"))
    writes = asyncio.create_task(_moment(asked.reached(_WRITE, asked.count(_WRITE) + 1)))
    polled = asyncio.create_task(_moment(asked.reached(_POLL, asked.count(_POLL) + 1)))
    await asyncio.sleep(0)  # both look out
    pressed = time.perf_counter()
    await ada.submit(review)
    begun = await writes - pressed
    answered = await polled
    update_id = review.private_metadata
    await _seen(slack, lambda: "Succeeded" in _card(slack, update_id))
    shown = time.perf_counter() - answered
    await _seen(slack, lambda: len(_verdicts(slack)) > told)
    await ada.close(ada.views[0], everything=True)
    await asyncio.sleep(_REST_SECONDS)  # Slack allows so many edits a minute
    return begun * 1000, shown * 1000


async def _seen(slack, look):
    return await slack.wait_for(look, _PATIENCE_SECONDS)


async def _moment(event):
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await event
    return time.perf_counter()


def _top(person, callback_id):
    return next((view for view in person.views if view.callback_id == callback_id), None)


def _messages(slack, ending):
    found = {_key(message): message for message in slack.messages(CHANNEL)}
    return [message for key, message in found.items() if key.endswith(ending)]


def _key(message):
    return (message.metadata or {}).get("event_payload", {}).get("key", "")


def _card(slack, update_id):
    return " ".join(message.words() for message in _messages(slack, f"{update_id}:card"))


def _verdicts(slack):
    return _messages(slack, ":verdict")
