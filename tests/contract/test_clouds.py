"""What the core may rely on, whichever cloud: one list of behaviours, each in its own words."""

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.clouds.alibaba import AlibabaTarget, open_alibaba
from bot.clouds.alibaba import Credentials as AlibabaKeys
from bot.clouds.huawei import Credentials as HuaweiKeys
from bot.clouds.huawei import HuaweiTarget, open_huawei
from bot.clouds.transport import Limits
from bot.errors import (
    CloudAuthError,
    CloudError,
    CloudForbiddenError,
    CloudNotFoundError,
    CloudNotSentError,
    CloudOutcomeUnknownError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
)
from tests.fakes.raw_server import DROP, RawServer, http, json_answer, refusal, success
from tests.unit.clouds.alibaba.documents import JOB_ID, deployment, hot_update
from tests.unit.clouds.huawei.fake_dli import PROJECT, job

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
IN_20_MINUTES = "Fri, 02 Jan 2026 03:24:05 GMT"
SECRET, TOKEN, PASSWORD = "the-very-secret-key", "CAISthe+temporary/token==", "hunter2-hunter2"
ATTEMPTS = 3
QUICK = Limits(backoff_seconds=0.001, total_seconds=5, read_attempts=ATTEMPTS)


class Alibaba:
    """Lists deployments; hot-updates a job."""

    not_found = refusal("990301", "deployment does not exist")
    refused = refusal("991234", "the deployment is locked")
    unauthorised = json_answer({"Code": "SignatureDoesNotMatch", "Message": "no"}, 403)
    forbidden = json_answer({"Code": "NoPermission", "Message": "no"}, 403)
    permission = "stream:"
    good_read = success([deployment()], totalSize=1)
    good_write = success(hot_update("INIT"))
    request_id = "REQ-2"
    missing = "d-1"

    def open(self, url, limits):
        target = AlibabaTarget("prod", "cn-hangzhou", "a14bd5d90a1b2c3d", "default-namespace", url)
        keys = AlibabaKeys("example-access-key-id", SECRET, TOKEN)
        return open_alibaba(target, keys, limits=limits, now=lambda: NOW)

    @staticmethod
    def skewed():
        document = {"Code": "InvalidTimeStamp.Expired", "Message": "expired"}
        return json_answer(document, 400, date=IN_20_MINUTES)

    @staticmethod
    def throttled(**headers):
        return json_answer({"Code": "Throttling.User", "Message": "slow down"}, 429, **headers)

    @staticmethod
    def echo(text):
        return refusal("991234", text)

    @staticmethod
    async def write(cloud):
        await cloud.hot_update(JOB_ID)


class Huawei:
    """Lists jobs; starts one."""

    not_found = json_answer({"error_code": "DLI.16001", "error_msg": "no such job"}, 400)
    refused = json_answer({"is_success": "false", "message": "no queue"}, 200, x_request_id="REQ-2")
    unauthorised = json_answer({"error_code": "APIGW.0301", "error_msg": "verify fail"}, 401)
    forbidden = json_answer({"error_code": "DLI.0003", "error_msg": "no"}, 403)
    permission = "dli:jobs:"
    good_read = json_answer(
        {"is_success": "true", "message": "", "job_list": {"total_count": 1, "jobs": [job()]}}
    )
    good_write = json_answer([{"is_success": "true", "message": "ok"}])
    request_id = "REQ-2"
    missing = "131"

    def open(self, url, limits):
        target = HuaweiTarget("prod", "ap-southeast-3", PROJECT, url, url)
        keys = HuaweiKeys("EXAMPLEACCESSKEY", SECRET, TOKEN)
        return open_huawei(target, keys, limits=limits, now=lambda: NOW)

    @staticmethod
    def skewed():
        document = {"error_code": "APIGW.0303", "error_msg": "expired"}
        return json_answer(document, 401, date=IN_20_MINUTES)

    @staticmethod
    def throttled(**headers):
        return json_answer({"error_code": "APIGW.0308", "error_msg": "too many"}, 429, **headers)

    @staticmethod
    def echo(text):
        return json_answer([{"error_code": "DLI.13024", "error_msg": text}], 400)

    @staticmethod
    async def write(cloud):
        await cloud.start("131", resume=True)


