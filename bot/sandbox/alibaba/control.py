"""The control API: unsigned JSON under /sandbox/, for tests, for the sandbox's page, for people.

    GET    /sandbox/state                        everything: deployments, faults, speed, clock
    GET    /sandbox/calls                        operations received, counted and listed
    POST   /sandbox/reset                        start over; speed and settings stay
    POST   /sandbox/settings                     {"speed": 10, "not_found_inside_200": false}
    POST   /sandbox/faults                       {"operation": "HotUpdateJob" | "*", "kind": ...,
                                                  "times": 1 | null, "seconds", "code", "message"}
    DELETE /sandbox/faults                       drop every fault still open
    POST   /sandbox/deployments/{id}/edit        save behind the bot's back: {"by": "zhang.min",
                                                  "parallelism": 12, "flinkConf": {key: text}};
                                                  null for a text removes the key
    POST   /sandbox/deployments/{id}/restart     replace the job; the answer names the new one
    POST   /sandbox/deployments/{id}/behaviour   any members of `model.Behaviour`; the rest stay

`{id}` is a deployment's id or its exact name. Kinds of faults are explained at `faults.FaultKind`;
their seconds are real ones, all other seconds shrink with `speed`. Errors are HTTP 4xx with
`{"error": text}`. A page of another site that is open in a browser here is turned away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.sandbox.alibaba.cloud import changed_since_start
from bot.sandbox.alibaba.definition import conf_of, parallelism_of
from bot.sandbox.alibaba.faults import Fault
from bot.sandbox.alibaba.flink_rest import vertex_parallelism
from bot.sandbox.alibaba.refusals import MissingError, RefusedError
from bot.sandbox.alibaba.walk import state_of
from bot.sandbox.loopback import is_local

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.alibaba.gateway import Gateway
    from bot.sandbox.alibaba.model import Deployment, Document
    from bot.sandbox.moment import Moment


class Edit(BaseModel):
    """What somebody else saves."""

    model_config = ConfigDict(extra="forbid")

    by: str = "zhang.min"
    parallelism: int | None = Field(default=None, ge=1)
    conf: dict[str, str | None] = Field(default_factory=dict, alias="flinkConf")


class Settings(BaseModel):
    """What can be turned while the simulator runs."""

    model_config = ConfigDict(extra="forbid")

    speed: float | None = Field(default=None, gt=0)
    not_found_inside_200: bool | None = None


def control_routes(gateway: Gateway) -> list[web.RouteDef]:
    """Give the control API of one gateway."""
    control = _Control(gateway)
    return [
        web.get("/sandbox/state", _guarded(control.state)),
        web.get("/sandbox/calls", _guarded(control.calls)),
        web.post("/sandbox/reset", _guarded(control.reset)),
        web.post("/sandbox/settings", _guarded(control.settings)),
        web.post("/sandbox/faults", _guarded(control.inject)),
        web.delete("/sandbox/faults", _guarded(control.clear_faults)),
        web.post("/sandbox/deployments/{id}/edit", _guarded(control.edit)),
        web.post("/sandbox/deployments/{id}/restart", _guarded(control.restart)),
        web.post("/sandbox/deployments/{id}/behaviour", _guarded(control.behaviour)),
    ]


class _Control:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def state(self, _request: web.Request) -> object:
        gateway, moment = self._gateway, self._gateway.cloud.moment()
        return {
            "workspace": gateway.place.workspace,
            "namespace": gateway.place.namespace,
            "now": moment.now.isoformat(),
            "speed": moment.speed,
            "not_found_inside_200": gateway.not_found_inside_200,
            "faults": [fault.model_dump(mode="json") for fault in gateway.faults.pending()],
            "deployments": [_deployment(d, moment) for d in gateway.cloud.deployments()],
        }

    async def calls(self, _request: web.Request) -> object:
        return self._gateway.log.document()

    async def reset(self, _request: web.Request) -> object:
        self._gateway.reset()
        return {}

    async def settings(self, request: web.Request) -> object:
        settings = Settings.model_validate(await request.json())
        if settings.speed is not None:
            self._gateway.cloud.speed = settings.speed
        if settings.not_found_inside_200 is not None:
            self._gateway.not_found_inside_200 = settings.not_found_inside_200
        return {
            "speed": self._gateway.cloud.speed,
            "not_found_inside_200": self._gateway.not_found_inside_200,
        }

    async def inject(self, request: web.Request) -> object:
        fault = Fault.model_validate(await request.json())
        self._gateway.faults.inject(fault)
        return fault.model_dump(mode="json")

    async def clear_faults(self, _request: web.Request) -> object:
        self._gateway.faults.clear()
        return {}

    async def edit(self, request: web.Request) -> object:
        edit = Edit.model_validate(await request.json())
        deployment = self._named(request)
        self._gateway.cloud.edit(
            deployment, parallelism=edit.parallelism, conf=edit.conf, by=edit.by
        )
        return _deployment(deployment, self._gateway.cloud.moment())

    async def restart(self, request: web.Request) -> object:
        return {"jobId": self._gateway.cloud.restart(self._named(request)).id}

    async def behaviour(self, request: web.Request) -> object:
        changes = await request.json()
        deployment = self._named(request)
        if not isinstance(changes, dict):
            raise RefusedError("behaviour", "an object")
        return self._gateway.cloud.behave(deployment, changes).model_dump(mode="json")

    def _named(self, request: web.Request) -> Deployment:
        return self._gateway.cloud.named(request.match_info["id"])


def _deployment(deployment: Deployment, moment: Moment) -> Document:
    job = deployment.latest_job
    return {
        "id": deployment.id,
        "name": deployment.name,
        "modifiedAt": deployment.modified_at,
        "modifier": deployment.modifier,
        "changedSinceStart": changed_since_start(deployment),
        "saved": {"parallelism": parallelism_of(deployment.parts), **conf_of(deployment.parts)},
        "running": {"parallelism": parallelism_of(job.parts), **conf_of(job.parts)} if job else {},
        "job": {"id": job.id, "state": job.state, "restarts": job.restarts} if job else None,
        "operators": vertex_parallelism(deployment, job) if job else {},
        "hotUpdates": [
            {"id": update.id, "jobId": update.job_id, "state": state_of(deployment, update, moment)}
            for update in deployment.hot_updates
        ],
        "behaviour": deployment.behaviour.model_dump(mode="json"),
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
        except MissingError as error:
            return web.json_response({"error": str(error)}, status=404)
        except RefusedError as error:
            return web.json_response({"error": str(error)}, status=409)
        except ValueError as error:
            return web.json_response({"error": f"not JSON: {error}"}, status=400)

    return serve
