"""What both clouds share of a no: its kind, its words, and the error it becomes."""

import pytest
from pydantic import BaseModel, ValidationError

from bot.clouds.calls import Answer
from bot.clouds.refusals import (
    CodeTable,
    Kind,
    Refusal,
    as_error,
    kind_of_status,
    member,
    misshapen,
    seconds_of,
    told,
    unreadable,
)
from bot.errors import (
    CloudAuthError,
    CloudForbiddenError,
    CloudNotFoundError,
    CloudOutcomeUnknownError,
    CloudRejectedError,
    CloudThrottledError,
    CloudUnavailableError,
)


def error_of(kind, *, is_write, wait=None):
    refusal = Refusal(kind, "no", "C-1", "REQ-1")
    return as_error(refusal, "alibaba", "SomeOperation", is_write=is_write, wait=wait)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Kind.REJECTED),
        (401, Kind.AUTH),
        (403, Kind.FORBIDDEN),
        (404, Kind.NOT_FOUND),
        (408, Kind.UNAVAILABLE),
        (409, Kind.REJECTED),
        (429, Kind.THROTTLED),
        (499, Kind.REJECTED),
        (302, Kind.UNAVAILABLE),
        (500, Kind.UNAVAILABLE),
        (503, Kind.UNAVAILABLE),
    ],
)
def test_a_status_has_a_meaning_where_nothing_better_is_known(status, kind):
    assert kind_of_status(status) is kind


def test_the_first_form_that_matches_the_whole_code_counts():
    codes = CodeTable({"Job.*": Kind.NOT_FOUND, ".*Busy": Kind.THROTTLED})

    assert codes.kind("jobBUSY", Kind.REJECTED) is Kind.NOT_FOUND
    assert codes.kind("QueueBusy", Kind.REJECTED) is Kind.THROTTLED
    assert codes.kind("QueueBusyNow", Kind.REJECTED) is Kind.REJECTED
    assert codes.kind("", Kind.UNAVAILABLE) is Kind.UNAVAILABLE


@pytest.mark.parametrize("is_write", [False, True], ids=["read", "write"])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (Kind.AUTH, CloudAuthError),
        (Kind.FORBIDDEN, CloudForbiddenError),
        (Kind.NOT_FOUND, CloudNotFoundError),
        (Kind.REJECTED, CloudRejectedError),
        (Kind.THROTTLED, CloudThrottledError),
    ],
)
def test_a_clear_no_is_the_same_for_reads_and_writes(kind, error, is_write):
    made = error_of(kind, is_write=is_write)

    assert type(made) is error
    assert (made.cloud, made.operation, made.code) == ("alibaba", "SomeOperation", "C-1")
    assert made.request_id == "REQ-1"


@pytest.mark.parametrize("wait", [None, 3.0])
def test_a_write_without_a_usable_answer_may_have_been_executed(wait):
    assert type(error_of(Kind.UNAVAILABLE, is_write=True, wait=wait)) is CloudOutcomeUnknownError


def test_a_read_without_a_usable_answer_may_be_asked_again_when_the_cloud_says():
    assert type(error_of(Kind.UNAVAILABLE, is_write=False)) is CloudUnavailableError
    assert error_of(Kind.UNAVAILABLE, is_write=False, wait=3.0).retry_after == 3.0
    assert error_of(Kind.THROTTLED, is_write=True, wait=3.0).retry_after == 3.0


def test_a_proxys_page_is_described_and_not_repeated():
    page = Answer(502, {"content-type": "text/html; charset=utf-8"}, b"<h1>secret</h1>")

    refusal = unreadable(page, "REQ-1")

    assert refusal.kind is Kind.UNAVAILABLE
    assert refusal.message == "HTTP 502 with 15 bytes (text/html) instead of the API's JSON"


def test_success_without_a_body_is_no_usable_answer():
    refusal = unreadable(Answer(200, {}, b""), "")

    assert refusal.kind is Kind.UNAVAILABLE
    assert "HTTP 200 with an empty body (no content type)" in refusal.message


def test_an_answer_of_another_shape_is_told_by_its_place_without_its_values():
    class Shape(BaseModel):
        counts: list[int]

    with pytest.raises(ValidationError) as caught:
        Shape.model_validate({"counts": [1, "hunter2"]})
    refusal = misshapen(caught.value, "REQ-1")

    assert refusal.kind is Kind.UNAVAILABLE
    assert refusal.message == "an answer of an unexpected shape: int_parsing at counts.1"


def test_a_refusal_without_words_says_so():
    answer = Answer(409, {}, b"{}")

    wordless = told(answer, Kind.REJECTED, message=" \n", code="C" * 100, request_id="")

    assert wordless.message == "refused without a reason (HTTP 409)"
    assert len(wordless.code) == 80


def test_a_member_says_nothing_when_it_is_absent_blank_or_two_quotes():
    document = {"a": None, "b": " ", "c": '""', "d": ["x"], "e": 0, "f": "later"}

    assert member(document, "missing", "a", "b", "c", "d") == ""
    assert member(document, "c", "e", "f") == "0"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3", 3.0), (" 7 ", 7.0), ("9999", 120.0), ("9" * 5000, 120.0), ("0", 0.0)],
)
def test_a_wait_is_read_and_kept_within_reason(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "-1", "1.5", "soon", "٣", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_wait_that_is_no_whole_number_is_not_known(text):
    assert seconds_of(text) is None


def test_a_wait_may_be_told_in_other_units():
    assert seconds_of("1500", per_second=1000) == 1.5
