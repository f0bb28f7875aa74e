"""Tokens: got once, renewed in time, dropped when refused, followed in a file."""

import asyncio
import os
from datetime import datetime, timedelta

import pytest

from bot.clouds.huawei import HuaweiTarget, Login
from bot.clouds.huawei.iam import TokenOffice
from bot.clouds.huawei.token import CREATE_TOKEN, PasswordTokenAuth, Token, TokenFileAuth
from bot.clouds.signing import Unsigned
from bot.errors import (
    CloudAuthError,
    CloudNotSentError,
    CloudUnavailableError,
)
from tests.fakes.raw_server import DROP, RawServer, http, json_answer
from tests.unit.clouds.huawei.fake_dli import (
    NOW,
    PROJECT,
    QUICK,
    FakeDli,
    asked,
    body_of,
    job,
    transport_to,
)

LIFE = timedelta(hours=24)
LOGIN = Login("account", "bot-user", "pass-word")
TARGET = HuaweiTarget("prod", "ap-southeast-3", PROJECT)
SHOW = "GET /v1.0/{p}/streaming/jobs/131"
PUT = "PUT /v1.0/{p}/streaming/sql-jobs/131"
REFUSED = CloudAuthError("no", cloud="huawei", operation="ShowFlinkJob")


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def forward(self, **by):
        self.now += timedelta(**by)


@pytest.fixture
def clock():
    return Clock()


class Issuer:
    """Issues token-1, token-2, ... or fails when it is told to."""

    def __init__(self, clock):
        self.issued = 0
        self.fails = None
        self._clock = clock

    async def __call__(self):
        await asyncio.sleep(0)
        if self.fails:
            raise self.fails
        self.issued += 1
        return Token(f"token-{self.issued}", self._clock(), self._clock() + LIFE)


@pytest.fixture
def issuer(clock):
    return Issuer(clock)


@pytest.fixture
def auth(issuer, clock):
    return PasswordTokenAuth(issuer, now=clock)


async def stamp_of(auth):
    await auth.ready()
    return auth.stamps("GET", "/", {}, b"")


async def test_a_token_is_got_once_and_sent_with_every_request(auth, issuer):
    stamps = [await stamp_of(auth) for _ in range(3)]

    assert stamps == [{"x-auth-token": "token-1"}] * 3
    assert issuer.issued == 1


async def test_a_token_is_renewed_before_it_expires(auth, clock):
    await auth.ready()
    clock.forward(hours=21)
    assert await stamp_of(auth) == {"x-auth-token": "token-1"}
    clock.forward(hours=1)
    assert await stamp_of(auth) == {"x-auth-token": "token-2"}


async def test_many_requests_at_once_ask_for_one_token(auth, issuer):
    await asyncio.gather(*(auth.ready() for _ in range(10)))

    assert issuer.issued == 1


async def test_a_token_that_cannot_be_renewed_yet_is_used_to_its_end(auth, issuer, clock):
    await auth.ready()
    clock.forward(hours=22)
    issuer.fails = CloudUnavailableError("down", cloud="huawei", operation=CREATE_TOKEN)
    assert await stamp_of(auth) == {"x-auth-token": "token-1"}
    issuer.fails = None
    assert await stamp_of(auth) == {"x-auth-token": "token-1"}, "not asked again at once"
    clock.forward(minutes=1)
    assert await stamp_of(auth) == {"x-auth-token": "token-2"}


async def test_an_expired_token_that_cannot_be_renewed_is_an_error(auth, issuer, clock):
    await auth.ready()
    clock.forward(hours=25)
    issuer.fails = CloudUnavailableError("down", cloud="huawei", operation=CREATE_TOKEN)

    with pytest.raises(CloudUnavailableError):
        await auth.ready()


async def test_a_refused_token_is_replaced(auth, clock):
    await auth.ready()
    clock.forward(minutes=5)

    assert auth.renews(REFUSED)
    assert await stamp_of(auth) == {"x-auth-token": "token-2"}


