"""The ways the simulated service says no, apart from how they look on the wire.

https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0056.html has the four-digit codes. The
five-digit ones are in no document; the two that are known come from other people's trouble reports.
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Codes that the simulator uses."""

    PARAMETER = "DLI.0001"
    EXISTS = "DLI.0006"
    NOT_SUPPORTED = "DLI.0007"
    NO_QUEUE = "DLI.13024"
    NO_JOB = "DLI.16001"
    NO_API = "APIGW.0101"
    BAD_SIGNATURE = "APIGW.0301"
    THROTTLED = "APIGW.0308"
    BAD_TOKEN = "APIGW.0307"  # noqa: S105 - a code, not a secret
    NO_PROJECT = "APIGW.0310"


class RefusedError(Exception):
    """The service understood and refuses. Its HTTP status is 400 even where a thing is missing."""

    def __init__(self, code: Code, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class GatewayError(RefusedError):
    """The gateway in front of the service does not pass the request on."""


class IamError(Exception):
    """The identity service refuses, in a shape of its own."""

    def __init__(self, status: int, title: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.title = title


def wrong(message: str) -> RefusedError:
    """Make the refusal of a parameter."""
    return RefusedError(Code.PARAMETER, message)


def no_job(job_id: object) -> RefusedError:
    """Make the refusal of an unknown job."""
    return RefusedError(Code.NO_JOB, f"The job {job_id} does not exist or has been deleted.")