@pytest.fixture(params=[Alibaba(), Huawei()], ids=["alibaba", "huawei"])
def side(request):
    return request.param


@dataclass
class Talk:
    """A client and the server it talks to; `answers` come first, good ones after them."""

    side: Any
    cloud: Any
    server: RawServer

    async def read(self):
        return await self.cloud.deployments()

    async def write(self):
        await self.side.write(self.cloud)

    @property
    def sent(self):
        return len(self.server.requests)


@asynccontextmanager
async def talking(side, *answers, limits=QUICK):
    left = list(answers)

    def answer(request):
        if left:
            given = left.pop(0)
            return given(request) if callable(given) else given
        return side.good_read if request.method == "GET" else side.good_write

    async with RawServer(answer) as server:
        cloud = side.open(server.url, limits)
        try:
            yield Talk(side, cloud, server)
        finally:
            await cloud.aclose()


async def never(_):
    await asyncio.Event().wait()


async def raised(kind, ask):
    with pytest.raises(CloudError) as caught:
        await ask()
    assert type(caught.value) is kind
    return caught.value


async def test_good_service_needs_one_request(side):
    async with talking(side) as talk:
        [row] = await talk.read()
        await talk.write()

    assert row.ref.target == talk.cloud.target == "prod"
    assert talk.sent == 2


async def test_what_is_gone_is_not_found(side):
    async with talking(side, side.not_found, side.not_found) as talk:
        await raised(CloudNotFoundError, lambda: talk.cloud.fetch(side.missing))
    async with talking(side, side.not_found) as talk:
        await raised(CloudNotFoundError, talk.write)


@pytest.mark.parametrize("ask", ["read", "write"])
async def test_refused_credentials_are_told_and_not_tried_again(side, ask):
    async with talking(side, *[side.unauthorised] * 5) as talk:
        error = await raised(CloudAuthError, getattr(talk, ask))

    assert talk.sent == 1
    assert "refused" in str(error)
    assert "check that" in str(error)  # what the operator can do


@pytest.mark.parametrize("ask", ["read", "write"])
async def test_a_clock_that_is_wrong_is_named_as_the_reason(side, ask):
    async with talking(side, side.skewed()) as talk:
        error = await raised(CloudAuthError, getattr(talk, ask))

    assert "clock" in str(error)
    assert "20 min behind" in str(error)


@pytest.mark.parametrize("ask", ["read", "write"])
async def test_a_missing_permission_is_named(side, ask):
    async with talking(side, side.forbidden) as talk:
        error = await raised(CloudForbiddenError, getattr(talk, ask))

    assert side.permission in str(error)
    assert talk.sent == 1


@pytest.mark.parametrize("ask", ["read", "write"])
async def test_a_refusal_is_final_and_can_be_shown_to_support(side, ask):
    async with talking(side, side.refused) as talk:
        error = await raised(CloudRejectedError, getattr(talk, ask))

    assert error.request_id == side.request_id in str(error)
    assert error.operation in str(error)
    assert talk.sent == 1


async def test_a_throttled_read_comes_back_when_it_was_told_to(side):
    async with talking(side, side.throttled(retry_after="0"), side.throttled()) as talk:
        assert len(await talk.read()) == 1

    assert talk.sent == 3


async def test_a_throttled_read_does_not_wait_for_long(side):
    async with talking(side, side.throttled(retry_after="60")) as talk:
        error = await raised(CloudThrottledError, talk.read)

    assert (error.retry_after, talk.sent) == (60.0, 1)


async def test_a_throttled_write_was_not_done_and_is_left_to_the_caller(side):
    async with talking(side, side.throttled(retry_after="7")) as talk:
        error = await raised(CloudThrottledError, talk.write)

    assert (error.retry_after, talk.sent) == (7.0, 1)


