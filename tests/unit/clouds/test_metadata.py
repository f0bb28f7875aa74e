"""The metadata service: asked on this machine only, and missed with a sentence that helps."""

import pytest
from pydantic import BaseModel

from bot.clouds.calls import Answer
from bot.clouds.metadata import header_value, metadata_service, read_json
from bot.clouds.route import route_to
from bot.errors import CloudAuthError, CloudUnavailableError
from tests.fakes.raw_server import RawServer, http
from tests.unit.clouds.calling import unused_port


def service(url):
    return metadata_service(url, cloud="test", operation="asking", needed="a role")


async def test_an_answer_below_500_is_given_as_it_is():
    echo = RawServer(lambda request: http(404, request.method.encode()))
    async with echo as server, service(server.url) as ask:
        answer = await ask("PUT", "/token", {"x-ttl": "60"})

    assert (answer.status, answer.body) == (404, b"PUT")
    assert server.requests[0].headers["x-ttl"] == "60"


async def test_off_the_cloud_it_is_said_what_the_way_to_authenticate_needs():
    url = f"http://127.0.0.1:{await unused_port()}"

    async with service(url) as ask:
        with pytest.raises(CloudUnavailableError) as caught:
            await ask("GET", "/")

    assert "no metadata service (cannot connect to 127.0.0.1" in str(caught.value)
    assert 'auth = "ecs" works on a server of the cloud with a role only' in str(caught.value)


async def test_a_service_that_is_out_of_order_is_asked_twice():
    async with RawServer(lambda _: http(503)) as server, service(server.url) as ask:
        with pytest.raises(CloudUnavailableError, match="answered HTTP 503"):
            await ask("GET", "/")

    assert len(server.requests) == 2


@pytest.mark.parametrize("address", ["http://169.254.169.254", "http://100.100.100.200"])
def test_no_proxy_is_told_of_a_servers_keys(address, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:3128")
    monkeypatch.setenv("ALL_PROXY", "http://proxy:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)

    assert route_to(address).proxy is None
    assert route_to("http://169.254.169.253").proxy == "http://proxy:3128"


@pytest.mark.parametrize("body", [b"a b", b"a\r\nx: y", "ä".encode(), b""])
def test_what_cannot_go_into_a_header_is_refused(body):
    trouble = CloudAuthError("odd", cloud="test", operation="asking")

    with pytest.raises(CloudAuthError, match="odd"):
        header_value(Answer(200, {}, body), trouble)


def test_what_was_not_given_is_refused():
    trouble = CloudAuthError("none", cloud="test", operation="asking")

    with pytest.raises(CloudAuthError, match="none"):
        header_value(Answer(403, {}, b"token"), trouble)
    assert header_value(Answer(200, {}, b" token\n"), trouble) == "token"


class Keys(BaseModel):
    secret: str
    until: int


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"secret": "hunter2"}', "HTTP 200: until"),
        (b'{"secret": "hunter2", "until": "hunter2"}', "HTTP 200: until"),
        (b"hunter2", "HTTP 200: no JSON"),
    ],
)
def test_what_is_wrong_with_keys_is_told_without_them(body, told):
    with pytest.raises(CloudAuthError, match=told) as caught:
        read_json(Answer(200, {}, body), Keys, cloud="test", operation="asking")

    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
