"""A loopback HTTP/1.1 server that keeps every byte it gets and answers what a test tells it."""

import asyncio
import json
from dataclasses import dataclass
from http import HTTPStatus

DROP = None
"""Close the connection without a word, after the whole request was received."""


@dataclass(frozen=True)
class RawRequest:
    """A request as it came off the wire; header names in lower case."""

    line: str
    headers: dict
    body: bytes

    @property
    def method(self):
        return self.line.split(" ")[0]

    @property
    def target(self):
        return self.line.split(" ")[1]

    @property
    def action(self):
        return self.headers.get("x-acs-action", "")


class RawServer:
    """`answer` gives, or is awaited for, the bytes to send back to a request, or `DROP`."""

    def __init__(self, answer, tls=None):
        self._answer = answer
        self._tls = tls
        self._tasks = set()
        self.requests = []
        self.connections = 0

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self):
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def count(self, action):
        return sum(request.action == action for request in self.requests)

    async def _accept(self, reader, writer):
        self.connections += 1
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            while await self._serve_one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _serve_one(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        request = RawRequest(head[0], headers, body)
        self.requests.append(request)
        answer = self._answer(request)
        if asyncio.iscoroutine(answer):
            answer = await answer
        if answer is DROP:
            return False
        writer.write(answer)
        await writer.drain()
        return True


def http(status, body=b"", **headers):
    """Write an HTTP answer; underscores in header names become hyphens."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def json_answer(document, status=200, **headers):
    return http(status, json.dumps(document).encode(), content_type="application/json", **headers)


def success(data, **more):
    """Write the service's envelope around data, with its odd way to say nothing."""
    return json_answer(
        {
            "requestId": "REQ-1",
            "success": True,
            "httpCode": 200,
            "errorCode": '""',
            "errorMessage": '""',
            "data": data,
            **more,
        }
    )


def refusal(code, message="no", **more):
    return json_answer(
        {
            "requestId": "REQ-2",
            "success": False,
            "httpCode": 200,
            "errorCode": code,
            "errorMessage": message,
            "data": None,
            **more,
        }
    )


def one_after_the_other(*answers):
    """Answer with each in turn, then with the last for ever."""
    left = list(answers)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]
