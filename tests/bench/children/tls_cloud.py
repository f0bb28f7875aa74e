"""Both clouds, as fast as Python can be: TLS, HTTP/1.1, a canned answer now or after 20 ms."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from tests.bench.harness import requests, say
from tests.fakes.certificate import Certificate

_SLOW_SECONDS = 0.02
SLOW_HOT_UPDATE, SLOW_JOB = "after-20-ms", "20000"
"""Who asks for these is answered late."""

_SLOW = (SLOW_HOT_UPDATE.encode(), f"/jobs/{SLOW_JOB} ".encode())
_HOT_UPDATE = json.dumps(
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
_JOB = json.dumps(
    {
        "is_success": "true",
        "message": "",
        "job_detail": {
            "job_id": 64,
            "name": "dwd_orders",
            "desc": "",
            "job_type": "flink_opensource_sql_job",
            "status": "job_running",
            "status_desc": "",
            "create_time": 1772592000000,
            "start_time": 1772592060000,
            "user_name": "data-platform",
            "queue_name": "flink_general",
            "project_id": "5a6d1c0e7b9f4c2d8e3a1b0c9d8e7f60",
            "sql_body": "CREATE TABLE orders (id STRING, amount DECIMAL(18, 2), at TIMESTAMP(3))"
            " WITH ('connector' = 'kafka', 'topic' = 'orders'); INSERT INTO sink SELECT id, amount"
            " FROM orders;",
            "run_mode": "exclusive_cluster",
            "job_config": {
                "checkpoint_enabled": True,
                "checkpoint_interval": 180,
                "checkpoint_mode": "exactly_once",
                "cu_number": 6,
                "manager_cu_number": 1,
                "parallel_number": 4,
                "tm_cus": 1,
                "tm_slot_num": 1,
                "obs_bucket": "flink-state",
                "log_enabled": True,
                "restart_when_exception": True,
                "resume_checkpoint": True,
                "resume_max_num": -1,
                "idle_state_retention": 3600,
                "runtime_config": "execution.checkpointing.min-pause=30s",
            },
        },
    }
).encode()


def _answer(body, request_id):
    head = (
        "HTTP/1.1 200 OK\r\ncontent-type: application/json;charset=utf-8\r\n"
        f"{request_id}: 1A2B3C4D-0000-1111-2222-333344445555\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


_ANSWERS = {True: _answer(_JOB, "x-request-id"), False: _answer(_HOT_UPDATE, "x-acs-request-id")}


class Answers(asyncio.Protocol):
    """Answers every request without a body."""

    def __init__(self):
        self._seen = b""

    def connection_made(self, transport):
        self._transport = transport

    def data_received(self, data):
        self._seen += data
        while b"\r\n\r\n" in self._seen:
            head, _, self._seen = self._seen.partition(b"\r\n\r\n")
            answer = _ANSWERS[b"/streaming/" in head]
            if any(slow in head for slow in _SLOW):
                loop = asyncio.get_running_loop()
                loop.call_later(_SLOW_SECONDS, self._transport.write, answer)
            else:
                self._transport.write(answer)


async def main():
    with tempfile.TemporaryDirectory(prefix="flinkbot-bench-") as folder:
        certificate = Certificate(Path(folder))
        server = await asyncio.get_running_loop().create_server(
            Answers, "127.0.0.1", 0, ssl=certificate.server
        )
        say(port=server.sockets[0].getsockname()[1], ca=str(certificate.file))
        async for _ in requests():
            pass
        server.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
