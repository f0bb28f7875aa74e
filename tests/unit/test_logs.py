from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import configure_logging

SIGNING_SECRET = "0123456789abcdef0123456789abcdef"  # no shape gives it away
PLANTED = {
    "bot token": "xoxb-1111-planted",
    "app token": "xapp-1-A11-planted",
    "access key id": "LTAI5tPlantedPlanted",
    "secret key": "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0",
    "authorization": "ACS3-HMAC-SHA256 Credential=LTAI5tPlanted,Signature=planted",
    "security token": "STS.plantedplanted",
    "signing secret": SIGNING_SECRET,
}
FORMATS = ["json", "console"]


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def log_to_text(log_format: str = "json", level: str = "DEBUG") -> io.StringIO:
    stream = io.StringIO()
    configure_logging(level, log_format, secrets=[SIGNING_SECRET, "ab"], stream=stream)
    return stream


def fail_with(text: str) -> None:
    raise ValueError(text)


def say_everywhere(secret: str) -> None:
    """Put a text into every place of a record, ours and a library's."""
    ours, foreign = structlog.get_logger("bot.ours"), logging.getLogger("library")
    ours.info("event %s", secret, key=secret, nested={"list": [secret, {"deep": secret}]})
    ours.info("object", given=ValueError(secret))
    foreign.info("message %s", secret, extra={"extra": secret})
    try:
        fail_with(secret)
    except ValueError:
        ours.exception("ours failed")
        foreign.exception("library failed")


@pytest.mark.parametrize("log_format", FORMATS)
@pytest.mark.parametrize("secret", PLANTED.values(), ids=PLANTED)
def test_a_planted_secret_reaches_no_line(log_format: str, secret: str) -> None:
    stream = log_to_text(log_format)

    say_everywhere(secret)

    text = stream.getvalue()
    assert "library failed" in text
    assert "ours failed" in text
    assert secret not in text
    assert "planted" not in text.lower()


@pytest.mark.parametrize("log_format", FORMATS)
@pytest.mark.parametrize("key", ["token", "Authorization", "client_secret", "password", "api_key"])
def test_the_value_of_a_key_that_names_a_secret_is_masked(log_format: str, key: str) -> None:
    stream = log_to_text(log_format)

    structlog.get_logger().info("ours", **{key: "hunter2"}, headers={key: "hunter2"})
    logging.getLogger("library").info("foreign", extra={key: "hunter2"})

    assert stream.getvalue().count("[redacted]") == 3
    assert "hunter2" not in stream.getvalue()


def test_a_json_line_carries_level_logger_time_and_the_updates_id() -> None:
    stream = log_to_text()

    with structlog.contextvars.bound_contextvars(update_id="up-1"):
        logging.getLogger("bot.engine").warning("polled %d times", 3)

    record = json.loads(stream.getvalue())
    assert record.pop("timestamp").endswith("Z")
    assert record == {
        "event": "polled 3 times",
        "level": "warning",
        "logger": "bot.engine",
        "update_id": "up-1",
    }


def test_an_exception_is_one_json_line_with_its_traceback() -> None:
    stream = log_to_text()

    say_everywhere("harmless")

    records = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [r["event"] for r in records if "exception" in r] == ["ours failed", "library failed"]
    assert records[-1]["exception"].endswith("ValueError: harmless")


def test_numbers_and_absent_values_keep_their_types() -> None:
    stream = log_to_text()

    structlog.get_logger().info("counted", count=3, share=0.5, nothing=None, sure=True)

    record = json.loads(stream.getvalue())
    assert (record["count"], record["share"], record["nothing"], record["sure"]) == (
        3,
        0.5,
        None,
        True,
    )


@pytest.mark.parametrize(
    "name", ["httpx", "httpcore.connection", "slack_sdk.web", "slack_bolt.App"]
)
def test_chatty_libraries_speak_from_warning_on(name: str) -> None:
    stream = log_to_text(level="DEBUG")

    logging.getLogger(name).info("a whole request")
    logging.getLogger(name).warning("a problem")

    assert "a whole request" not in stream.getvalue()
    assert "a problem" in stream.getvalue()


def test_lines_below_the_level_are_not_written() -> None:
    stream = log_to_text(level="ERROR")

    structlog.get_logger("bot").warning("ours")
    logging.getLogger("slack_sdk").warning("library")

    assert stream.getvalue() == ""


def test_pythons_own_warnings_are_logged() -> None:
    stream = log_to_text()

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("old way", DeprecationWarning, stacklevel=1)

    assert "old way" in stream.getvalue()
