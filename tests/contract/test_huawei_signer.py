"""Whatever is asked, the signature is the vendor's own signer's, byte for byte."""

from datetime import UTC, datetime

import httpx
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clouds.huawei.auth import AccessKeyAuth, Credentials, Signable, authorization
from bot.clouds.signing import canonical_query, encode

HOST = "dli.ap-southeast-3.myhuaweicloud.com"
DATE = "20260102T030405Z"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

any_text = st.text(st.characters(codec="utf-8"), max_size=12)
filled = any_text.filter(bool)
segments = filled.filter(lambda text: text.strip("."))
header_names = st.from_regex(r"x-[a-z][a-z-]{0,9}", fullmatch=True).filter(
    lambda name: name not in {"x-sdk-date", "x-sdk-content-sha"}
)
header_values = st.from_regex(r"[!-~]([ -~]{0,10}[!-~])?", fullmatch=True)
bodies = st.one_of(st.just(b""), st.binary(min_size=1, max_size=50))
keys = st.from_regex(r"[A-Za-z0-9]{1,40}", fullmatch=True)


def vendor_authorization(method, path, query, headers, body, access_key, secret_key):
    request = SdkRequest(
        method=method,
        host=HOST,
        resource_path=path,
        query_params=list(query.items()),
        header_params=dict(headers),
        body=body,
    )
    signed = Signer(BasicCredentials(access_key, secret_key)).sign(request)
    return signed.header_params["Authorization"]


def target_of(path_segments, query):
    path = "/" + "/".join(encode(segment) for segment in path_segments)
    encoded = canonical_query(query)
    return path, f"{path}?{encoded}" if encoded else path


@settings(deadline=None)
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    st.lists(segments, max_size=4),
    st.dictionaries(filled, any_text, max_size=5),
    st.dictionaries(header_names, header_values, max_size=4),
    bodies,
    keys,
    keys,
)
def test_any_request_is_signed_as_by_the_vendors_own_signer(
    method, path_segments, query, headers, body, access_key, secret_key
):
    path, target = target_of(path_segments, query)
    headers = {"host": HOST, "x-sdk-date": DATE, **headers}

    ours = authorization(
        Signable(method, target, headers, body), Credentials(access_key, secret_key)
    )

    assert ours == vendor_authorization(method, path, query, headers, body, access_key, secret_key)


@settings(deadline=None)
@given(
    st.lists(segments, min_size=1, max_size=4),
    st.dictionaries(filled, any_text, max_size=5),
    bodies,
    st.one_of(st.none(), keys),
)
def test_what_is_sent_is_what_was_signed(path_segments, query, body, token):
    path, target = target_of(path_segments, query)
    ours = {"content-type": "application/json", "x-language": "en-us", "x-project-id": "p"}
    request = httpx.Request("PUT", f"https://{HOST}{target}", headers=ours, content=body)

    next(AccessKeyAuth(Credentials("AK", "SK", token), now=lambda: NOW).auth_flow(request))

    given_to = request.headers["authorization"]
    signed = given_to.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    assert request.url.raw_path.decode() == target
    assert set(signed) == {*ours, "host", "x-sdk-date"} | ({"x-security-token"} if token else set())
    headers = {name: request.headers[name] for name in signed}
    assert given_to == vendor_authorization("PUT", path, query, headers, body, "AK", "SK")
