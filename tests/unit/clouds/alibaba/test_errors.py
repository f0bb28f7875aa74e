"""Every shape in which the service, its gateway or a proxy says no."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clouds.alibaba.errors import decode, retry_after
from bot.clouds.alibaba.results import TriggeredHotUpdate
from bot.clouds.alibaba.wire import Deployment, Envelope
from bot.clouds.transport import Answer
from bot.errors import (
    CloudAuthError,
    CloudError,
    CloudForbiddenError,
    CloudNotFoundError,
    CloudOutcomeUnknownError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
)
from tests.unit.clouds.alibaba.documents import deployment, hot_update

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def answer(body, status=200, **headers):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    return Answer(status, {name.replace("_", "-"): text for name, text in headers.items()}, body)


def gateway(code, status=400, **more):
    return answer({"Code": code, "Message": "no", "RequestId": "REQ-9", **more}, status)


def refused(code, message="no", **more):
    document = {"success": False, "errorCode": code, "errorMessage": message, "requestId": "REQ-2"}
    return answer({**document, "httpCode": 200, "data": None, **more})


def xml(code, status):
    inner = f"<Code>{code}</Code><Message>no</Message><RequestId>REQ-X</RequestId>"
    return answer(f"<?xml version='1.0'?><Error>{inner}</Error>".encode(), status)


def decoded(given, *, is_write=False, shape=Envelope[Deployment]):
    return decode(given, "SomeOperation", shape, is_write=is_write, now=NOW)


def raised(given, *, is_write=False, shape=Envelope[Deployment]):
    with pytest.raises(CloudError) as caught:
        decoded(given, is_write=is_write, shape=shape)
    return caught.value


WRITE_ERRORS = (
    CloudAuthError,
    CloudForbiddenError,
    CloudNotFoundError,
    CloudOutcomeUnknownError,
    CloudRejectedError,
    CloudThrottledError,
)
REFUSALS = [
    ("not found inside 200", refused("990301"), CloudNotFoundError),
    ("not found, code a number", refused(990301), CloudNotFoundError),
    ("not found at the gateway", gateway("990301", 404), CloudNotFoundError),
    ("not found as a bad request", gateway("990301", 400), CloudNotFoundError),
    ("not found by an old member name", answer({"code": "990301"}, 400), CloudNotFoundError),
    ("something else not found", refused("SessionCluster.NotFound"), CloudNotFoundError),
    ("an unknown refusal", refused("991234"), CloudRejectedError),
    ("a refusal without code or text", refused(None, None), CloudRejectedError),
    ("success as text", answer({"success": "false", "errorCode": "X"}), CloudRejectedError),
    ("a bad request", gateway("MissingWorkspace"), CloudRejectedError),
    ("a conflict", gateway("Conflict", 409), CloudRejectedError),
    ("an operation not offered here", gateway("InvalidAction.NotFound", 404), CloudRejectedError),
    ("throttled", gateway("Throttling.User", 429), CloudThrottledError),
    ("throttled as a bad request", gateway("Throttling", 400), CloudThrottledError),
    ("throttled inside 200", refused("Throttling.AllocationQuota"), CloudThrottledError),
    ("throttled by another word", gateway("Rejected.Throttling", 503), CloudThrottledError),
    ("throttled without a code", answer(b"slow down", 429), CloudThrottledError),
    ("forbidden", gateway("Forbidden.RAM", 403), CloudForbiddenError),
    ("forbidden inside 200", refused("Forbidden.Member"), CloudForbiddenError),
    ("forbidden without a code", answer(b"<html>", 403), CloudForbiddenError),
    ("no permission", gateway("NoPermission", 400), CloudForbiddenError),
    ("a wrong signature", gateway("SignatureDoesNotMatch"), CloudAuthError),
    ("half a signature", gateway("IncompleteSignature"), CloudAuthError),
    ("an unknown key", gateway("InvalidAccessKeyId.NotFound", 404), CloudAuthError),
    ("a disabled key", gateway("InvalidAccessKeyId.Inactive", 403), CloudAuthError),
    ("a wrong clock", gateway("InvalidTimeStamp.Expired"), CloudAuthError),
    ("an expired token", gateway("InvalidSecurityToken.Expired"), CloudAuthError),
    ("a missing token", gateway("MissingSecurityToken"), CloudAuthError),
    ("401 without a code", answer(b"", 401), CloudAuthError),
    ("an error as XML", xml("Forbidden.RAM", 403), CloudForbiddenError),
    ("throttling as XML", xml("Throttling", 503), CloudThrottledError),
    ("404 without a code", answer(b"", 404), CloudNotFoundError),
    ("418 without a code", answer(b"teapot", 418), CloudRejectedError),
]

UNUSABLE = [
    ("a proxy's page", answer(b"<html>502 Bad Gateway</html>", 502, content_type="text/html")),
    ("a proxy's page as 200", answer(b"<html>log in</html>", 200, content_type="text/html")),
    ("an empty body", answer(b"")),
    ("an empty 500", answer(b"", 500)),
    ("truncated JSON", answer(b'{"success": true, "data": {"deploy')),
    ("half a character", answer('{"data": "作'.encode()[:-1])),
    ("a list", answer([1, 2])),
    ("a number", answer(b"7")),
    ("JSON nested too deep", answer(b"[" * 100_000)),
    ("no success at all", answer({"data": deployment()})),
    ("no success but a message", answer({"message": "x"})),
    ("data of the wrong type", answer({"success": True, "data": [1]})),
    ("data that is missing", answer({"success": True})),
    ("data without its id", answer({"success": True, "data": {"name": "orders"}})),
    ("an empty id", answer({"success": True, "data": {"deploymentId": ""}})),
    (
        "settings that are a list",
        answer({"success": True, "data": deployment(flinkConf=["a"])}),
    ),
    ("a gateway's 503", gateway("ServiceUnavailable", 503)),
    ("an error inside", refused("InternalError")),
    ("an error inside, by number", refused("991111", httpCode=500)),
    ("a code known to be passing", refused("998001", "Invoke ABM failed")),
    ("an error as XML", xml("ServiceUnavailable", 503)),
    ("a redirect", answer(b"", 302, location="https://login")),
    ("a request timeout", answer(b"", 408)),
    ("a nonce used twice", gateway("SignatureNonceUsed")),
]


@pytest.mark.parametrize("is_write", [False, True], ids=["read", "write"])
@pytest.mark.parametrize(
    ("given", "kind"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS]
)
def test_a_plain_no_means_the_same_for_reads_and_writes(given, kind, is_write):
    assert type(raised(given, is_write=is_write)) is kind


@pytest.mark.parametrize(
    "given", [case[1] for case in UNUSABLE], ids=[case[0] for case in UNUSABLE]
)
def test_without_a_usable_answer_a_read_may_be_repeated(given):
    assert type(raised(given)) is CloudUnavailableError


@pytest.mark.parametrize(
    "given", [case[1] for case in UNUSABLE], ids=[case[0] for case in UNUSABLE]
)
def test_without_a_usable_answer_a_write_may_have_arrived(given):
    assert type(raised(given, is_write=True)) is CloudOutcomeUnknownError


def test_a_hot_update_taken_without_an_id_cannot_be_asked_for_so_its_outcome_is_unknown():
    given = answer({"success": True, "requestId": "REQ-1", "data": hot_update(jobHotUpdateId="")})

    error = raised(given, is_write=True, shape=Envelope[TriggeredHotUpdate])

    assert type(error) is CloudOutcomeUnknownError
    assert error.request_id == "REQ-1"
    assert "data.jobHotUpdateId" in str(error)


@pytest.mark.parametrize("nothing", ['""', "", None])
def test_a_success_is_given_whatever_its_empty_error_members_hold(nothing):
    given = answer(
        {"success": True, "errorCode": nothing, "errorMessage": nothing, "data": deployment()}
    )

    assert decoded(given).data.name == "orders"


def test_an_error_says_all_that_a_support_ticket_needs():
    error = raised(refused("991234", "queue is full"))

    assert (error.cloud, error.operation, error.code) == ("alibaba", "SomeOperation", "991234")
    assert (error.message, error.request_id) == ("queue is full", "REQ-2")
    assert str(error) == "alibaba SomeOperation: queue is full (code 991234, request id REQ-2)"


def test_the_request_id_of_an_unreadable_answer_comes_from_its_header():
    given = answer(b"<html>", 502, x_acs_request_id="REQ-H", content_type="text/html; charset=x")

    error = raised(given)

    assert error.request_id == "REQ-H"
    assert error.message == "HTTP 502 with 6 bytes (text/html) instead of the API's JSON"


def test_a_forbidden_call_names_what_has_to_be_granted():
    text = str(raised(gateway("Forbidden.RAM", 403)))

    assert "stream:SomeOperation" in text
    assert "namespace" in text


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("InvalidTimeStamp.Expired", "set this machine's clock"),
        ("InvalidSecurityToken.Expired", "get a new one"),
        ("InvalidAccessKeyId.NotFound", "check the key"),
        ("SignatureDoesNotMatch", "secret belongs to the access key id"),
        ("InvalidCredentials", "check the target's access key"),
    ],
)
def test_refused_credentials_say_what_to_do(code, advice):
    assert advice in str(raised(gateway(code)))


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("Fri, 02 Jan 2026 03:41:05 GMT", "(it is 37 min behind)"),
        ("Fri, 02 Jan 2026 02:44:05 GMT", "(it is 20 min ahead)"),
        ("Fri, 02 Jan 2026 02:44:05 -0000", "(it is 20 min ahead)"),
        ("Fri, 02 Jan 2026 03:04:35 GMT", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_clock_that_is_off_is_measured_by_the_answers_date(date, said):
    given = gateway("InvalidTimeStamp.Expired")

    text = str(raised(Answer(given.status, {"date": date}, given.body)))

    assert (said in text) if said else ("it is" not in text)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-acs-retry-after": "1500"}, 1.5),
        ({"retry-after": "3"}, 3.0),
        ({"x-acs-retry-after": "250", "retry-after": "9"}, 0.25),
        ({"x-acs-retry-after": "99999999"}, 120.0),
        ({"retry-after": "Fri, 02 Jan 2026 03:04:05 GMT"}, None),
        ({"retry-after": "-1"}, None),
        ({}, None),
    ],
)
def test_the_vendors_header_counts_milliseconds_and_the_common_one_seconds(headers, seconds):
    assert retry_after(headers) == seconds


def test_throttling_carries_when_to_come_back():
    given = gateway("Throttling", 429)

    error = raised(Answer(429, {"x-acs-retry-after": "1500"}, given.body))

    assert error.retry_after == 1.5


def test_an_unavailable_service_that_says_when_to_come_back_is_heard_by_reads_only():
    given = Answer(503, {"retry-after": "2"}, b"")

    assert raised(given).retry_after == 2.0
    assert type(raised(given, is_write=True)) is CloudOutcomeUnknownError


def test_no_secret_and_no_whole_body_gets_into_an_error():
    echoed = (
        "SignatureDoesNotMatch server string is: POST\\n/\\n"
        "x-acs-security-token:CAISexampleSecurityTokenValue12345==\\n"
    )
    wrong = answer({"Code": "SignatureDoesNotMatch", "Message": echoed}, 400)
    other = answer({"Code": "Odd", "Message": f"{echoed} {'x' * 5000}"}, 400)
    shape = answer({"success": True, "data": {"deploymentId": "d", "flinkConf": "pw=hunter2"}})

    for error in (raised(wrong), raised(other), raised(shape)):
        shown = f"{error} {error!r} {error.__cause__!r} {error.__context__!r}"
        assert "CAISexample" not in shown
        assert "hunter2" not in shown
        assert len(error.message) <= 300


@settings(deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["success", "data", "errorCode", "Code", "deploymentId", "x"]),
                    inner,
                    max_size=5,
                )
            ),
            max_leaves=10,
        ).map(lambda document: json.dumps(document).encode()),
    ),
    st.integers(100, 599),
    st.booleans(),
)
def test_no_answer_whatsoever_breaks_the_decoder(body, status, is_write):
    given = Answer(status, {}, body)
    allowed = (CloudError,) if not is_write else WRITE_ERRORS

    try:
        found = decoded(given, is_write=is_write)
    except allowed:
        return

    assert found.data.deployment_id
