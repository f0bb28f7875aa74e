"""What is known of a request's fate, and how hard a cloud is asked."""

import asyncio
import logging
import time

import httpx
import pytest

from bot.clouds.calls import Passage
from bot.clouds.fresh import follow
from bot.clouds.transport import Call, Limits
from bot.errors import (
    CloudNotFoundError,
    CloudNotSentError,
    CloudOutcomeUnknownError,
    CloudThrottledError,
    CloudUnavailableError,
)
from tests.fakes.raw_server import DROP, RawServer, http, one_after_the_other
from tests.unit.clouds.calling import READ, WRITE, decode, sent, transport_to, unused_port


async def silence(_):
    await asyncio.Event().wait()


async def test_an_answer_comes_back_with_its_status_headers_and_body():
    async with RawServer(lambda _: http(200, b"hello", x_some="thing")) as server:
        transport = transport_to(server.url)
        found = await transport.send(READ, lambda answer: answer)
        await transport.aclose()

    assert (found.status, found.body, found.headers["X-Some"]) == (200, b"hello", "thing")
    assert server.requests[0].headers["accept"] == "application/json"
    assert server.requests[0].headers["user-agent"].startswith("flinkbot/")


@pytest.mark.parametrize("fault", [http(502, b"<html>"), DROP, b"garbage\r\n\r\n"])
async def test_a_read_is_repeated_until_it_works(fault):
    async with RawServer(one_after_the_other(fault, fault, http(200, b"ok"))) as server:
        assert await sent(transport_to(server.url), READ) == "ok"

    assert len(server.requests) == 3


async def test_a_read_that_never_works_is_tried_three_times():
    async with RawServer(lambda _: DROP) as server:
        with pytest.raises(CloudUnavailableError, match="ServerDisconnectedError"):
            await sent(transport_to(server.url), READ)

    assert len(server.requests) == 3


async def test_a_plain_no_is_not_asked_again():
    async with RawServer(lambda _: http(404)) as server:
        with pytest.raises(CloudNotFoundError):
            await sent(transport_to(server.url), READ)

    assert len(server.requests) == 1


async def test_a_read_waits_as_long_as_the_cloud_asks():
    busy = http(429, x_wait="0.15")
    async with RawServer(one_after_the_other(busy, http(200, b"ok"))) as server:
        began = time.monotonic()
        assert await sent(transport_to(server.url), READ) == "ok"

    assert time.monotonic() - began >= 0.15
    assert len(server.requests) == 2


async def test_a_read_does_not_wait_longer_than_it_may_take_in_all():
    async with RawServer(lambda _: http(429, x_wait="60")) as server:
        with pytest.raises(CloudThrottledError) as caught:
            await sent(transport_to(server.url), READ)

    assert caught.value.retry_after == 60
    assert len(server.requests) == 1


async def test_a_read_that_may_come_back_at_once_does():
    async with RawServer(one_after_the_other(http(429, x_wait="0"), http(200, b"ok"))) as server:
        assert await sent(transport_to(server.url), READ) == "ok"


async def test_a_read_that_took_all_its_time_already_is_not_repeated():
    limits = Limits(total_seconds=0.1, retry_within_seconds=0.05, backoff_seconds=0.001)
    async with RawServer(silence) as server:
        with pytest.raises(CloudUnavailableError):
            await sent(transport_to(server.url, limits), READ)

    assert len(server.requests) == 1


async def test_a_throttled_read_without_a_hint_backs_off_by_itself():
    async with RawServer(one_after_the_other(http(429), http(200, b"ok"))) as server:
        assert await sent(transport_to(server.url), READ) == "ok"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda _: DROP, CloudOutcomeUnknownError),
        (lambda _: b"garbage\r\n\r\n", CloudOutcomeUnknownError),
        (lambda _: b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", CloudOutcomeUnknownError),
        (silence, CloudOutcomeUnknownError),
        (lambda _: http(429), CloudThrottledError),
        (lambda _: http(404), CloudNotFoundError),
    ],
    ids=["dropped", "garbage", "half", "silent", "throttled", "refused"],
)
async def test_a_write_is_sent_exactly_once(answer, error):
    limits = Limits(backoff_seconds=0.001, read_seconds=0.2)
    async with RawServer(answer) as server:
        with pytest.raises(error):
            await sent(transport_to(server.url, limits), WRITE)

    assert server.count("Change") == 1


async def test_a_write_that_works_gives_its_answer():
    async with RawServer(lambda _: http(200, b"done")) as server:
        assert await sent(transport_to(server.url), WRITE) == "done"


async def test_a_write_never_uses_a_connection_that_may_be_dead_already():
    async with RawServer(lambda _: http(200, b"ok")) as server:
        transport = transport_to(server.url)
        reads = [await transport.send(READ, decode) for _ in range(3)]
        after_reads = server.connections
        writes = [await transport.send(WRITE, decode) for _ in range(2)]
        await transport.aclose()

    assert reads + writes == ["ok"] * 5
    assert (after_reads, server.connections) == (1, 3)


