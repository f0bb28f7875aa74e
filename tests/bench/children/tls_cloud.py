"""A cloud as fast as Python can be one: TLS, HTTP/1.1, one canned answer, now or after 20 ms."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from tests.bench.harness import requests, say
from tests.fakes.certificate import Certificate

SLOW_SECONDS = 0.02
SLOW = b"after-20-ms"
"""A request whose first line holds this is answered late."""

_BODY = json.dumps(
    {
        "requestId": "1A2B3C4D-0000-1111-2222-333344445555",
        "success": True,
        "httpCode": 200,
        "errorCode": '""',
        "errorMessage": '""',
        "data": {
            "jobHotUpdateId": "hot-update-1",
            "jobId": "5af678c0-7db0-4650-94c2-d2604f0a****",
            "workspace": "a14bd5d90a****",
            "namespace": "default-namespace",
            "hotUpdateParams": {
                "rescaleJobParam": {"newParallelism": 4, "isPartialUpdate": False},
                "updateJobConfigParam": {
                    "newFlinkConf": {"execution.checkpointing.interval": "60s"}
                },
            },
            "targetResourceSetting": {
                "resourceSettingMode": "BASIC",
                "basicResourceSetting": {"parallelism": 4},
            },
            "status": {"status": "HOT_UPDATING", "requestDuration": 1200},
        },
    }
).encode()
_ANSWER = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json;charset=utf-8\r\n"
    b"x-acs-request-id: 1A2B3C4D-0000-1111-2222-333344445555\r\ncontent-length: %d\r\n\r\n%s"
) % (len(_BODY), _BODY)


class OneAnswer(asyncio.Protocol):
    """Answers every request without a body."""

    def __init__(self):
        self._seen = b""

    def connection_made(self, transport):
        self._transport = transport

    def data_received(self, data):
        self._seen += data
        while b"\r\n\r\n" in self._seen:
            head, _, self._seen = self._seen.partition(b"\r\n\r\n")
            if SLOW in head:
                loop = asyncio.get_running_loop()
                loop.call_later(SLOW_SECONDS, self._transport.write, _ANSWER)
            else:
                self._transport.write(_ANSWER)


async def main():
    with tempfile.TemporaryDirectory(prefix="flinkbot-bench-") as folder:
        certificate = Certificate(Path(folder))
        server = await asyncio.get_running_loop().create_server(
            OneAnswer, "127.0.0.1", 0, ssl=certificate.server
        )
        say(port=server.sockets[0].getsockname()[1], ca=str(certificate.file))
        async for _ in requests():
            pass
        server.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
