"""Reads over kept connections: what can go wrong on the way, and what is never done."""

import asyncio
import gzip
import logging

import pytest

from bot.clouds.calls import LARGEST_ANSWER
from bot.clouds.transport import Call, Limits
from bot.errors import CloudNotSentError, CloudOutcomeUnknownError, CloudUnavailableError
from tests.fakes.raw_server import DROP, RawServer, http, one_after_the_other
from tests.fakes.tunnel import Tunnel
from tests.unit.clouds.calling import READ, WRITE, decode, sent, transport_to

ONCE = Limits(read_attempts=1, read_seconds=0.1)
HALF = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"
BOTH = pytest.mark.parametrize("call", [READ, WRITE], ids=["read", "write"])


async def silence(_):
    await asyncio.Event().wait()


def packed(body):
    return http(200, gzip.compress(body, 1), content_encoding="gzip")


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: DROP,
        lambda _: b"garbage\r\n\r\n",
        lambda _: HALF,
        silence,
        lambda _: http(200, b"no gzip", content_encoding="gzip"),
    ],
    ids=["dropped", "garbage", "half", "silent", "falsely packed"],
)
async def test_a_read_without_a_whole_answer_is_no_answer(answer):
    async with RawServer(answer) as server:
        with pytest.raises(CloudUnavailableError):
            await sent(transport_to(server.url, ONCE), READ)

    assert len(server.requests) == 1


async def test_a_read_whose_answer_broke_off_is_asked_again():
    ends_there = http(200, b"whole", connection="close")
    broken = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: x\r\n\r\n"
    async with RawServer(one_after_the_other(broken, DROP, ends_there)) as server:
        assert await sent(transport_to(server.url), READ) == "whole"


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nx-a: b"], ids=["none", "some"])
async def test_headers_that_come_too_slowly_are_not_waited_for(begun):
    async with RawServer(lambda _: begun) as server:
        with pytest.raises(CloudUnavailableError, match="SocketTimeoutError"):
            await sent(transport_to(server.url, ONCE), READ)


async def test_the_total_time_of_a_read_is_limited_too():
    async with RawServer(silence) as server:
        limits = Limits(read_attempts=1, total_seconds=0.1)
        with pytest.raises(CloudUnavailableError, match=r"no answer within 0\.1 s"):
            await sent(transport_to(server.url, limits), READ)


async def test_a_handshake_that_never_ends_is_surely_not_sent():
    async with RawServer(silence) as server:
        limits = Limits(connect_seconds=0.1, read_attempts=1)
        transport = transport_to(server.url.replace("http:", "https:"), limits)
        with pytest.raises(CloudNotSentError, match="timeout"):
            await sent(transport, READ)

    assert server.requests == []


async def test_a_server_that_cannot_prove_who_it_is_is_told_nothing(certificate):
    async with RawServer(lambda _: http(200), tls=certificate.server) as server:
        with pytest.raises(CloudNotSentError, match="CERTIFICATE_VERIFY_FAILED"):
            await sent(transport_to(server.url, ONCE), READ)

    assert server.requests == []


async def test_reads_over_tls_share_one_connection(certificate):
    async with RawServer(lambda _: http(200, b"ok"), tls=certificate.server) as server:
        transport = transport_to(server.url, tls=certificate.client)
        assert [await transport.send(READ, decode) for _ in range(3)] == ["ok"] * 3
        await transport.aclose()

    assert server.connections == 1


async def test_the_same_signature_is_never_sent_twice():
    fine_then_dead = one_after_the_other(http(200, b"ok"), DROP, http(200, b"again"))
    async with RawServer(fine_then_dead) as server:
        transport = transport_to(server.url)
        assert [await transport.send(READ, decode) for _ in range(2)] == ["ok", "again"]
        await transport.aclose()

    stamps = [request.headers["authorization"] for request in server.requests]
    assert len(stamps) == len(set(stamps)) == 3
    assert server.connections == 2


async def test_a_connection_that_the_server_closed_meanwhile_is_not_used():
    async with RawServer(lambda _: http(200, b"ok", connection="close")) as server:
        transport = transport_to(server.url, ONCE)
        assert [await transport.send(READ, decode) for _ in range(3)] == ["ok"] * 3
        await transport.aclose()

    assert len(server.requests) == server.connections == 3


async def test_a_cancelled_read_leaves_its_turn_to_the_next():
    arrived = asyncio.Event()

    async def first_silence(request):
        if not arrived.is_set():
            arrived.set()
            await silence(request)
        return http(200, b"ok")

    async with RawServer(first_silence) as server:
        transport = transport_to(server.url, Limits(concurrency=1))
        read = asyncio.create_task(transport.send(READ, decode))
        await arrived.wait()
        read.cancel()
        with pytest.raises(asyncio.CancelledError):
            await read
        assert await transport.send(READ, decode) == "ok"
        await transport.aclose()

    assert server.connections == 2


