"""A load generator: signed slash commands over raw keep-alive connections, answers taken in.

Says the port where it takes what is posted to a `response_url`. Each request on stdin is one
measurement: {"port", "connections", "count", "text", "answered"}. With `answered`, a connection
sends its next command when the answer to the last one arrived at the `response_url`, else after
its ack.
"""

import asyncio
import hashlib
import hmac
import itertools
import time
from typing import ClassVar
from urllib.parse import urlencode

from tests.bench.harness import percentile, requests, say

SECRET = "sandbox-signing-secret"
_TAKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_BETWEEN = b"\r\n\r\n"
_PATIENCE_SECONDS = 120.0
_numbers = itertools.count(1)


class Messages(asyncio.Protocol):
    """Cuts a stream of HTTP/1.1 messages with Content-Length; subclasses do something with each."""

    def connection_made(self, transport):
        self.transport = transport
        self._seen = b""

    def data_received(self, data):
        self._seen += data
        while (end := self._seen.find(_BETWEEN)) >= 0:
            head = self._seen[:end].lower()
            _, found, rest = head.partition(b"content-length:")
            size = int(rest.split(b"\r\n", 1)[0]) if found else 0
            start = end + len(_BETWEEN)
            if len(self._seen) < start + size:
                return
            body, self._seen = self._seen[start : start + size], self._seen[start + size :]
            self.message(head, body)


class Sink(Messages):
    """Takes the answers; who waits for one is woken."""

    waiting: ClassVar = {}

    def message(self, head, body):
        self.transport.write(_TAKEN)
        key = int(head.split(b" ", 2)[1].rpartition(b"/")[2])
        if (waiter := Sink.waiting.pop(key, None)) is not None:
            waiter()


class Sender(Messages):
    """One connection that sends commands from a common heap until none is left."""

    def __init__(self, heap, answered, done):
        self._heap, self._answered, self._done = heap, answered, done
        self.latencies = []
        self.unexpected = []

    def send(self):
        """Send the next command, or end."""
        if not self._heap:
            self._done(self)
            return
        key, request = self._heap.pop()
        self._open = 1
        if self._answered:
            self._open = 2
            Sink.waiting[key] = self._settle
        self._sent_at = time.perf_counter()
        self.transport.write(request)

    def message(self, head, body):
        self.latencies.append(time.perf_counter() - self._sent_at)
        if b" 200 " not in head[:16] or b"went wrong" in body:
            self.unexpected.append((head + body).decode())
        self._settle()

    def _settle(self):
        self._open -= 1
        if self._open == 0:
            self.send()

    def connection_lost(self, exc):
        if exc is not None:
            self.unexpected.append(repr(exc))
        self._done(self)


def command(port, answers_to, text):
    """Prepare one signed command; give its number and its bytes."""
    number = next(_numbers)
    given = {
        "token": "gone",
        "team_id": "T0SANDBOX",
        "team_domain": "sandbox",
        "channel_id": "C0DATAJOBS",
        "channel_name": "data-jobs",
        "user_id": "U0ADA",
        "user_name": "ada",
        "command": "/flink",
        "text": text,
        "api_app_id": "A0SANDBOX",
        "is_enterprise_install": "false",
        "response_url": f"http://127.0.0.1:{answers_to}/response/{number}",
        "trigger_id": f"{number}.{time.time_ns()}.0123456789abcdef0123456789abcdef",
    }
    body = urlencode(given)
    stamp = int(time.time())
    signed = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: */*\r\n"
        "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={signed}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return number, f"{head}{body}".encode()


async def measure(port, connections, count, text, answered, answers_to):
    """Send so many commands and tell how fast they were acknowledged."""
    loop = asyncio.get_running_loop()
    heap = [command(port, answers_to, text) for _ in range(count)][::-1]
    running, ended = set(), asyncio.Event()

    def done(sender):
        running.discard(sender)
        if not running:
            ended.set()

    senders = [Sender(heap, answered, done) for _ in range(connections)]
    for sender in senders:
        await loop.create_connection(lambda sender=sender: sender, "127.0.0.1", port)
        running.add(sender)
    began = time.perf_counter()
    for sender in senders:
        sender.send()
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await ended.wait()
    seconds = time.perf_counter() - began
    for sender in senders:
        sender.transport.close()
    found = [one * 1000 for sender in senders for one in sender.latencies]
    return {
        "per_second": count / seconds,
        "p50": percentile(found, 50),
        "p99": percentile(found, 99),
        "unexpected": [one for sender in senders for one in sender.unexpected][:3],
    }


async def main():
    """Serve measurements."""
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    answers_to = server.sockets[0].getsockname()[1]
    say(answers_to=answers_to)
    async for given in requests():
        say(**await measure(**given, answers_to=answers_to))


if __name__ == "__main__":
    asyncio.run(main())
