"""Which answer means what: every shape the service, its gateway and proxies say no in."""

import json
from datetime import timedelta
from email.utils import format_datetime

import pytest

from bot.clouds.huawei.errors import decode, retry_after
from bot.clouds.huawei.wire import Batch, ListedProjects, Said, ShownJob, Updated
from bot.clouds.transport import Answer
from bot.errors import (
    CloudAuthError,
    CloudForbiddenError,
    CloudNotFoundError,
    CloudOutcomeUnknownError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
)
from tests.unit.clouds.huawei.fake_dli import NOW, job

HTML = b"<html>Bad gateway</html>"


def code(name, text="some words", **more):
    return {"error_code": name, "error_msg": text, **more}


def answer(status, body, **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {k.replace("_", "-"): v for k, v in headers.items()}, content)


def decoded(given, shape=Said, *, operation="ShowFlinkJob", is_write=False):
    return decode(given, operation, shape, is_write=is_write, now=NOW)


CASES = {
    "an object with a code": (400, code("DLI.0001"), CloudRejectedError),
    "an array on batch calls": (400, [code("DLI.13024", "No queue")], CloudRejectedError),
    "is_success as text": (200, {"is_success": "false", "message": "no"}, CloudRejectedError),
    "is_success as boolean": (200, {"is_success": False, "message": "no"}, CloudRejectedError),
    "is_success null": (200, {"is_success": None, "message": "no"}, CloudRejectedError),
    "an array at 200": (200, [{"is_success": "false", "message": "no"}], CloudRejectedError),
    "a code at 200": (200, code("DLI.0007"), CloudRejectedError),
    "the gateway's": (401, code("APIGW.0301", request_id="r"), CloudAuthError),
    "the gateway's other prefix": (401, code("APIG.0301"), CloudAuthError),
    "the identity service's": (
        401,
        {"error": {"code": 401, "message": "wrong password", "title": "Unauthorized"}},
        CloudAuthError,
    ),
    "camel case": (400, {"errorCode": "X", "errorMsg": "no"}, CloudRejectedError),
    "code and message": (403, {"code": "X", "message": "no"}, CloudForbiddenError),
    "not JSON": (401, HTML, CloudAuthError),
    "a job that is not there": (400, code("DLI.16001"), CloudNotFoundError),
    "an object that is not there": (400, code("DLI.0002"), CloudNotFoundError),
    "a result that is not there": (404, code("DLI.0023"), CloudNotFoundError),
    "a plain 404": (404, HTML, CloudNotFoundError),
    "an operation that is not there": (404, code("APIGW.0101"), CloudRejectedError),
    "user authentication": (401, code("DLI.0013"), CloudAuthError),
    "an unreadable token": (400, code("DLI.0015"), CloudAuthError),
    "a role": (400, code("DLI.0016"), CloudForbiddenError),
    "a right on SQL objects": (400, code("DLI.0003"), CloudForbiddenError),
    "no right": (403, code("DLI.9999"), CloudForbiddenError),
    "a denied policy": (
        400,
        code("X", encoded_authorization_message="abc"),
        CloudForbiddenError,
    ),
    "the gateway's throttling": (429, code("APIGW.0308"), CloudThrottledError),
    "throttling at another status": (400, code("APIG.0308"), CloudThrottledError),
    "throttling without a word": (429, b"", CloudThrottledError),
    "too much at once": (413, HTML, CloudRejectedError),
    "the quota": (400, code("DLI.1028"), CloudRejectedError),
    "an unknown code": (400, code("DLI.19999"), CloudRejectedError),
}
DOUBTS = {
    "a server error at 400": (400, code("DLI.0999")),
    "a task that took too long": (400, code("DLI.0019")),
    "the backend is gone": (502, code("APIGW.0201")),
    "a proxy's page": (502, HTML),
    "a proxy's page at 200": (200, HTML),
    "nothing at 200": (200, b""),
    "an empty array": (200, []),
    "JSON that is no object": (200, b"17"),
    "a request that timed out": (408, b""),
    "success not stated": (200, {"message": "done"}),
    "too deep": (200, b"[" * 100_000),
}


@pytest.mark.parametrize("is_write", [False, True], ids=["read", "write"])
@pytest.mark.parametrize(("status", "body", "error"), CASES.values(), ids=CASES)
def test_a_refusal_is_told_apart_and_means_that_nothing_was_done(status, body, error, is_write):
    with pytest.raises(error) as caught:
        decoded(answer(status, body), is_write=is_write)

    assert type(caught.value) is error
    assert caught.value.cloud == "huawei"
    assert caught.value.operation == "ShowFlinkJob"


@pytest.mark.parametrize(("status", "body"), DOUBTS.values(), ids=DOUBTS)
def test_a_doubt_is_told_as_one(status, body):
    with pytest.raises(CloudUnavailableError):
        decoded(answer(status, body))
    with pytest.raises(CloudOutcomeUnknownError):
        decoded(answer(status, body), is_write=True)


def test_a_refusal_hidden_in_a_message_is_found():
    hidden = {"is_success": "false", "message": "the job is not running"}
    outer = {"is_success": True, "message": json.dumps(hidden)}

    with pytest.raises(CloudRejectedError, match="the job is not running"):
        decoded(answer(200, outer), is_write=True)


@pytest.mark.parametrize(
    "message",
    ['{"is_success":"true","message":"api.msg.deal_savepoint_success"}', "{not json", '{"a":1}'],
)
def test_a_message_that_refuses_nothing_is_a_success(message):
    assert decoded(answer(200, {"is_success": "true", "message": message})).message == message


