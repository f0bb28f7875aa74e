"""The ways the simulated cloud says no, apart from how they look on the wire.

Only `990301` is a code of the real service; it publishes no table of the others, so the words
here are the sandbox's own and clients must not depend on them.
"""

from __future__ import annotations

from enum import StrEnum


class RefusalCode(StrEnum):
    """Codes of refusals inside an HTTP 200."""

    NOT_RUNNING = "JobNotRunning"
    NOT_STREAMING = "ExecutionModeNotSupported"
    SESSION_CLUSTER = "SessionClusterNotSupported"
    IN_PROGRESS = "HotUpdateInProgress"
    ENGINE_TOO_OLD = "EngineVersionNotSupported"
    NOTHING_CHANGED = "NothingToUpdate"
    ONLY_RESTART = "RestartRequired"
    EXPERT_MODE = "ExpertModeNotSupported"
    UNALIGNED = "UnalignedCheckpointNotSupported"
    TOO_PARALLEL = "ParallelismOutOfRange"
    INVALID_DEPLOYMENT = "InvalidDeployment"
    NAME_TAKEN = "DeploymentNameExists"
    ALREADY_RUNNING = "JobAlreadyRunning"
    NO_FLINK = "FlinkNotReachable"


class RefusedError(Exception):
    """Understood and refused: HTTP 200 with `success: false`."""

    def __init__(self, code: RefusalCode | str, message: str) -> None:
        super().__init__(message)
        self.code = str(code)


class MissingError(Exception):
    """The thing asked for does not exist: `990301`."""


class BadRequestError(Exception):
    """The gateway does not pass the request on: HTTP 4xx."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
