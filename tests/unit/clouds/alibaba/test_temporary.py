"""Temporary keys on Alibaba Cloud: of the server's RAM role, and for a pod's OIDC token."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from bot.clouds.alibaba import AlibabaTarget, open_alibaba
from bot.clouds.alibaba.auth import Credentials
from bot.clouds.alibaba.temporary import PodRole, ServerRole
from bot.clouds.keys import LentKeys
from bot.errors import CloudAuthError, CloudNotSentError, CloudUnavailableError
from tests.fakes.clock import T0
from tests.fakes.raw_server import DROP, RawServer, http, json_answer, success
from tests.unit.clouds.calling import unused_port

END = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
KEYS = {
    "AccessKeyId": "STS.example",
    "AccessKeySecret": "example-secret",
    "SecurityToken": "example-token",
    "Expiration": "2026-03-02T15:00:00Z",
}
LENT = Credentials("STS.example", "example-secret", "example-token")
ROLES = "/latest/meta-data/ram/security-credentials/"


class Server:
    """A metadata service with a role, as far as it is not told otherwise."""

    def __init__(self, **answers):
        self.answers = {
            "/latest/api/token": http(200, b"meta-token"),
            ROLES: http(200, b"flinkbot\n"),
            f"{ROLES}flinkbot": json_answer({"Code": "Success", **KEYS}),
            **{name.replace("roles", ROLES): answer for name, answer in answers.items()},
        }

    def __call__(self, request):
        if request.target == "/latest/api/token":
            assert request.method == "PUT"
            assert request.headers["x-aliyun-ecs-metadata-token-ttl-seconds"] == "21600"
        else:
            assert request.headers["x-aliyun-ecs-metadata-token"] == "meta-token"
        return self.answers[request.target]


async def test_a_server_has_the_keys_of_its_role():
    async with RawServer(Server()) as server:
        loan = await ServerRole(endpoint=server.url)()

    assert (loan.keys, loan.expires_at) == (LENT, END)


async def test_a_role_that_is_named_is_not_asked_for():
    async with RawServer(Server()) as server:
        assert (await ServerRole("flinkbot", server.url)()).keys == LENT

    assert [request.target for request in server.requests] == [
        "/latest/api/token",
        f"{ROLES}flinkbot",
    ]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"/latest/api/token": http(403)}, r"gave no token \(HTTP 403\)"),
        ({"roles": http(404)}, "no RAM role is bound to this server"),
        ({"roles": http(200, b"<html> </html>")}, "no RAM role is bound to this server"),
        ({"rolesflinkbot": http(404)}, "the RAM role 'flinkbot' is not bound"),
        ({"rolesflinkbot": json_answer({"Code": "Failed", **KEYS})}, "without usable keys.*Code"),
        (
            {"rolesflinkbot": json_answer({"Code": "Success", **KEYS, "SecurityToken": "a\nb"})},
            "without usable keys.*SecurityToken",
        ),
    ],
)
async def test_a_server_without_keys_says_why(answers, told):
    async with RawServer(Server(**answers)) as server:
        with pytest.raises(CloudAuthError, match=told) as caught:
            await ServerRole(endpoint=server.url)()

    assert "example-secret" not in str(caught.value)


async def test_off_the_cloud_there_is_no_metadata_service():
    role = ServerRole(endpoint=f"http://127.0.0.1:{await unused_port()}")

    with pytest.raises(CloudUnavailableError, match="works on a server of the cloud with a RAM"):
        await role()


@pytest.fixture
def pod(tmp_path):
    file = tmp_path / "token"
    file.write_text("pods-token\n")
    return PodRole(
        "acs:ram::1:role/flinkbot", "acs:ram::1:oidc-provider/c1", file, "flinkbot-prod", lambda: T0
    )


async def test_a_pod_trades_its_token_for_keys(pod):
    async with RawServer(lambda _: json_answer({"Credentials": KEYS})) as server:
        loan = await replace(pod, endpoint=server.url)()

    (request,) = server.requests
    query = parse_qs(request.target.removeprefix("/?"))
    assert request.method == "POST"
    assert query.pop("SignatureNonce")
    assert query == {
        "Action": ["AssumeRoleWithOIDC"],
        "Version": ["2015-04-01"],
        "Format": ["JSON"],
        "Timestamp": ["2026-03-02T09:00:00Z"],
    }
    assert "pods-token" not in request.target, "addresses are logged"
    assert parse_qs(request.body.decode()) == {
        "RoleArn": ["acs:ram::1:role/flinkbot"],
        "OIDCProviderArn": ["acs:ram::1:oidc-provider/c1"],
        "OIDCToken": ["pods-token"],
        "RoleSessionName": ["flinkbot-prod"],
        "DurationSeconds": ["3600"],
    }
    assert "authorization" not in request.headers
    assert (loan.keys, loan.expires_at) == (LENT, END)


async def test_the_pods_token_is_read_anew_each_time(pod):
    async with RawServer(lambda _: json_answer({"Credentials": KEYS})) as server:
        lender = replace(pod, endpoint=server.url)
        await lender()
        pod.token_file.write_text("next-token")
        await lender()

    assert parse_qs(server.requests[1].body.decode())["OIDCToken"] == ["next-token"]


@pytest.mark.parametrize(("content", "told"), [(b" \n", "is empty"), (b"\xff", "Unicode")])
async def test_a_token_file_without_a_token_is_named(pod, content, told):
    pod.token_file.write_bytes(content)

    with pytest.raises(CloudAuthError, match=rf"token.*{told}"):
        await pod()


async def test_a_token_file_that_is_missing_is_named(pod):
    pod.token_file.unlink()

    with pytest.raises(CloudAuthError, match="token: FileNotFoundError"):
        await pod()


async def test_a_refusal_is_told_with_its_code(pod):
    told = {"Code": "AuthenticationFail.OIDCToken.Expired", "Message": "ended", "RequestId": "R1"}
    async with RawServer(lambda _: json_answer(told, 400)) as server:
        with pytest.raises(CloudAuthError) as caught:
            await replace(pod, endpoint=server.url)()

    assert str(caught.value) == (
        "alibaba AssumeRoleWithOIDC: ended"
        " (code AuthenticationFail.OIDCToken.Expired, request id R1)"
    )


async def test_a_refusal_in_another_language_is_told_by_its_status(pod):
    async with RawServer(lambda _: http(403, b"<Error/>")) as server:
        with pytest.raises(CloudAuthError, match="HTTP 403"):
            await replace(pod, endpoint=server.url)()


@pytest.mark.parametrize("status", [429, 503])
async def test_a_service_that_is_too_busy_is_asked_again(pod, status):
    async with RawServer(lambda _: http(status)) as server:
        with pytest.raises(CloudUnavailableError, match=f"HTTP {status}"):
            await replace(pod, endpoint=server.url)()

    assert len(server.requests) == 3


def client_of(url, lender):
    keys = LentKeys(lender, now=lambda: T0, ahead=timedelta(minutes=15))
    target = AlibabaTarget("prod", "cn-hangzhou", "w1", "ns", url)
    return open_alibaba(target, keys, now=lambda: T0, nonce=lambda: "n")


async def test_lent_keys_sign_requests_with_their_token():
    def cloud(request):
        assert request.headers["x-acs-security-token"] == "example-token"
        assert request.headers["x-acs-accesskey-id"] == "STS.example"
        assert "Credential=STS.example," in request.headers["authorization"]
        return success([], totalSize=0)

    async with RawServer(Server()) as metadata, RawServer(cloud) as server:
        client = client_of(server.url, ServerRole(endpoint=metadata.url))
        assert await client.deployments() == ()
        await client.deployments()
        await client.aclose()

    assert len(metadata.requests) == 3, "the keys are asked for once"


async def test_without_keys_nothing_is_sent():
    async with RawServer(lambda _: DROP) as metadata, RawServer(lambda _: DROP) as server:
        client = client_of(server.url, ServerRole(endpoint=metadata.url))
        with pytest.raises(CloudNotSentError, match="no metadata service"):
            await client.deployments()
        await client.aclose()

    assert server.requests == []


async def fingerprint_with(lender, **more):
    definition = {"deploymentId": "d1", "flinkConf": {"some.password": "hunter2"}}

    def cloud(request):
        if request.target.endswith("/deployments/d1"):
            return success(definition)
        return success([], totalSize=0)

    async with RawServer(Server()) as metadata, RawServer(cloud) as server:
        keys = LentKeys(lender(metadata.url), now=lambda: T0, ahead=timedelta(minutes=15))
        target = AlibabaTarget("prod", "cn-hangzhou", "w1", "ns", server.url)
        client = open_alibaba(target, keys, now=lambda: T0, **more)
        seen = await client.fetch("d1")
        await client.aclose()
    return seen.saved["some.password"]


async def test_fingerprints_of_secrets_outlive_the_keys():
    one = await fingerprint_with(lambda url: ServerRole(endpoint=url))

    assert "hunter2" not in one
    assert await fingerprint_with(lambda url: ServerRole("flinkbot", url)) == one
    own_key = {"prints_key": b"k" * 32}
    assert await fingerprint_with(lambda url: ServerRole(endpoint=url), **own_key) != one