async def test_a_token_that_came_during_the_refusal_is_kept(auth, clock):
    await auth.ready()
    clock.forward(minutes=5)
    auth.renews(REFUSED)
    await auth.ready()

    assert auth.renews(REFUSED), "the other request goes again, with the new one"
    assert await stamp_of(auth) == {"x-auth-token": "token-2"}


async def test_a_refused_password_is_not_tried_again(auth):
    assert not auth.renews(CloudAuthError("no", cloud="huawei", operation=CREATE_TOKEN))


async def test_a_token_is_not_shown():
    assert "the-secret" not in repr(Token("the-secret", NOW, NOW))
    assert "pass-word" not in repr(LOGIN)


class Iam:
    """The identity service: one user, tokens by number."""

    def __init__(self, dli):
        self.dli = dli
        self.asked = []

    def __call__(self, request):
        if request.target.startswith("/v3/auth/tokens"):
            self.asked.append(body_of(request))
            return self._token(request)
        return self.dli(request)

    def _token(self, request):
        user = body_of(request)["auth"]["identity"]["password"]["user"]
        if user["password"] != "pass-word":
            error = {"code": 401, "message": "The username or password is wrong.", "title": "U"}
            return json_answer({"error": error}, 401, x_iam_trace_id="TRACE-1")
        token = f"token-{len(self.asked)}"
        self.dli.tokens.add(token)
        body = {"token": {"expires_at": "2026-01-03T03:04:05.000000Z"}}
        return json_answer(body, 201, x_subject_token=token)


async def used(iam, ask, *, login=LOGIN, target=TARGET, clock=None):
    """Ask DLI with tokens of an identity service on the same server."""
    now = clock or Clock()
    async with RawServer(iam) as server:
        office = transport_to(server.url, Unsigned(), QUICK)
        auth = PasswordTokenAuth(TokenOffice(office, login, target, now), now=now)
        try:
            return await asked(server, lambda operations: ask(operations, now), auth)
        finally:
            await office.aclose()


SHOWN = {"is_success": "true", "job_detail": job()}


async def show(operations, _clock=None):
    return (await operations.show_flink_job("131")).job_id


@pytest.mark.parametrize(
    ("target", "scope"),
    [
        (TARGET, {"id": PROJECT}),
        (HuaweiTarget("prod", "ap-southeast-3"), {"name": "ap-southeast-3"}),
    ],
)
async def test_a_password_is_traded_for_a_token_of_the_project(target, scope):
    iam = Iam(FakeDli({SHOW: SHOWN}))

    assert await used(iam, show, target=target) == 131

    user = {"name": "bot-user", "password": "pass-word", "domain": {"name": "account"}}
    identity = {"methods": ["password"], "password": {"user": user}}
    assert iam.asked == [{"auth": {"identity": identity, "scope": {"project": scope}}}]


async def test_a_token_that_must_be_updated_is_updated_and_the_read_repeated():
    iam = Iam(FakeDli({SHOW: SHOWN}))

    async def twice(operations, clock):
        first = await show(operations)
        clock.forward(hours=1)
        iam.dli.tokens.clear()  # a password change ends every token
        return first, await show(operations)

    assert await used(iam, twice) == (131, 131)
    assert len(iam.asked) == 2


async def test_a_write_is_not_repeated_but_the_next_one_has_a_new_token():
    iam = Iam(FakeDli({SHOW: SHOWN, PUT: {"is_success": "true", "message": ""}}))

    async def write_twice(operations, clock):
        await show(operations)
        clock.forward(hours=1)
        iam.dli.tokens.clear()
        with pytest.raises(CloudAuthError):
            await operations.update_flink_sql_job("131", {})
        await operations.update_flink_sql_job("131", {})

    await used(iam, write_twice)
    assert len(iam.asked) == 2


async def test_a_token_that_is_always_refused_is_given_up():
    iam = Iam(FakeDli({SHOW: lambda _: json_answer({"error_code": "APIGW.0301"}, 401)}))

    with pytest.raises(CloudAuthError):
        await used(iam, show)
    assert len(iam.asked) == 1, "a token this young is not to blame"


