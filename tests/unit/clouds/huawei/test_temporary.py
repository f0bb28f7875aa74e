"""Temporary keys on Huawei Cloud: of the agency of the server that the bot runs on."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.clouds.huawei.auth import AccessKeyAuth, Credentials
from bot.clouds.huawei.temporary import ServerAgency
from bot.clouds.keys import LentKeys
from bot.errors import CloudAuthError, CloudUnavailableError
from tests.fakes.raw_server import RawServer, http, json_answer
from tests.unit.clouds.calling import unused_port

TOKEN, KEY = "/meta-data/latest/api/token", "/openstack/latest/securitykey"
CREDENTIAL = {
    "access": "AKEXAMPLE",
    "secret": "example-secret",
    "securitytoken": "example-token",
    "expires_at": "2026-03-02T15:00:00.123000Z",
}
LENT = Credentials("AKEXAMPLE", "example-secret", "example-token")


class Server:
    """A metadata service with an agency, as far as it is not told otherwise."""

    def __init__(self, token=None, key=None):
        self.answers = {
            f"PUT {TOKEN}": token or http(200, b"meta-token"),
            f"GET {KEY}": key or json_answer({"credential": CREDENTIAL}),
        }

    def __call__(self, request):
        return self.answers[f"{request.method} {request.target}"]


async def test_a_server_has_the_keys_of_its_agency():
    async with RawServer(Server()) as server:
        loan = await ServerAgency(server.url)()

    asked, got = server.requests
    assert asked.headers["x-metadata-token-ttl-seconds"] == "21600"
    assert got.headers["x-metadata-token"] == "meta-token"
    assert loan.keys == LENT
    assert loan.expires_at == datetime(2026, 3, 2, 15, 0, 0, 123000, UTC)


@pytest.mark.parametrize("status", [404, 405])
async def test_an_older_service_is_asked_without_a_token(status):
    async with RawServer(Server(token=http(status))) as server:
        assert (await ServerAgency(server.url)()).keys == LENT

    assert "x-metadata-token" not in server.requests[1].headers


@pytest.mark.parametrize(
    ("server", "told"),
    [
        (Server(token=http(403)), r"gave no token \(HTTP 403\)"),
        (Server(key=http(404)), "no agency is set for this server"),
        (Server(key=http(200, b"oops")), "without usable keys"),
        (
            Server(key=json_answer({"credential": {**CREDENTIAL, "access": "a b"}})),
            "without usable keys.*access",
        ),
    ],
)
async def test_a_server_without_keys_says_why(server, told):
    async with RawServer(server) as running:
        with pytest.raises(CloudAuthError, match=told) as caught:
            await ServerAgency(running.url)()

    assert "example-secret" not in str(caught.value)


async def test_off_the_cloud_there_is_no_metadata_service():
    agency = ServerAgency(f"http://127.0.0.1:{await unused_port()}")

    with pytest.raises(CloudUnavailableError, match="server of the cloud with an agency only"):
        await agency()


async def test_lent_keys_sign_requests_with_their_token():
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    async with RawServer(Server()) as server:
        keys = LentKeys(ServerAgency(server.url), now=lambda: now, ahead=timedelta(minutes=40))
        signer = AccessKeyAuth(keys, now=lambda: now)
        await signer.ready()

    stamps = signer.stamps("GET", "/v1.0/p/streaming/jobs", {"host": "dli"}, b"")
    assert stamps["x-security-token"] == "example-token"
    assert (
        "Access=AKEXAMPLE, SignedHeaders=host;x-sdk-date;x-security-token"
        in (stamps["authorization"])
    )


async def test_an_end_without_a_zone_is_utc():
    given = {**CREDENTIAL, "expires_at": "2026-03-02T15:00:00"}
    async with RawServer(Server(key=json_answer({"credential": given}))) as server:
        loan = await ServerAgency(server.url)()

    assert loan.expires_at == datetime(2026, 3, 2, 15, tzinfo=UTC)
