"""The control API: unsigned JSON under /sandbox/, for tests, for the sandbox's page, for people.

    GET    /sandbox/state                        everything: jobs, queues, faults, speed, clock
    GET    /sandbox/calls                        operations received, counted and listed
    POST   /sandbox/reset                        start over; speed and settings stay
    POST   /sandbox/settings                     any of {"speed": 10, "success_as": "string",
                                                  "refuse_stored": true, "expire_tokens": true}
    POST   /sandbox/faults                       {"operation": "BatchRunFlinkJobs" | "*", "kind":
                                                  ..., "times": 1 | null, "seconds", "code",
                                                  "message"}
    DELETE /sandbox/faults                       drop every fault still open
    POST   /sandbox/deployments/{id}/edit        save behind the bot's back: {"by": "zhang.min",
                                                  "parallelism": 12, "settings": {name: value},
                                                  "flinkConf": {name: text}}
    POST   /sandbox/deployments/{id}/restart     replace the run; the answer names the new one
    POST   /sandbox/deployments/{id}/behaviour   any members of `model.Behaviour`; the rest stay
    POST   /sandbox/deployments/{id}/status      {"status": "job_arrearage_stopped", "desc": ""}

The routes and shapes are those of the simulated Alibaba Cloud, so that one page serves both;
`/sandbox/jobs/` is the same as `/sandbox/deployments/`. `{id}` is a job's id or its exact name.
`settings` are those of the update requests; `flinkConf` takes the same as text, and what is no
setting as an entry of `runtime_config`, null to take it away. Kinds of faults are explained at
`faults.FaultKind`; their seconds are real ones, all other seconds shrink with `speed`. Errors are
HTTP 4xx with `{"error": text}`. A page of another site that is open in a browser here is turned
away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.sandbox.dli.faults import Fault
from bot.sandbox.dli.model import Status
from bot.sandbox.dli.operations import SuccessAs
from bot.sandbox.dli.panel import edited, shown
from bot.sandbox.dli.refusals import Code, RefusedError, wrong
from bot.sandbox.loopback import is_local

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.dli.gateway import Gateway
    from bot.sandbox.dli.model import Job


class Edit(BaseModel):
    """What somebody else saves."""

    model_config = ConfigDict(extra="forbid")

    by: str = "zhang.min"
    parallelism: int | None = Field(default=None, ge=1)
    conf: dict[str, str | None] = Field(default_factory=dict, alias="flinkConf")
    settings: dict[str, Any] = Field(default_factory=dict)


class Settings(BaseModel):
    """What can be turned while the simulator runs."""

    model_config = ConfigDict(extra="forbid")

    speed: float | None = Field(default=None, gt=0)
    success_as: SuccessAs | None = None
    refuse_stored: bool | None = None
    expire_tokens: bool = False


class Forced(BaseModel):
    """What the service does on its own account."""

    model_config = ConfigDict(extra="forbid")

    status: Status
    desc: str = ""


def control_routes(gateway: Gateway) -> list[web.RouteDef]:
    """Give the control API of one gateway."""
    control = _Control(gateway)
    acts = {
        "edit": control.edit,
        "restart": control.restart,
        "behaviour": control.behaviour,
        "status": control.status,
    }
    return [
        web.get("/sandbox/state", _guarded(control.state)),
        web.get("/sandbox/calls", _guarded(control.calls)),
        web.post("/sandbox/reset", _guarded(control.reset)),
        web.post("/sandbox/settings", _guarded(control.settings)),
        web.post("/sandbox/faults", _guarded(control.inject)),
        web.delete("/sandbox/faults", _guarded(control.clear_faults)),
        *(
            web.post(f"/sandbox/{what}/{{id}}/{name}", _guarded(act))
            for what in ("deployments", "jobs")
            for name, act in acts.items()
        ),
    ]


class _Control:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def state(self, _request: web.Request) -> object:
        gateway, cloud = self._gateway, self._gateway.cloud
        return {
            "workspace": gateway.project.region,
            "namespace": gateway.project.id,
            "now": cloud.moment().now.isoformat(),
            **self._settings(),
            "faults": [fault.model_dump(mode="json") for fault in gateway.faults.pending()],
            "queues": [
                {"name": queue.name, "cuCount": queue.cu_count, "usedCu": cloud.used_cus(name)}
                for name, queue in cloud.queues.items()
            ],
            "deployments": [shown(job) for job in cloud.jobs()],
        }

    async def calls(self, _request: web.Request) -> object:
        return self._gateway.log.document()

    async def reset(self, _request: web.Request) -> object:
        self._gateway.reset()
        return {}

    async def settings(self, request: web.Request) -> object:
        settings = Settings.model_validate(await request.json())
        gateway = self._gateway
        if settings.speed is not None:
            gateway.cloud.speed = settings.speed
        if settings.success_as is not None:
            gateway.success_as = settings.success_as
        if settings.refuse_stored is not None:
            gateway.cloud.refuse_stored = settings.refuse_stored
        if settings.expire_tokens:
            gateway.iam.expire_tokens()
        return self._settings()

    async def inject(self, request: web.Request) -> object:
        fault = Fault.model_validate(await request.json())
        self._gateway.faults.inject(fault)
        return fault.model_dump(mode="json")

    async def clear_faults(self, _request: web.Request) -> object:
        self._gateway.faults.clear()
        return {}

    async def edit(self, request: web.Request) -> object:
        edit = Edit.model_validate(await request.json())
        job = self._named(request)
        values = edited(job, edit.parallelism, edit.conf, edit.settings)
        self._gateway.cloud.edit(job, values, edit.by)
        return shown(job)

    async def restart(self, request: web.Request) -> object:
        job = self._named(request)
        self._gateway.cloud.restart(job)
        return {"jobId": job.runs[-1].jid}

    async def behaviour(self, request: web.Request) -> object:
        changes = await request.json()
        job = self._named(request)
        if not isinstance(changes, dict):
            raise wrong("behaviour: an object")
        return self._gateway.cloud.behave(job, changes).model_dump(mode="json")

    async def status(self, request: web.Request) -> object:
        forced = Forced.model_validate(await request.json())
        job = self._named(request)
        self._gateway.cloud.force(job, forced.status, forced.desc)
        return shown(job)

    def _named(self, request: web.Request) -> Job:
        return self._gateway.cloud.named(request.match_info["id"])

    def _settings(self) -> dict[str, object]:
        return {
            "speed": self._gateway.cloud.speed,
            "success_as": self._gateway.success_as,
            "refuse_stored": self._gateway.cloud.refuse_stored,
        }


def _guarded(
    act: Callable[[web.Request], Awaitable[object]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Word what `act` gives, and every way it says no, as JSON."""

    async def serve(request: web.Request) -> web.Response:
        if not is_local(request):
            return web.json_response({"error": "only from this machine"}, status=403)
        try:
            return web.json_response(await act(request))
        except ValidationError as error:
            details = error.errors(include_url=False, include_context=False, include_input=False)
            return web.json_response({"error": details}, status=422)
        except RefusedError as error:
            status = 404 if error.code is Code.NO_JOB else 409
            return web.json_response({"error": str(error)}, status=status)
        except ValueError as error:
            return web.json_response({"error": f"not JSON: {error}"}, status=400)

    return serve