def test_of_an_array_the_first_refusal_counts():
    entries = [{"is_success": "true"}, {"is_success": "false", "message": "the second one"}]

    with pytest.raises(CloudRejectedError, match="the second one"):
        decoded(answer(200, entries), Batch)


@pytest.mark.parametrize("stated", [True, "true", "True", " true "])
def test_success_may_be_stated_as_text_or_boolean(stated):
    assert decoded(answer(200, {"is_success": stated})).is_success is True


def test_code_words_and_request_id_are_kept():
    given = answer(400, code("DLI.0001", "parallel_number is wrong"), x_request_id="REQ-7")

    with pytest.raises(CloudRejectedError, match="parallel_number is wrong") as caught:
        decoded(given)

    assert (caught.value.code, caught.value.request_id) == ("DLI.0001", "REQ-7")


def test_the_identity_service_names_its_request_otherwise():
    given = answer(403, {"error": {"message": "no"}}, x_iam_trace_id="TRACE-1")

    with pytest.raises(CloudForbiddenError) as caught:
        decoded(given, operation="KeystoneListProjects")

    assert caught.value.request_id == "TRACE-1"
    assert "the project's id in the configuration" in caught.value.message


def test_a_refusal_without_words_says_so():
    with pytest.raises(CloudRejectedError, match=r"without a reason \(HTTP 200\)"):
        decoded(answer(200, {"is_success": "false", "message": ""}))


@pytest.mark.parametrize(
    ("operation", "right"),
    [
        ("ListFlinkJobs", "dli:jobs:listAll"),
        ("ShowFlinkJob", "dli:jobs:get"),
        ("UpdateFlinkSqlJob", "dli:jobs:update"),
        ("BatchRunFlinkJobs", "dli:jobs:startFlinkJob"),
        ("BatchStopFlinkJobs", "dli:jobs:stopFlinkJob"),
        ("SomethingElse", "the right to use SomethingElse"),
    ],
)
def test_a_missing_permission_is_named(operation, right):
    with pytest.raises(CloudForbiddenError, match=right):
        decoded(answer(403, code("DLI.0016")), operation=operation)


@pytest.mark.parametrize(
    ("minutes", "told"), [(-20, "20 min ahead"), (20, "20 min behind"), (0, "secret key belongs")]
)
def test_a_wrong_clock_is_told_by_the_services_date(minutes, told):
    theirs = format_datetime(NOW + timedelta(minutes=minutes), usegmt=True)

    with pytest.raises(CloudAuthError, match=told):
        decoded(answer(401, code("APIGW.0301", "verify aksk signature fail"), date=theirs))


@pytest.mark.parametrize("date", ["", "nonsense"])
def test_a_date_that_says_nothing_is_no_clock(date):
    with pytest.raises(CloudAuthError, match="secret key belongs"):
        decoded(answer(401, code("APIGW.0301"), date=date))


@pytest.mark.parametrize(
    "words", ["The token must be updated.", "Token has expired", "token is invalid"]
)
def test_an_old_token_is_told(words):
    with pytest.raises(CloudAuthError, match="get a new one"):
        decoded(answer(401, code("APIGW.0301", words)))


def test_what_the_vendor_says_of_a_signature_is_not_repeated():
    words = "canonical request was: x-security-token:secret"

    with pytest.raises(CloudAuthError) as caught:
        decoded(answer(401, code("APIGW.0301", words)))

    assert "x-security-token" not in str(caught.value)
    assert "canonical" not in str(caught.value)


def test_a_secret_in_a_message_is_masked():
    words = "bad option 'password'='hunter2-hunter2'"

    with pytest.raises(CloudRejectedError) as caught:
        decoded(answer(400, code("DLI.0005", words)))

    assert "hunter2" not in str(caught.value)


def test_how_long_to_wait_is_kept():
    with pytest.raises(CloudThrottledError) as caught:
        decoded(answer(429, code("APIGW.0308"), retry_after="7"))
    assert caught.value.retry_after == 7

    with pytest.raises(CloudThrottledError) as caught:
        decoded(answer(503, HTML, retry_after="3"))
    assert caught.value.retry_after == 3


@pytest.mark.parametrize(
    ("text", "seconds"), [("9", 9), ("100000", 120), ("", None), ("soon", None), ("-1", None)]
)
def test_a_wait_is_read_in_seconds_and_has_an_end(text, seconds):
    assert retry_after({"retry-after": text}) == seconds


def test_an_odd_answer_is_described_without_its_values():
    document = {"is_success": "true", "job_detail": job(job_id="secret-value")}

    with pytest.raises(CloudUnavailableError, match=r"at job_detail\.job_id") as caught:
        decoded(answer(200, document), ShownJob)

    assert "secret-value" not in str(caught.value)


def test_an_id_may_be_text():
    shown = decoded(answer(200, {"is_success": "true", "job_detail": job(job_id="131")}), ShownJob)

    assert shown.job_detail.job_id == 131


def test_an_update_that_was_done_is_done():
    done = answer(200, {"is_success": "true", "message": "", "job": {"update_time": 9}})

    assert decoded(done, Updated, is_write=True).job.update_time == 9


def test_the_identity_service_states_no_success():
    listed = decoded(answer(200, {"projects": [{"id": "a"}], "links": {}}), ListedProjects)

    assert [project.id for project in listed.projects] == ["a"]
