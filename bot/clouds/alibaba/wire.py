"""What the API answers, as far as it is read: the vendor's spelling ends here.

Unknown members and unknown words are let through; what this program acts on must have its shape.
Field lists: https://www.alibabacloud.com/help/en/flink/realtime-flink/developer-reference/
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from bot.clouds.shapes import Document, Flag, Identifier, Number, Text, Whole, or_empty

T = TypeVar("T")


class Wire(BaseModel):
    """Any part of an answer."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, hide_input_in_errors=True
    )


class Envelope(Wire, Generic[T]):
    """What surrounds every answer; lists add the number of all entries."""

    data: T
    request_id: Text = ""
    total_size: Whole = None

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: object) -> object:
        return {"data": None, **value} if isinstance(value, dict) else value


class ResourceSpec(Wire):
    """The size of one JobManager or TaskManager; memory like "4 GiB"."""

    cpu: Number = None
    memory: Text = ""


class BasicResources(Wire):
    """BASIC mode: one parallelism for all operators."""

    parallelism: Whole = None
    jobmanager: ResourceSpec | None = Field(None, alias="jobmanagerResourceSettingSpec")
    taskmanager: ResourceSpec | None = Field(None, alias="taskmanagerResourceSettingSpec")


class ExpertResources(Wire):
    """EXPERT mode: a plan with a profile per operator."""

    jobmanager: ResourceSpec | None = Field(None, alias="jobmanagerResourceSettingSpec")
    resource_plan: Text = ""


class StreamingResources(Wire):
    """What a streaming job gets."""

    mode: Text = Field("", alias="resourceSettingMode")
    basic: BasicResources | None = Field(None, alias="basicResourceSetting")
    expert: ExpertResources | None = Field(None, alias="expertResourceSetting")


class Definition(Wire):
    """What a deployment and a job have in common: how Flink is to run it."""

    engine_version: Text = ""
    execution_mode: Text = ""
    flink_conf: Document | None = None
    streaming: StreamingResources | None = Field(None, alias="streamingResourceSetting")
    batch_resource_setting: Document | None = None
    artifact: Document | None = None
    logging: Document | None = None
    local_variables: list[Any] | None = None


class JobSummary(Wire):
    """How many jobs of a deployment are in which state."""

    running: Whole = None
    starting: Whole = None
    cancelling: Whole = None
    failed: Whole = None
    cancelled: Whole = None
    finished: Whole = None


class ListedDeployment(Wire):
    """A deployment in the list: little is read, so that one odd entry cannot hide the others."""

    deployment_id: Identifier
    name: Text = ""
    job_summary: JobSummary | None = None


class Deployment(Definition):
    """The saved template of a job. Times are epoch seconds as text, sometimes with a newline."""

    deployment_id: Identifier
    name: Text = ""
    modified_at: Text = ""
    modifier: Text = ""
    modifier_name: Text = ""
    deployment_has_changed: Flag = None
    streaming_document: Document | None = Field(
        None, validation_alias="streamingResourceSetting", repr=False
    )
    """The same part as `streaming`, with whatever else it holds: it is sent back whole."""


class JobRunning(Wire):
    """What is seen of a running job."""

    observed_flink_job_restarts: Whole = None
    observed_flink_job_status: Text = ""


class Reason(Wire):
    """Why a job or a hot update failed; sent, and empty, when nothing failed too."""

    reason: Text = ""
    message: Text = ""
    failure_severity: Text = ""


class JobStatus(Wire):
    """STARTING, RUNNING, CANCELLING, FAILED, CANCELLED, FINISHED, or a word not known yet."""

    current_job_status: Text = ""
    health_score: Whole = None
    running: JobRunning | None = None
    failure: Reason | None = None


class Job(Definition):
    """One run. `flink_conf` is everything Flink got, `user_flink_conf` what was set by people."""

    job_id: Identifier
    deployment_id: Text = ""
    created_at: Text = ""
    start_time: Whole = None
    session_cluster_name: Text = ""
    status: JobStatus | None = None
    user_flink_conf: Document | None = None


Deployments = Annotated[list[Deployment], or_empty(list)]
ListedDeployments = Annotated[list[ListedDeployment], or_empty(list)]
Jobs = Annotated[list[Job], or_empty(list)]
