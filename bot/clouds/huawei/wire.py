"""What the API answers, as far as it is read: the vendor's spelling ends here.

Types are not to be relied on: numbers and booleans come as text too, batch calls answer an array,
sometimes an object. Unknown members and unknown words are let through; what this program acts on
must have its shape. Times are epoch milliseconds.
https://support.huaweicloud.com/intl/en-us/api-dli/dli_02_0235.html
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.clouds.shapes import Document, Flag, Identifier, Number, Text, Whole, or_empty


def _stated(value: object) -> object:
    """Read `true`, "true" and "True" as yes; whatever else stands there is no success."""
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def _number(value: object) -> object:
    """Read an id, which is a 64-bit number, also where it is written as text."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


def _unpacked(value: object) -> object:
    """Read JSON inside a JSON string; an empty one is nothing."""
    return (json.loads(value) if value.strip() else None) if isinstance(value, str) else value


Success = Annotated[bool, BeforeValidator(_stated)]
JobId = Annotated[int, BeforeValidator(_number)]
Texts = Annotated[list[Text], or_empty(list)]


class Wire(BaseModel):
    """Any part of an answer."""

    model_config = ConfigDict(populate_by_name=True, frozen=True, hide_input_in_errors=True)


class Said(Wire):
    """What every answer of the service says; an answer without it is none."""

    is_success: Success
    message: Text = ""


class Batch(Said):
    """The answer about the one job that a batch call was sent for; usually in an array."""

    @model_validator(mode="before")
    @classmethod
    def _first(cls, value: object) -> object:
        return value[0] if isinstance(value, list) and value else value


class Job(Wire):
    """A job: its definition and where it stands.

    `job_config` is kept as it came: its names are those of the update operations.
    """

    job_id: JobId
    name: Text = ""
    desc: Text = ""
    job_type: Text = ""
    status: Text = ""
    status_desc: Text = ""
    """Why it failed and what to do, in the service's words."""
    user_name: Text = Field("", alias="username")
    queue_name: Text = ""
    run_mode: Text = ""
    sql_body: Annotated[str, BeforeValidator(lambda value: value or "")] = Field("", repr=False)
    main_class: Text = ""
    entrypoint_args: Text = Field("", repr=False)
    edge_group_ids: Texts = Field(default_factory=list)
    create_time: Whole = None
    update_time: Whole = None
    start_time: Whole = None
    """0 or nothing when it never ran."""
    duration: Whole = None
    root_id: Whole = None
    restart_times: Whole = None
    has_savepoint: Flag = None
    savepoint_path: Text = ""
    feature: Text = ""
    flink_version: Text = ""
    image: Text = ""
    job_config: Annotated[Document, or_empty(dict)] = Field(default_factory=dict, repr=False)


Jobs = Annotated[list[Job], or_empty(list)]


class JobList(Wire):
    """One page, and how many there are on all."""

    total_count: Whole = None
    jobs: Jobs = Field(default_factory=list)


class ListedJobs(Said):
    """ListFlinkJobs."""

    job_list: JobList


class ShownJob(Said):
    """ShowFlinkJob."""

    job_detail: Job


class UpdateTime(Wire):
    """When the definition was written."""

    update_time: Whole = None


class Updated(Said):
    """UpdateFlinkSqlJob and UpdateFlinkJarJob."""

    job: UpdateTime | None = None


class ExecutionGraph(Wire):
    """Flink's own view of the run; `state` is Flink's word, `end_time` is -1 while it runs."""

    jid: Text = ""
    name: Text = ""
    state: Text = ""
    stoppable: Flag = Field(None, alias="isStoppable")
    start_time: Whole = Field(None, alias="start-time")
    end_time: Whole = Field(None, alias="end-time")
    duration: Whole = None


class ShownExecutionGraph(Said):
    """ShowFlinkJobExecutionGraph."""

    execute_graph: ExecutionGraph | None = None


class GraphOperator(Wire):
    """One operator that SQL was translated into; `id` is what `operator_config` wants."""

    id: Identifier
    name: Text = ""
    type: Text = ""
    parallelism: Whole = None
    input_operators_id: Texts = Field(default_factory=list)


class StreamGraph(Wire):
    """What SQL was translated into."""

    operator_list: Annotated[list[GraphOperator], or_empty(list)] = Field(default_factory=list)
    nodes: Annotated[list[Any], or_empty(list)] = Field(default_factory=list)


class GeneratedGraph(Said):
    """CreateFlinkSqlJobGraph; the graph is JSON inside a JSON string."""

    error_code: Text = ""
    stream_graph: Annotated[StreamGraph | None, BeforeValidator(_unpacked)] = None


class Queue(Wire):
    """What jobs run on."""

    queue_name: Identifier
    queue_type: Text = ""
    cu_count: Whole = None
    used_cu: Number = None
    cu_spec: Whole = None
    cu_scale_out_limit: Whole = None
    cu_scale_in_limit: Whole = None
    resource_mode: Whole = None
    """0: shared, 1: dedicated."""
    charging_mode: Whole = None
    elastic_resource_pool_name: Text = ""
    is_restarting: Flag = None
    support_flink_sql_versions: Texts = Field(default_factory=list)
    support_flink_jar_versions: Texts = Field(default_factory=list)
    support_opensource_flink_versions: Texts = Field(default_factory=list)
    default_flink_sql_version: Text = ""
    default_flink_jar_version: Text = ""


class ListedQueues(Said):
    """ListQueues."""

    queues: Annotated[list[Queue], or_empty(list)] = Field(default_factory=list)


class Project(Wire):
    """A project of the identity service: where a region's resources belong."""

    id: Identifier
    name: Text = ""
    enabled: Flag = None


class ListedProjects(Wire):
    """KeystoneListProjects."""

    projects: list[Project]


class TokenFacts(Wire):
    """What is told about a token beside itself."""

    expires_at: Text = ""


class IssuedToken(Wire):
    """KeystoneCreateUserTokenByPassword; the token itself is a header."""

    token: TokenFacts = Field(default_factory=TokenFacts)