async def test_a_wrong_password_is_tried_once():
    iam = Iam(FakeDli({SHOW: SHOWN}))

    with pytest.raises(CloudAuthError, match="credentials were refused") as caught:
        await used(iam, show, login=Login("account", "bot-user", "wrong-word"))

    assert len(iam.asked) == 1
    assert caught.value.operation == CREATE_TOKEN
    assert caught.value.request_id == "TRACE-1"
    assert "wrong-word" not in f"{caught.value!r} {caught.value.__cause__!r}"


@pytest.mark.parametrize(
    "answer",
    [
        json_answer({"token": {"expires_at": "2026-01-03T03:04:05.000000Z"}}, 201),
        json_answer({"token": {"expires_at": "soon"}}, 201, x_subject_token="t"),
        json_answer({}, 201, x_subject_token="t"),
        http(502),
        DROP,
    ],
    ids=["no token", "odd expiry", "no expiry", "down", "dropped"],
)
async def test_without_a_token_the_write_has_not_left(answer):
    async def write(operations, _clock):
        await operations.update_flink_sql_job("131", {})

    def only_iam(request):
        assert request.target.startswith("/v3/auth/tokens"), "nothing else may be sent"
        return answer

    with pytest.raises(CloudNotSentError) as caught:
        await used(only_iam, write)
    assert caught.value.operation == "UpdateFlinkSqlJob"


async def test_the_expiry_has_a_time_zone():
    iam = Iam(FakeDli())
    async with RawServer(iam) as server:
        office = transport_to(server.url, Unsigned(), QUICK)
        token = await TokenOffice(office, LOGIN, TARGET, Clock())()
        await office.aclose()

    assert token.expires_at == datetime.fromisoformat("2026-01-03T03:04:05+00:00")
    assert server.requests[0].target == "/v3/auth/tokens?nocatalog=true"
    assert "authorization" not in server.requests[0].headers


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "token"
    file.write_text("token-1\n")
    return file


@pytest.fixture
def from_file(file):
    return TokenFileAuth(file, cloud="huawei")


async def test_a_token_file_is_followed_when_it_changes(file, from_file):
    assert await stamp_of(from_file) == {"x-auth-token": "token-1"}
    file.write_text("a longer token-2".replace(" ", "-"))
    assert await stamp_of(from_file) == {"x-auth-token": "a-longer-token-2"}


async def test_a_refused_token_file_is_read_again_whatever_its_time(file, from_file):
    await from_file.ready()
    before = file.stat()
    file.write_text("token-2\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert await stamp_of(from_file) == {"x-auth-token": "token-1"}, "nothing seems changed"

    assert from_file.renews(REFUSED)
    assert await stamp_of(from_file) == {"x-auth-token": "token-2"}
    assert not from_file.renews(REFUSED), "nothing newer is there"


@pytest.mark.parametrize("content", [b"", b" \n", b"two words", b"\xff\xfe", b"a\x00b"])
async def test_a_file_without_a_token_is_told_by_name_and_not_by_content(file, from_file, content):
    file.write_bytes(content)

    with pytest.raises(CloudAuthError, match=str(file)) as caught:
        await from_file.ready()

    assert "two words" not in str(caught.value)
    assert not from_file.renews(caught.value)


async def test_a_file_that_goes_away_is_told(file, from_file):
    await from_file.ready()
    file.unlink()

    assert not from_file.renews(REFUSED)
    with pytest.raises(CloudAuthError, match="FileNotFoundError"):
        await from_file.ready()


async def test_a_read_goes_again_with_the_files_new_token(file, from_file):
    dli = FakeDli({SHOW: SHOWN}, tokens={"token-2"})

    def renewed_meanwhile(request):
        answer = dli(request)
        file.write_text("token-2\n")
        return answer

    async with RawServer(renewed_meanwhile) as server:
        assert await asked(server, show, from_file) == 131

    assert [request.headers["x-auth-token"] for request in server.requests] == [
        "token-1",
        "token-2",
    ]