@BOTH
async def test_a_redirect_is_an_answer_and_not_followed(call):
    async with RawServer(lambda _: http(302, location="/elsewhere")) as server:
        found = await sent(transport_to(server.url), call, lambda answer: answer.status)

    assert found == 302
    assert len(server.requests) == 1


async def test_no_cookie_is_kept():
    async with RawServer(lambda _: http(200, b"ok", set_cookie="a=b")) as server:
        transport = transport_to(server.url)
        for _ in range(2):
            await transport.send(READ, decode)
        await transport.aclose()

    assert all("cookie" not in request.headers for request in server.requests)


@BOTH
async def test_a_packed_answer_is_unpacked(call):
    async with RawServer(lambda _: packed(b"hello")) as server:
        assert await sent(transport_to(server.url), call) == "hello"

    assert "gzip" in server.requests[0].headers["accept-encoding"]


@pytest.mark.parametrize(
    ("call", "error"), [(READ, CloudUnavailableError), (WRITE, CloudOutcomeUnknownError)]
)
async def test_an_answer_that_unpacks_without_end_is_given_up(call, error):
    async with RawServer(lambda _: packed(bytes(LARGEST_ANSWER + 1))) as server:
        with pytest.raises(error, match="larger than"):
            await sent(transport_to(server.url, Limits(read_attempts=1)), call)


async def test_a_question_may_have_a_body():
    call = Call("Ask", "POST", "/ask?a=%2F", {"content-type": "text/x-sql"}, b"SELECT 1")
    async with RawServer(lambda _: http(200, b"ok")) as server:
        assert await sent(transport_to(server.url), call) == "ok"

    request = server.requests[0]
    assert request.line == "POST /ask?a=%2F HTTP/1.1"
    assert (request.body, request.headers["content-type"]) == (b"SELECT 1", "text/x-sql")


@pytest.mark.parametrize("target", ["/a%3Ab/%2E%2e/%7E~/%41?q=%2b%2C,:@&e=", "/p//x/y?a=b?c"])
@BOTH
async def test_a_target_travels_exactly_as_it_was_signed(call, target):
    call = Call(call.operation, call.method, target, is_write=call.is_write)
    async with RawServer(lambda _: http(200, b"ok")) as server:
        await sent(transport_to(server.url), call)

    assert server.requests[0].target == target


async def test_an_answer_through_a_proxy_that_wants_a_password(certificate, monkeypatch):
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with (
        RawServer(lambda _: http(200, b"ok"), tls=certificate.server) as server,
        Tunnel(server.port) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"http://someone:proxy-word@127.0.0.1:{proxy.port}")
        certificate.client.check_hostname = False
        for call in (READ, WRITE):
            transport = transport_to("https://cloud.example", tls=certificate.client)
            assert await sent(transport, call) == "ok"

    assert [head.split("\r\n")[0] for head in proxy.heads] == [
        "CONNECT cloud.example:443 HTTP/1.1"
    ] * 2
    for head in proxy.heads:
        assert "proxy-authorization: basic c29tzw9uztpwcm94es13b3jk" in head.lower()
    for request in server.requests:
        assert request.headers["host"] == "cloud.example"
        assert "proxy-authorization" not in request.headers


@BOTH
async def test_a_proxy_that_says_no_got_nothing_of_the_request(call, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with RawServer(lambda _: http(403, b"no")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://someone:proxy-word@127.0.0.1:{proxy.port}")
        transport = transport_to("https://ververica.cn-hangzhou.aliyuncs.com", ONCE)
        with pytest.raises(CloudNotSentError, match=r"ProxyError.*403") as caught:
            await sent(transport, call)

    assert proxy.requests[0].line == "CONNECT ververica.cn-hangzhou.aliyuncs.com:443 HTTP/1.1"
    shown = f"{caplog.text} {caught.value!r} {caught.value.__cause__!r}"
    assert "proxy-word" not in shown
    assert "very-secret" not in shown


async def test_nothing_secret_of_a_read_is_told(caplog):
    caplog.set_level(logging.DEBUG)
    call = Call("Look", "GET", "/x", {"x-acs-security-token": "tkn-1"})
    async with RawServer(lambda _: b"garbage\r\n\r\n") as server:
        with pytest.raises(CloudUnavailableError) as caught:
            await sent(transport_to(server.url, ONCE), call)

    shown = f"{caplog.text} {caught.value} {caught.value!r} {caught.value.__cause__!r} {call}"
    for secret in ("very-secret", "tkn-1"):
        assert secret not in shown
