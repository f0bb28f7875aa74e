"""The way of a request through the simulated service: log, fault, signature, operation, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.answer import Answer, bad_gateway, truncated
from bot.sandbox.cloud_gateway import DELAY_S, SILENCE_S, CloudGateway
from bot.sandbox.dli import answers, operations
from bot.sandbox.dli.cloud import Cloud
from bot.sandbox.dli.faults import Fault, FaultKind
from bot.sandbox.dli.iam import Iam
from bot.sandbox.dli.operations import CREATE_TOKEN, SuccessAs
from bot.sandbox.dli.refusals import Code, GatewayError, IamError, RefusedError
from bot.sandbox.dli.seed import starting_jobs, starting_queues
from bot.sandbox.dli.verify import Verifier
from bot.sandbox.orders import UNKNOWN_OPERATION

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.sandbox.dli.iam import Project
    from bot.sandbox.dli.operations import Operation
    from bot.sandbox.dli.verify import Account
    from bot.sandbox.received import Received


class Gateway(CloudGateway[Fault]):
    """Everything behind the socket."""

    def __init__(
        self, project: Project, account: Account, now: Callable[[], datetime], speed: float
    ) -> None:
        super().__init__(now)
        self.project = project
        self.iam = Iam(account, project)
        self.success_as = SuccessAs.PAGES
        self._verifier = Verifier(account, self.iam)
        self.cloud = Cloud(starting_jobs(now()), starting_queues(), now, speed)

    def reset(self) -> None:
        """Start over: jobs, tokens, faults, log. Speed and settings stay."""
        self._forget()
        self.iam.expire_tokens()
        refuse_stored, speed = self.cloud.refuse_stored, self.cloud.speed
        self.cloud = Cloud(starting_jobs(self._now()), starting_queues(), self._now, speed)
        self.cloud.refuse_stored = refuse_stored

    async def answer(self, request: Received) -> Answer | None:
        """Serve one request; None where the connection just closes."""
        found = operations.find(request)
        name = found[0].name if found else UNKNOWN_OPERATION
        fault = self.faults.take(name)
        self._note(request, name, fault.kind.value if fault else "")
        if fault is None:
            return self._serve(request, found)
        if fault.kind is FaultKind.DELAY:
            await self._pause(fault, DELAY_S)
            return self._serve(request, found)
        if fault.kind in _DONE:
            return await self._after(fault, self._serve(request, found))
        return _instead(fault, batch=bool(found and found[0].batch))

    async def _after(self, fault: Fault, answer: Answer) -> Answer | None:
        if fault.kind is FaultKind.TRUNCATE:
            return truncated(answer)
        if fault.kind is FaultKind.TIMEOUT:
            await self._pause(fault, SILENCE_S)
        return None

    def _serve(self, request: Received, found: tuple[Operation, dict[str, str]] | None) -> Answer:
        request_id = answers.new_request_id()
        batch = bool(found and found[0].batch)
        try:
            return self._perform(request, found, request_id)
        except IamError as error:
            return answers.iam_refusal(error, request_id)
        except RefusedError as error:
            return answers.refusal(error, request_id, batch=batch)

    def _perform(
        self,
        request: Received,
        found: tuple[Operation, dict[str, str]] | None,
        request_id: str,
    ) -> Answer:
        if found is None or found[0].name != CREATE_TOKEN:
            self._verifier.check(request, self._now())
        if found is None:
            raise GatewayError(
                Code.NO_API,
                "The API does not exist or has not been published in the environment",
                404,
            )
        operation, path = found
        self._check_project(request, path)
        _check_content_type(request)
        query = operations.query_of(request)
        call = operations.Call(self.cloud, self.iam, self.project.id, path, query, request.body)
        told = operations.stated(operation.act(call), operation, self.success_as)
        return answers.document(told, request_id, operation.status, **call.headers)

    def _check_project(self, request: Received, path: dict[str, str]) -> None:
        mine = self.project.id
        named = {path.get("project", mine), request.headers.get("x-project-id", mine)}
        if named != {mine}:
            raise GatewayError(Code.NO_PROJECT, "The project is not available.", 403)


_DONE = frozenset({FaultKind.DROP_AFTER, FaultKind.TRUNCATE, FaultKind.TIMEOUT})


def _instead(fault: Fault, *, batch: bool) -> Answer | None:
    """Answer a call that is not performed."""
    message = fault.message or "refused on order"
    match fault.kind:
        case FaultKind.STATUS_429:
            return _throttled(fault)
        case FaultKind.HTML_502:
            return bad_gateway()
        case FaultKind.XML_ERROR:
            return answers.unavailable_as_xml(message)
        case FaultKind.REFUSE_200:
            told = {"is_success": "false", "message": message}
            return answers.document([told] if batch else told, answers.new_request_id())
        case FaultKind.REFUSE:
            return _refusal(fault, 400, batch=batch)
        case FaultKind.DENY:
            return _refusal(fault, 403, batch=batch)
        case FaultKind.SERVER_ERROR:
            return _refusal(fault, 500, batch=batch)
        case _:
            return None


_CODES = {400: "DLI.0999", 403: "DLI.0003", 500: "DLI.0999"}


def _refusal(fault: Fault, status: int, *, batch: bool) -> Answer:
    told = {
        "error_code": fault.code or _CODES[status],
        "error_msg": fault.message or "refused on order",
    }
    return answers.document([told] if batch else told, answers.new_request_id(), status)


def _throttled(fault: Fault) -> Answer:
    request_id = answers.new_request_id()
    told = {
        "error_code": fault.code or Code.THROTTLED.value,
        "error_msg": fault.message or "The throttling threshold has been reached",
        "request_id": request_id,
    }
    hint = {} if fault.seconds is None else {"Retry-After": str(int(fault.seconds))}
    return answers.document(told, request_id, 429, **hint)


def _check_content_type(request: Received) -> None:
    given = request.headers.get("content-type", "")
    if request.body and not given.startswith("application/json"):
        raise RefusedError(Code.PARAMETER, "Content-Type: application/json", 415)
