"""Stock Bolt, as its documentation has it, on its own aiohttp server; and that server without Bolt.

Arguments: which of them ("stock", "answering", "bare"), the Slack simulator's API, and the answer
that "answering" posts to the `response_url` as JSON.
"""

import asyncio
import json
import logging
import sys
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.app.async_server import AsyncSlackAppServer
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from tests.bench.children.load import SECRET
from tests.bench.harness import requests, say


def bolt(api_url, answer):
    """Make an app with one listener that acknowledges, and answers if there is an answer."""
    client = AsyncWebClient(token="xoxb-sandbox-bot-token", base_url=api_url)
    app = AsyncApp(client=client, signing_secret=SECRET)

    if answer is None:

        @app.command("/flink")
        async def acknowledge(ack):
            await ack()

    else:

        @app.command("/flink")
        async def acknowledge_and_answer(ack, respond):
            await ack()
            await respond(**answer)

    return AsyncSlackAppServer(0, "/slack/events", app).web_app


def bare():
    """Make an app that verifies and parses a command, and does nothing else."""
    verifier = SignatureVerifier(SECRET)

    async def take(request):
        body = (await request.read()).decode()
        if not verifier.is_valid_request(body, dict(request.headers)):
            return web.Response(status=401)
        return web.Response(status=200 if dict(parse_qsl(body))["command"] else 404)

    app = web.Application()
    app.router.add_post("/slack/events", take)
    return app


async def main(kind, api_url, answer):
    """Serve until the parent has enough."""
    logging.basicConfig(level=logging.WARNING)
    app = bare() if kind == "bare" else bolt(api_url, answer if kind == "answering" else None)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    say(port=runner.addresses[0][1])
    async for _ in requests():
        pass
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3], json.loads(sys.argv[3])))
