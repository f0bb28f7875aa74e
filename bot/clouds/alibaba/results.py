"""What the API answers about hot updates, tuning, events and diagnoses, as far as it is read."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.clouds.alibaba.wire import Reason, StreamingResources, Wire
from bot.clouds.shapes import Document, Flag, Identifier, Text, Whole, or_empty


class RescaleParam(Wire):
    """The parallelism a hot update moves to."""

    job_parallelism: Whole = None


class ConfigParam(Wire):
    """The Flink settings a hot update moves to."""

    new_flink_conf: Annotated[Document, or_empty(dict)] = Field(default_factory=dict)


class HotUpdateParams(Wire):
    """What the service found to change."""

    rescale: RescaleParam | None = Field(None, alias="rescaleJobParam")
    config: ConfigParam | None = Field(None, alias="updateJobConfigParam")


class HotUpdateStatus(Wire):
    """INIT, HOT_UPDATING, HOT_UPDATED or FAILED; `request_id` is that of the trigger."""

    status: Text = ""
    request_id: Text = ""
    failure: Reason | None = None


class TargetResources(Wire):
    """What the job is to have afterwards."""

    flink_conf: Document | None = None
    streaming: StreamingResources | None = Field(None, alias="streamingResourceSetting")


class HotUpdateResult(Wire):
    """How one hot update stands."""

    job_hot_update_id: Text = ""
    job_id: Text = ""
    status: HotUpdateStatus | None = None
    params: HotUpdateParams | None = Field(None, alias="hotUpdateParams")
    target: TargetResources | None = Field(None, alias="targetResourceSetting")


class TriggeredHotUpdate(HotUpdateResult):
    """The answer to the trigger: without the id the hot update could never be asked for."""

    job_hot_update_id: Identifier


class AutopilotPolicy(Wire):
    """Whether the service tunes the deployment by itself."""

    enabled: Flag = None


class ScheduledPlan(Wire):
    """The plan that changes the deployment's resources by the clock."""

    scheduled_plan_id: Text = ""
    scheduled_plan_name: Text = ""


class Event(Wire):
    """One line of a deployment's timeline."""

    event_name: Text = ""
    message: Text = ""
    job_id: Text = ""
    created_at: Text = ""


class Symptom(Wire):
    """One thing the service's diagnosis found."""

    name: Text = ""
    description: Text = ""
    recommendation: Text = ""


Events = Annotated[list[Event], or_empty(list)]
Symptoms = Annotated[tuple[Symptom, ...], or_empty(list)]


class SymptomGroups(Wire):
    """Findings by where they were found."""

    autopilot: Symptom | None = None
    startup: Symptoms = ()
    runtime: Symptoms = ()
    state: Symptoms = ()
    troubleshooting: Symptoms = ()
    others: Symptoms = ()


class Diagnosis(Wire):
    """What the service thinks is wrong with a job."""

    symptoms: SymptomGroups | None = None
