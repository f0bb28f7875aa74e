"""The signature is the vendor's, byte for byte: vectors that its own signer made."""

import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from bot.clouds.huawei.auth import (
    AccessKeyAuth,
    Credentials,
    Signable,
    authorization,
    canonical_request,
    string_to_sign,
)
from bot.clouds.signing import encode

VECTORS = json.loads(
    (Path(__file__).parents[1] / "data" / "huawei-signing.json").read_text(encoding="utf-8")
)["vectors"]
DATE = "20260102T030405Z"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PROJECT = "0123456789abcdef0123456789abcdef"
KEYS = Credentials("AK", "secret-key")


def target_of(given):
    """Write path and query as we send them: the path as it is, the query sorted and encoded."""
    pairs = [(name, json.dumps(value) if isinstance(value, bool) else str(value))
             for name, value in given["query"]]  # fmt: skip
    query = "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(pairs))
    return f"{given['path']}?{query}" if query else given["path"]


def signable_of(given):
    headers = given["headers"] | {"Host": given["host"]}
    if given["project_id"]:
        headers["X-Project-Id"] = given["project_id"]
    return Signable(given["method"], target_of(given), headers, given["body_utf8"].encode())


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_every_vector_is_reproduced_byte_for_byte(vector):
    given = vector["input"]
    request = signable_of(given)

    canonical = canonical_request(request)

    assert canonical == vector["canonical_request"]
    assert string_to_sign(DATE, canonical) == vector["string_to_sign"]
    assert request.target == vector["request_uri"]
    signed = authorization(request, Credentials(given["ak"], given["sk"]))
    assert signed == vector["authorization"]


def stamped(token=None, method="PUT", url="https://dli.example/v1.0/p/x?b=2&a=1", **headers):
    request = httpx.Request(
        method, url, headers={"content-type": "application/json", **headers}, content=b"{}"
    )
    auth = AccessKeyAuth(Credentials("AK", "secret-key", token), now=lambda: NOW)
    next(auth.auth_flow(request))
    return request


def signed_names(request):
    return request.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0]


def test_the_client_signs_what_the_service_wants_and_nothing_a_proxy_may_change():
    request = stamped(**{"x-project-id": PROJECT, "x-language": "en-us"})

    assert signed_names(request) == "content-type;host;x-language;x-project-id;x-sdk-date"
    assert request.headers["x-sdk-date"] == DATE
    names = signed_names(request).split(";")
    again = Signable(
        "PUT",
        request.url.raw_path.decode(),
        {name: request.headers[name] for name in names},
        request.content,
    )
    assert request.headers["authorization"] == authorization(again, KEYS)


def test_a_temporary_key_signs_its_token_too():
    request = stamped(token="the-token")

    assert request.headers["x-security-token"] == "the-token"
    assert "x-security-token" in signed_names(request).split(";")


def test_a_header_that_the_service_would_leave_out_is_not_signed():
    request = stamped(**{"x-odd_name": "1"})

    assert "x-odd_name" not in signed_names(request)


def test_the_time_is_told_in_utc():
    hours_ahead = datetime.fromisoformat("2026-01-02T11:04:05+08:00")
    auth = AccessKeyAuth(KEYS, now=lambda: hours_ahead)

    assert auth.stamps("GET", "/", {"host": "h"}, b"")["x-sdk-date"] == DATE


def test_credentials_do_not_show_their_secrets():
    shown = repr(Credentials("key-id", "the-secret", "the-token"))

    assert "the-secret" not in shown
    assert "the-token" not in shown
    assert "key-id" in shown
