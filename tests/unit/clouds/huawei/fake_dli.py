"""A loopback DLI and identity service that verify who asks and answer what a test tells them."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, unquote

from bot.clouds.huawei.auth import AccessKeyAuth, Credentials
from bot.clouds.huawei.operations import Operations
from bot.clouds.transport import Limits, Transport
from tests.fakes.raw_server import json_answer

PROJECT = "0123456789abcdef0123456789abcdef"
ACCESS_KEY, SECRET_KEY = "HWAKEXAMPLE0123456789", "example-secret-key"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEYS = Credentials(ACCESS_KEY, SECRET_KEY)
QUICK = Limits(backoff_seconds=0.001, total_seconds=5)


def signature_of(request):
    """Sign what arrived once more, in the words of the vendor's guide."""
    path, _, query = request.target.partition("?")
    steps = [quote(step, safe="-_.~") for step in unquote(path).split("/")]
    names = request.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    canonical = [
        request.method,
        "/".join(steps) + "/",
        "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs),
        *(f"{name}:{request.headers[name]}" for name in names.split(";")),
        "",
        names,
        hashlib.sha256(request.body).hexdigest(),
    ]
    digest = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
    text = f"SDK-HMAC-SHA256\n{request.headers['x-sdk-date']}\n{digest}"
    return hmac.new(SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


class FakeDli:
    """Answers by method and path; unsigned, wrongly signed and unknown requests are refused."""

    def __init__(self, answers=None, tokens=()):
        self.answers = answers or {}
        self.tokens = set(tokens)
        """Tokens that are good in place of a signature."""

    def __call__(self, request):
        if not self._knows(request):
            refusal = {
                "error_msg": "Incorrect IAM authentication information: verify aksk signature fail",
                "error_code": "APIGW.0301",
                "request_id": "REQ-GATEWAY",
            }
            return json_answer(refusal, 401)
        path = request.target.partition("?")[0].replace(PROJECT, "{p}")
        answer = self.answers.get(f"{request.method} {path}")
        if answer is None:
            unknown = {"error_code": "APIGW.0101", "error_msg": "The API does not exist"}
            return json_answer(unknown, 404)
        if callable(answer):
            answer = answer(request)
        return answer if isinstance(answer, bytes) else json_answer(answer)

    def _knows(self, request):
        if request.target.startswith("/v3/auth/tokens"):
            return True
        if "x-auth-token" in request.headers:
            return request.headers["x-auth-token"] in self.tokens
        given = request.headers.get("authorization", "")
        return given.endswith(f"Signature={signature_of(request)}") if given else False


def transport_to(url, auth=None, limits=QUICK):
    signer = auth or AccessKeyAuth(KEYS, now=lambda: NOW)
    return Transport(url, cloud="huawei", auth=signer, limits=limits)


async def asked(server, ask, auth=None):
    """Ask the operations of a fresh client one thing."""
    transport = transport_to(server.url, auth)
    try:
        return await ask(Operations(PROJECT, transport, lambda: NOW))
    finally:
        await transport.aclose()


def job(**more):
    """Give a running SQL job as ShowFlinkJob writes it, with its nulls."""
    return {
        "job_id": 131,
        "name": "myjob",
        "desc": "",
        "job_type": "flink_sql_job",
        "status": "job_running",
        "status_desc": "",
        "create_time": 1578466221525,
        "update_time": 1578905682534,
        "start_time": None,
        "user_name": "someone",
        "queue_name": "testQueue",
        "run_mode": "exclusive_cluster",
        "sql_body": "select 1;\n",
        "entrypoint_args": None,
        "root_id": -1,
        "has_savepoint": False,
        "savepoint_path": None,
        "job_config": {
            "checkpoint_enabled": False,
            "checkpoint_mode": "exactly_once",
            "obs_bucket": None,
            "parallel_number": 1,
        },
        **more,
    }


def body_of(request):
    return json.loads(request.body)
