"""The signature is the vendor's, byte for byte: published vectors and the vendor's own signer."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from alibabacloud_tea_openapi.utils import Utils
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clouds.alibaba.auth import (
    ALGORITHM,
    Acs3Auth,
    Credentials,
    Signable,
    authorization,
    canonical_request,
    payload_hash,
    signature,
    string_to_sign,
)
from bot.clouds.signing import canonical_query, encode

VECTORS = json.loads(
    (Path(__file__).parents[1] / "data" / "alibaba-signing.json").read_text(encoding="utf-8")
)["vectors"]

any_text = st.text(st.characters(codec="utf-8"), max_size=20)
segments = any_text.filter(lambda text: text.strip("."))
header_values = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9.]{0,9}", fullmatch=True)
tokens = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)


def vendor_authorization(method, path, query, headers, body, key_id, secret):
    request = SimpleNamespace(method=method, pathname=path, query=query, headers=headers)
    return Utils.get_authorization(request, ALGORITHM, payload_hash(body), key_id, secret)


def signable_of(vector):
    return Signable(
        vector["method"],
        vector["pathname"],
        canonical_query(vector["query"]),
        vector["headers_signed"],
        vector["body"].encode(),
    )


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_every_published_vector_is_reproduced_byte_for_byte(vector):
    request = signable_of(vector)
    credentials = Credentials(vector["access_key_id"], vector["access_key_secret"])
    canonical = canonical_request(request)

    assert payload_hash(request.body) == vector["payload_sha256"]
    assert canonical == vector["canonical_request"]
    assert string_to_sign(canonical) == vector["string_to_sign"]
    assert signature(vector["access_key_secret"], string_to_sign(canonical)) == vector["signature"]
    assert authorization(request, credentials) == vector["authorization"]


def test_the_recommended_request_is_signed_by_the_client_as_in_its_vector():
    vector = next(v for v in VECTORS if v["name"] == "minimal_hot_update")
    auth = Acs3Auth(
        Credentials(vector["access_key_id"], vector["access_key_secret"]),
        now=lambda: datetime.fromisoformat(vector["x_acs_date"]),
        nonce=lambda: vector["x_acs_signature_nonce"],
    )
    names = ("workspace", "x-acs-action", "x-acs-version")
    headers = {name: vector["headers_signed"][name] for name in names}
    request = httpx.Request(vector["method"], vector["url"], headers=headers)

    next(auth.auth_flow(request))

    assert request.headers["authorization"] == vector["authorization"]


@settings(deadline=None)
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    st.lists(segments, max_size=4),
    st.dictionaries(names, any_text, max_size=5),
    st.dictionaries(names.map(str.lower), header_values, max_size=5),
    st.binary(max_size=50),
    any_text,
)
def test_any_request_is_signed_as_by_the_vendors_own_signer(
    method, path_segments, query, headers, body, secret
):
    path = "/" + "/".join(encode(segment) for segment in path_segments)
    request = Signable(method, path, canonical_query(query), headers, body)

    ours = authorization(request, Credentials("key-id", secret))

    assert ours == vendor_authorization(method, path, query, headers, body, "key-id", secret)


@settings(deadline=None)
@given(
    st.lists(segments, min_size=1, max_size=4),
    st.dictionaries(names, any_text, max_size=5),
    st.one_of(st.just(b""), st.binary(min_size=1, max_size=50)),
    st.one_of(st.none(), tokens),
    header_values.filter(str.strip),
)
def test_what_httpx_sends_is_what_was_signed(path_segments, query, body, token, workspace):
    path = "/" + "/".join(encode(segment) for segment in path_segments)
    encoded = canonical_query(query)
    url = f"https://ververica.cn-hangzhou.aliyuncs.com{path}" + (f"?{encoded}" if encoded else "")
    kind = {"content-type": "application/json; charset=utf-8"} if body else {}
    request = httpx.Request(
        "PUT", url, headers={"workspace": workspace, "x-acs-action": "X", **kind}, content=body
    )
    auth = Acs3Auth(
        Credentials("key-id", "secret", token),
        now=lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        nonce=lambda: "n",
    )

    next(auth.auth_flow(request))

    ours = request.headers["authorization"]
    signed = ours.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    assert request.url.raw_path.decode() == path + (f"?{encoded}" if encoded else "")
    expected = {"host", "workspace", "x-acs-action", "x-acs-date", "x-acs-content-sha256"}
    expected |= {"x-acs-signature-nonce"} | ({"content-type"} if body else set())
    expected |= {"x-acs-accesskey-id", "x-acs-security-token"} if token else set()
    assert set(signed) == expected
    assert ours == vendor_authorization(
        "PUT",
        path,
        query,
        {name: request.headers[name] for name in signed},
        body,
        "key-id",
        "secret",
    )


def test_credentials_do_not_show_their_secrets():
    shown = repr(Credentials("key-id", "the-secret", "the-token"))

    assert "the-secret" not in shown
    assert "the-token" not in shown
    assert "key-id" in shown
