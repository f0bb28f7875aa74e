"""What Flink's own REST API answers through the service's proxy, as far as it is read.

https://nightlies.apache.org/flink/flink-docs-stable/docs/ops/rest_api/
"""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import BaseModel, StringConstraints, model_validator

from bot.clouds.alibaba.wire import Wire
from bot.clouds.shapes import Text, Whole


class FlinkAnswer(Wire):
    """One answer, which the proxy passes on as JSON text inside `data`."""

    @model_validator(mode="before")
    @classmethod
    def _unwrapped(cls, value: object) -> object:
        return json.loads(value) if isinstance(value, str) else value


class FlinkJobStatus(Wire):
    """One job of a Flink cluster, under Flink's own id."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z-]+$")]
    status: Text = ""


class FlinkJobs(FlinkAnswer):
    """`/jobs`."""

    jobs: list[FlinkJobStatus]


class FlinkVertex(Wire):
    """One operator chain; -1 means that Flink chooses the maximum itself."""

    name: Text = ""
    parallelism: int
    max_parallelism: Whole = None


class FlinkJob(FlinkAnswer):
    """`/jobs/<id>`."""

    vertices: list[FlinkVertex]


class FlinkCheckpoint(BaseModel):
    """One checkpoint; times in ms since the epoch, sizes in bytes."""

    trigger_timestamp: Whole = None
    latest_ack_timestamp: Whole = None
    end_to_end_duration: Whole = None
    state_size: Whole = None
    checkpointed_size: Whole = None


class FlinkLatest(Wire):
    """The newest checkpoint of each kind."""

    completed: FlinkCheckpoint | None = None


class FlinkCheckpoints(FlinkAnswer):
    """`/jobs/<id>/checkpoints`; an error document when the job takes none."""

    latest: FlinkLatest | None = None