NO_ANSWERS = {
    "a lost connection": DROP,
    "a proxy's page": http(502, b"<html>Bad Gateway</html>", content_type="text/html"),
    "an overloaded service": json_answer({}, 503),
    "half an answer": http(200, b'{"is_success": "tr', content_type="application/json"),
    "no JSON": http(200, b"<html>", content_type="text/html"),
    "an empty body": http(200),
    "JSON of another kind": json_answer("ok"),
    "an answer of another shape": json_answer({"success": True, "is_success": "true", "data": 3}),
    "not HTTP": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
}


def no_answers(but=()):
    given = {name: answer for name, answer in NO_ANSWERS.items() if name not in but}
    return pytest.mark.parametrize("answer", given.values(), ids=given)


@no_answers()
async def test_a_read_without_a_usable_answer_is_repeated(side, answer):
    async with talking(side, answer) as talk:
        assert len(await talk.read()) == 1

    assert talk.sent == 2


@no_answers()
async def test_a_read_that_never_gets_one_ends_as_unavailable(side, answer):
    async with talking(side, *[answer] * 10) as talk:
        await raised(CloudUnavailableError, talk.read)

    assert talk.sent == ATTEMPTS


@no_answers(but={"an answer of another shape"})
async def test_a_write_without_a_usable_answer_is_of_unknown_outcome_and_sent_once(side, answer):
    async with talking(side, answer) as talk:
        await raised(CloudOutcomeUnknownError, talk.write)

    assert talk.sent == 1


async def test_a_redirect_is_not_followed(side):
    elsewhere = http(302, location="http://127.0.0.1:1/stolen")
    async with talking(side, elsewhere) as talk:
        await raised(CloudOutcomeUnknownError, talk.write)

    assert talk.sent == 1


@pytest.mark.parametrize(
    ("ask", "kind"), [("read", CloudUnavailableError), ("write", CloudOutcomeUnknownError)]
)
async def test_a_silent_service_is_waited_for_only_so_long(side, ask, kind):
    short = Limits(total_seconds=1.5, read_attempts=1)
    async with talking(side, never, limits=short) as talk:
        error = await raised(kind, getattr(talk, ask))

    assert "no answer within 1.5 s" in str(error)


@pytest.mark.parametrize("ask", ["read", "write"])
async def test_nobody_there_means_surely_not_sent(side, ask):
    async with talking(side) as talk:
        pass
    cloud = side.open(talk.server.url, QUICK)
    await raised(CloudNotSentError, getattr(Talk(side, cloud, talk.server), ask))
    await cloud.aclose()

    assert talk.sent == 0


@pytest.mark.parametrize("ask", ["read", "write"])
async def test_no_secret_reaches_an_error_or_a_log(side, ask, caplog):
    caplog.set_level(logging.DEBUG)

    def tell_tale(request):
        signature = request.headers["authorization"].partition("Signature=")[2]
        leaks.append(signature)
        said = (
            f"Authorization: {request.headers['authorization']} token={TOKEN} secret: {SECRET} "
            f"jdbc:mysql://root:{PASSWORD}@db/x password={PASSWORD}"
        )
        return side.echo(said)

    leaks = [SECRET, TOKEN, PASSWORD]
    async with talking(side, tell_tale) as talk:
        error = await raised(CloudRejectedError, getattr(talk, ask))
        told = f"{error!s} {error!r} {error.__dict__} {error.__cause__} {talk.cloud!r}"

    assert len(leaks) == 4
    assert not [leak for leak in leaks if leak in told + caplog.text]


@pytest.mark.parametrize("ask", ["read", "write"])
async def test_whatever_a_service_says_is_cut_to_one_short_line(side, ask):
    async with talking(side, side.echo("so\nlong " * 5000)) as talk:
        error = await raised(CloudRejectedError, getattr(talk, ask))

    assert "\n" not in str(error)
    assert len(str(error)) < 500


async def test_every_attempt_is_signed_anew(side):
    async with talking(side, DROP, DROP) as talk:
        await talk.read()

    assert talk.sent == 3
    assert all("authorization" in request.headers for request in talk.server.requests)
    assert all(TOKEN not in request.line for request in talk.server.requests)
