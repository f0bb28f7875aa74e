"""The way of a request through the simulated service: log, fault, signature, operation, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.alibaba import answers, operations
from bot.sandbox.alibaba.cloud import Cloud
from bot.sandbox.alibaba.faults import Fault, FaultKind
from bot.sandbox.alibaba.refusals import BadRequestError, MissingError, RefusedError
from bot.sandbox.alibaba.seed import starting_deployments
from bot.sandbox.alibaba.verify import VERSION, Account, Verifier
from bot.sandbox.answer import Answer, bad_gateway, truncated
from bot.sandbox.cloud_gateway import DELAY_S, SILENCE_S, CloudGateway
from bot.sandbox.orders import UNKNOWN_OPERATION

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.sandbox.alibaba.documents import Place
    from bot.sandbox.alibaba.operations import Operation
    from bot.sandbox.received import Received


class Gateway(CloudGateway[Fault]):
    """Everything behind the socket."""

    def __init__(
        self, place: Place, account: Account, now: Callable[[], datetime], speed: float
    ) -> None:
        super().__init__(now)
        self.place = place
        self.not_found_inside_200 = False
        """How "990301" arrives is not documented: as HTTP 404, or inside an envelope."""
        self._verifier = Verifier(account)
        self.cloud = Cloud(starting_deployments(now()), now, speed)

    def reset(self) -> None:
        """Start over: deployments, faults, log."""
        self._forget()
        self.cloud = Cloud(starting_deployments(self._now()), self._now, self.cloud.speed)

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
        if fault.kind in _NOTHING_DONE:
            return _instead(fault, request)
        return await self._after(fault, self._serve(request, found))

    async def _after(self, fault: Fault, answer: Answer) -> Answer | None:
        if fault.kind is FaultKind.TRUNCATE:
            return truncated(answer)
        if fault.kind is FaultKind.TIMEOUT:
            await self._pause(fault, SILENCE_S)
        return None

    def _serve(self, request: Received, found: tuple[Operation, dict[str, str]] | None) -> Answer:
        request_id = answers.new_request_id()
        host = request.headers.get("host", "")
        try:
            data = self._perform(request, found, request_id)
        except BadRequestError as error:
            return answers.gateway_error(
                error.status, error.code, str(error), request_id, host=host
            )
        except RefusedError as error:
            return answers.refusal(error.code, str(error), request_id)
        except MissingError as error:
            if self.not_found_inside_200:
                return answers.refusal(answers.NOT_FOUND_CODE, str(error), request_id)
            return answers.gateway_error(
                404, answers.NOT_FOUND_CODE, str(error), request_id, host=host
            )
        return answers.success(data, request_id)

    def _perform(
        self,
        request: Received,
        found: tuple[Operation, dict[str, str]] | None,
        request_id: str,
    ) -> object:
        self._verifier.check(request, self._now())
        if found is None:
            raise BadRequestError(404, "InvalidAction.NotFound", "no operation has this path")
        operation, path = found
        _check_action(request, operation)
        self._check_place(request, path)
        # The document itself names the request that triggered a hot update: another id than the
        # envelope's, as in the vendor's example.
        call = operations.Call(
            self.cloud,
            self.place,
            path,
            operations.query_of(request),
            request.body,
            answers.new_request_id() if operation.name == "HotUpdateJob" else request_id,
        )
        return operation.act(call)

    def _check_place(self, request: Received, path: dict[str, str]) -> None:
        workspace = request.headers.get("workspace")
        if not workspace:
            raise BadRequestError(400, "MissingWorkspace", "workspace is mandatory")
        if workspace != self.place.workspace:
            raise BadRequestError(403, "Forbidden.Workspace", "no access to this workspace")
        if path.get("namespace", self.place.namespace) != self.place.namespace:
            raise MissingError("no such namespace")


_NOTHING_DONE = frozenset(
    {
        FaultKind.DROP_BEFORE,
        FaultKind.STATUS_429,
        FaultKind.HTML_502,
        FaultKind.REFUSE,
        FaultKind.XML_ERROR,
    }
)


def _instead(fault: Fault, request: Received) -> Answer | None:
    """Answer a call that is not performed."""
    request_id = answers.new_request_id()
    host = request.headers.get("host", "")
    match fault.kind:
        case FaultKind.STATUS_429:
            return _throttled(fault, request_id, host)
        case FaultKind.HTML_502:
            return bad_gateway()
        case FaultKind.REFUSE:
            code, message = fault.code or "998001", fault.message or "refused on order"
            return answers.refusal(code, message, request_id)
        case FaultKind.XML_ERROR:
            code = fault.code or "ServiceUnavailable"
            message = fault.message or "The request has failed due to a temporary failure."
            return answers.gateway_error_as_xml(503, code, message, request_id, host=host)
        case _:
            return None


def _throttled(fault: Fault, request_id: str, host: str) -> Answer:
    hint = {} if fault.seconds is None else {"x-acs-retry-after": str(int(fault.seconds * 1000))}
    return answers.gateway_error(
        429,
        fault.code or "Throttling.User",
        fault.message or "Request was denied due to user flow control.",
        request_id,
        host=host,
        headers=hint,
    )


def _check_action(request: Received, operation: Operation) -> None:
    if request.headers.get("x-acs-version") != VERSION:
        raise BadRequestError(400, "InvalidVersion", f"x-acs-version: {VERSION}")
    if request.headers.get("x-acs-action") != operation.name:
        raise BadRequestError(
            404, "InvalidAction.NotFound", f"x-acs-action: the path is that of {operation.name}"
        )