async def test_the_total_time_is_limited_also_when_every_byte_comes_in_time():
    async def trickle(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        try:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)  # the pace of a slow server: nobody waits for it to end
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    limits = Limits(read_seconds=5, total_seconds=0.5)

    with pytest.raises(CloudOutcomeUnknownError, match=r"no answer within 0\.5 s"):
        await sent(transport_to(url, limits), WRITE)

    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("call", [READ, WRITE], ids=["read", "write"])
async def test_a_refused_connection_is_surely_not_sent(call):
    with pytest.raises(CloudNotSentError, match=r"ConnectError|cannot connect to 127\.0\.0\.1:"):
        await sent(transport_to(f"http://127.0.0.1:{await unused_port()}"), call)


async def test_a_handshake_that_never_ends_is_surely_not_sent():
    async with RawServer(silence) as server:
        transport = transport_to(server.url.replace("http:", "https:"), Limits(connect_seconds=0.1))
        with pytest.raises(CloudNotSentError, match="ConnectTimeout"):
            await sent(transport, WRITE)

    assert server.requests == []


async def test_the_last_step_before_a_request_leaves_is_known(certificate):
    passage, fates = Passage(), []
    traced = follow(passage)

    async def watch(event, info):
        await traced(event, info)
        fates.append((event, passage.unsent))

    client = httpx.AsyncClient(verify=certificate.client, trust_env=False)
    async with RawServer(lambda _: http(200), tls=certificate.server) as server, client:
        await client.post(server.url, extensions={"trace": watch})

    unsent = [event for event, fate in fates if fate]
    assert unsent == [
        "connection.connect_tcp.started",
        "connection.connect_tcp.complete",
        "connection.start_tls.started",
        "connection.start_tls.complete",
    ]
    assert fates[len(unsent)] == ("http11.send_request_headers.started", False)


async def test_a_server_that_cannot_prove_who_it_is_gets_nothing(certificate):
    async with RawServer(lambda _: http(200), tls=certificate.server) as server:
        with pytest.raises(CloudNotSentError, match="CERTIFICATE_VERIFY_FAILED"):
            await sent(transport_to(server.url), WRITE)

    assert server.requests == []


async def test_a_server_with_a_known_certificate_is_talked_to(certificate):
    async with RawServer(lambda _: http(200, b"ok"), tls=certificate.server) as server:
        assert await sent(transport_to(server.url, tls=certificate.client), WRITE) == "ok"


async def test_a_call_that_waits_in_vain_for_its_turn_is_surely_not_sent():
    async with RawServer(lambda _: http(200)) as server:
        transport = transport_to(server.url, Limits(concurrency=1, total_seconds=0.1))
        async with transport._slots:
            with pytest.raises(CloudNotSentError, match="no answer within"):
                await transport.send(WRITE, decode)
        await transport.aclose()

    assert server.requests == []


async def test_a_call_above_the_rate_waits_and_is_surely_not_sent():
    limits = Limits(rate_per_second=1, total_seconds=0.5)
    async with RawServer(lambda _: http(200, b"ok")) as server:
        transport = transport_to(server.url, limits)
        calls = (transport.send(WRITE, decode) for _ in range(2))
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        await transport.aclose()

    assert outcomes[0] == "ok"
    assert isinstance(outcomes[1], CloudNotSentError)
    assert len(server.requests) == 1


async def test_no_more_calls_are_under_way_than_allowed():
    gate, full = asyncio.Event(), asyncio.Event()
    under_way = most = 0

    async def hold(_):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if under_way == 8:
            full.set()
        await gate.wait()
        under_way -= 1
        return http(200, b"ok")

    async with RawServer(hold) as server:
        transport = transport_to(server.url, Limits(total_seconds=10))
        calls = [asyncio.create_task(transport.send(READ, decode)) for _ in range(30)]
        await full.wait()
        gate.set()
        assert await asyncio.gather(*calls) == ["ok"] * 30
        await transport.aclose()

    assert most == 8
    assert server.connections <= 8


async def test_nothing_secret_is_in_logs_errors_or_descriptions(caplog):
    caplog.set_level(logging.DEBUG)
    call = Call("Change", "POST", "/x", {"x-acs-security-token": "tkn-1"}, b"body-1", is_write=True)
    async with RawServer(lambda _: DROP) as server:
        with pytest.raises(CloudOutcomeUnknownError) as caught:
            await sent(transport_to(server.url), call)

    shown = f"{caplog.text} {caught.value} {caught.value!r} {caught.value.__cause__!r} {call}"
    for secret in ("very-secret", "tkn-1", "body-1"):
        assert secret not in shown
