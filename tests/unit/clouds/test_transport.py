"""What is known of a request's fate, and how hard a cloud is asked."""

import asyncio
import logging
import ssl
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.clouds.transport import Answer, Call, Limits, Transport, _Passage
from bot.errors import (
    CloudNotFoundError,
    CloudNotSentError,
    CloudOutcomeUnknownError,
    CloudThrottledError,
    CloudUnavailableError,
)
from tests.fakes.raw_server import DROP, RawServer, http, one_after_the_other

READ = Call("Look", "GET", "/things", {"x-acs-action": "Look"})
WRITE = Call("Change", "POST", "/things", {"x-acs-action": "Change"}, is_write=True)
QUICK = Limits(backoff_seconds=0.001, total_seconds=5)


class Anonymous(httpx.Auth):
    """Adds a secret header, as a real signature does."""

    def auth_flow(self, request):
        request.headers["authorization"] = "ACS3-HMAC-SHA256 Credential=ak,Signature=very-secret"
        yield request


def transport_to(url, limits=QUICK, tls=None):
    return Transport(url, cloud="test", auth=Anonymous(), limits=limits, tls=tls)


def decode(answer: Answer):
    if answer.status == 404:
        raise CloudNotFoundError("gone", cloud="test", operation="Look")
    if answer.status == 429:
        after = float(answer.headers["x-wait"]) if "x-wait" in answer.headers else None
        raise CloudThrottledError("slow", cloud="test", operation="Look", retry_after=after)
    if answer.status >= 500:
        raise CloudUnavailableError("down", cloud="test", operation="Look")
    return answer.body.decode()


async def sent(transport, call):
    try:
        return await transport.send(call, decode)
    finally:
        await transport.aclose()


async def unused_port():
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


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
        with pytest.raises(CloudUnavailableError, match="RemoteProtocolError"):
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
                await asyncio.sleep(0.02)
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
    with pytest.raises(CloudNotSentError, match="ConnectError"):
        await sent(transport_to(f"http://127.0.0.1:{await unused_port()}"), call)


async def test_a_handshake_that_never_ends_is_surely_not_sent():
    async with RawServer(silence) as server:
        transport = transport_to(server.url.replace("http:", "https:"), Limits(connect_seconds=0.1))
        with pytest.raises(CloudNotSentError, match="ConnectTimeout"):
            await sent(transport, WRITE)

    assert server.requests == []


async def test_the_last_step_before_a_request_leaves_is_known(certificate):
    passage, fates = _Passage(), []

    async def follow(event, info):
        await passage.trace(event, info)
        fates.append((event, passage.unsent))

    client = httpx.AsyncClient(verify=certificate.client, trust_env=False)
    async with RawServer(lambda _: http(200), tls=certificate.server) as server, client:
        await client.post(server.url, extensions={"trace": follow})

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


async def test_a_proxy_of_the_environment_is_used_for_the_cloud(monkeypatch):
    async with RawServer(lambda _: http(403, b"no")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        transport = transport_to("https://ververica.cn-hangzhou.aliyuncs.com")
        with pytest.raises(CloudNotSentError, match="ProxyError"):
            await sent(transport, WRITE)

    assert proxy.requests[0].line == "CONNECT ververica.cn-hangzhou.aliyuncs.com:443 HTTP/1.1"


async def test_a_proxy_of_the_environment_is_not_used_for_this_machine(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{await unused_port()}")
    async with RawServer(lambda _: http(200, b"ok")) as server:
        assert await sent(transport_to(server.url), READ) == "ok"
        assert await sent(transport_to(server.url.replace("127.0.0.1", "localhost")), READ) == "ok"


class Certificate:
    """A self-signed certificate for 127.0.0.1, and who serves and trusts it."""

    def __init__(self, folder):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        now = datetime.now(UTC)
        signed = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(names, critical=False)
            .sign(key, hashes.SHA256())
        )
        pem = folder / "loopback.pem"
        pem.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + signed.public_bytes(serialization.Encoding.PEM)
        )
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server.load_cert_chain(pem)
        self.client = ssl.create_default_context(cafile=pem)


@pytest.fixture
def certificate(tmp_path):
    return Certificate(tmp_path)
