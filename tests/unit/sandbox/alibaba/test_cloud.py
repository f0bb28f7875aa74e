"""The state machine by itself, without HTTP."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from bot.sandbox.alibaba.cloud import Cloud, changed_since_start
from bot.sandbox.alibaba.definition import conf_of, parallelism_of, with_parallelism
from bot.sandbox.alibaba.flink_rest import flink_answer, vertex_parallelism
from bot.sandbox.alibaba.model import Deployment, HotUpdateState, JobState, Operator, Traits
from bot.sandbox.alibaba.refusals import MissingError, RefusalCode, RefusedError
from bot.sandbox.alibaba.seed import job_id_of, starting_deployments
from tests.fakes.clock import FakeClock

INTERVAL = "execution.checkpointing.interval"


@pytest.fixture
def cloud(clock: FakeClock) -> Cloud:
    return Cloud(starting_deployments(clock()), clock, speed=1)


def save(cloud: Cloud, name: str, parallelism: int | None = None, **conf: str | None) -> Deployment:
    deployment = cloud.named(name)
    keys = {key.replace("_", "."): value for key, value in conf.items()}
    cloud.edit(deployment, parallelism=parallelism, conf=keys, by="zhang.min")
    return deployment


def trigger(cloud: Cloud, name: str) -> str:
    return cloud.start_hot_update(job_id_of(name), "REQUEST").id


def state(cloud: Cloud, update_id: str) -> HotUpdateState:
    return cloud.hot_update(update_id)[2]


def refusal_of(cloud: Cloud, name: str) -> str:
    with pytest.raises(RefusedError) as caught:
        trigger(cloud, name)
    return caught.value.code


def test_a_hot_update_walks_from_init_to_hot_updated(cloud: Cloud, clock: FakeClock) -> None:
    deployment = save(cloud, "orders-enrichment", 8, **{INTERVAL: "60s"})
    assert changed_since_start(deployment)
    update = trigger(cloud, "orders-enrichment")
    assert state(cloud, update) is HotUpdateState.INIT
    clock.tick(1)
    assert state(cloud, update) is HotUpdateState.HOT_UPDATING
    clock.tick(1.9)
    assert state(cloud, update) is HotUpdateState.HOT_UPDATING
    assert parallelism_of(deployment.jobs[0].parts) == 4
    clock.tick(0.1)
    assert state(cloud, update) is HotUpdateState.HOT_UPDATED
    job = deployment.jobs[0]
    assert (parallelism_of(job.parts), conf_of(job.parts)[INTERVAL]) == (8, "60s")
    assert (job.id, job.restarts) == (job_id_of("orders-enrichment"), 0)
    assert not changed_since_start(deployment)


def test_the_effect_comes_with_time_even_if_nobody_asks_for_the_result(
    cloud: Cloud, clock: FakeClock
) -> None:
    save(cloud, "orders-enrichment", 8)
    trigger(cloud, "orders-enrichment")
    clock.tick(60)
    _, job = cloud.job(job_id_of("orders-enrichment"))
    assert parallelism_of(job.parts) == 8
    events = [event.name for event in cloud.named("orders-enrichment").events]
    assert events == ["DEPLOYMENT_UPDATED", "HOT_UPDATE_TRIGGERED", "HOT_UPDATE_SUCCEEDED"]


def test_speed_shortens_every_duration(clock: FakeClock) -> None:
    cloud = Cloud(starting_deployments(clock()), clock, speed=30)
    save(cloud, "orders-enrichment", 8)
    update = trigger(cloud, "orders-enrichment")
    clock.tick(0.1)
    assert state(cloud, update) is HotUpdateState.HOT_UPDATED


def test_what_needs_a_restart_stays_pending_after_a_hot_update(
    cloud: Cloud, clock: FakeClock
) -> None:
    deployment = save(cloud, "orders-enrichment", 8, table_exec_state_ttl="12 h")
    trigger(cloud, "orders-enrichment")
    clock.tick(3)
    _, job = cloud.job(deployment.jobs[0].id)
    assert conf_of(job.parts)["table.exec.state.ttl"] == "36 h"
    assert changed_since_start(deployment)
    assert refusal_of(cloud, "orders-enrichment") == RefusalCode.ONLY_RESTART


def test_a_hot_setting_that_is_not_saved_any_more_is_taken_away(
    cloud: Cloud, clock: FakeClock
) -> None:
    deployment = save(cloud, "orders-enrichment", **{"execution.checkpointing.timeout": None})
    trigger(cloud, "orders-enrichment")
    clock.tick(3)
    _, job = cloud.job(deployment.jobs[0].id)
    assert "execution.checkpointing.timeout" not in conf_of(job.parts)


def test_a_failed_update_of_low_severity_leaves_the_old_values_running(
    cloud: Cloud, clock: FakeClock
) -> None:
    save(cloud, "payments-fraud", 12)
    update = trigger(cloud, "payments-fraud")
    clock.tick(4)
    deployment, record, now = cloud.hot_update(update)
    assert now is HotUpdateState.FAILED
    assert record.failure is not None
    assert record.failure.message == "exceeded quota: resourcequota"
    job = deployment.jobs[0]
    assert (job.state, parallelism_of(job.parts)) == (JobState.RUNNING, 6)
    assert parallelism_of(deployment.parts) == 12
    assert changed_since_start(deployment)


def test_a_failed_update_of_critical_severity_takes_the_job_down(
    cloud: Cloud, clock: FakeClock
) -> None:
    save(cloud, "inventory-cdc", 10)
    trigger(cloud, "inventory-cdc")
    clock.tick(4)
    _, job = cloud.job(job_id_of("inventory-cdc"))
    assert job.state is JobState.FAILED
    assert job.failure is not None
    assert job.failure.reason == "RestoreFailed"
    assert job.ended_at == clock()
    assert refusal_of(cloud, "inventory-cdc") == RefusalCode.NOT_RUNNING


@pytest.mark.parametrize(
    ("outcome", "word"),
    [("hang", "HOT_UPDATING"), ("never_begin", "INIT"), ("strange_state", "REBALANCING")],
)
def test_an_update_can_stay_in_a_state_until_it_is_let_go(
    cloud: Cloud, clock: FakeClock, outcome: str, word: str
) -> None:
    deployment = save(cloud, "ads-attribution", 16)
    cloud.behave(deployment, {"outcome": outcome})
    update = trigger(cloud, "ads-attribution")
    clock.tick(86_400)
    assert state(cloud, update) == word
    assert refusal_of(cloud, "ads-attribution") == RefusalCode.IN_PROGRESS
    cloud.behave(deployment, {"outcome": "succeed"})
    assert state(cloud, update) is HotUpdateState.HOT_UPDATED


def test_pinned_operators_do_not_follow(cloud: Cloud, clock: FakeClock) -> None:
    deployment = save(cloud, "metrics-rollup", 16)
    trigger(cloud, "metrics-rollup")
    clock.tick(3)
    _, job = cloud.job(deployment.jobs[0].id)
    assert vertex_parallelism(deployment, job) == {
        "Source: kafka_metrics[1]": 6,
        "GlobalAggregate[7]": 1,
        "Join[4] -> Calc[5]": 16,
        "Sink: rollup_sink[6]: Writer": 16,
    }
    assert job.restarts == 1


def test_the_platform_can_grant_another_parallelism_than_saved(
    cloud: Cloud, clock: FakeClock
) -> None:
    deployment = save(cloud, "orders-enrichment", 8)
    cloud.behave(deployment, {"granted": 6})
    trigger(cloud, "orders-enrichment")
    clock.tick(3)
    _, job = cloud.job(deployment.jobs[0].id)
    assert parallelism_of(job.parts) == 6


def test_a_restart_in_between_fails_the_update_and_runs_what_is_saved(
    cloud: Cloud, clock: FakeClock
) -> None:
    deployment = save(cloud, "orders-enrichment", 8)
    update = trigger(cloud, "orders-enrichment")
    new = cloud.restart(deployment)
    clock.tick(3)
    assert state(cloud, update) is HotUpdateState.FAILED
    assert new.id != job_id_of("orders-enrichment")
    assert parallelism_of(new.parts) == 8
    assert deployment.jobs[0].state is JobState.CANCELLED


@pytest.mark.parametrize(
    ("name", "parallelism", "code"),
    [
        ("orders-enrichment", None, RefusalCode.NOTHING_CHANGED),
        ("daily-report", 4, RefusalCode.NOT_RUNNING),
        ("legacy-etl", 8, RefusalCode.ENGINE_TOO_OLD),
        ("ledger", 8, RefusalCode.UNALIGNED),
        ("batch-export", 8, RefusalCode.NOT_STREAMING),
        ("adhoc-explore", 4, RefusalCode.SESSION_CLUSTER),
        ("orders-enrichment", 40_000, RefusalCode.TOO_PARALLEL),
    ],
)
def test_what_cannot_be_hot_updated_is_refused(
    cloud: Cloud, name: str, parallelism: int | None, code: RefusalCode
) -> None:
    if parallelism is not None:
        save(cloud, name, parallelism)
    assert refusal_of(cloud, name) == code
    assert cloud.named(name).hot_updates == []


def test_unaligned_checkpoints_only_forbid_another_parallelism(
    cloud: Cloud, clock: FakeClock
) -> None:
    save(cloud, "ledger", **{INTERVAL: "90s"})
    update = trigger(cloud, "ledger")
    clock.tick(3)
    assert state(cloud, update) is HotUpdateState.HOT_UPDATED


def test_expert_mode_takes_checkpoint_settings_but_no_resources(
    cloud: Cloud, clock: FakeClock
) -> None:
    deployment = save(cloud, "user-profiles", **{INTERVAL: "90s"})
    update = trigger(cloud, "user-profiles")
    clock.tick(3)
    assert state(cloud, update) is HotUpdateState.HOT_UPDATED
    with pytest.raises(RefusedError):
        cloud.edit(deployment, parallelism=8, conf={}, by="zhang.min")
    setting = deepcopy(deployment.parts["streamingResourceSetting"])
    setting["expertResourceSetting"]["resourcePlan"] = "{}"
    cloud.update_deployment(deployment.id, {"streamingResourceSetting": setting})
    assert refusal_of(cloud, "user-profiles") == RefusalCode.EXPERT_MODE


def test_an_engine_of_another_family_is_not_refused(cloud: Cloud) -> None:
    deployment = save(cloud, "orders-enrichment", 8)
    deployment.jobs[0].parts["engineVersion"] = "flash-1.0"
    assert trigger(cloud, "orders-enrichment").startswith("hu-")


def test_somebody_elses_saved_edits_are_there_from_the_start(cloud: Cloud) -> None:
    deployment = cloud.named("search-index")
    assert changed_since_start(deployment)
    assert deployment.modifier == "zhang.min"
    job = deployment.jobs[0]
    assert (parallelism_of(deployment.parts), parallelism_of(job.parts)) == (12, 6)
    assert (conf_of(deployment.parts)[INTERVAL], conf_of(job.parts)[INTERVAL]) == ("60s", "180s")


def test_saving_replaces_named_parts_whole_and_leaves_the_others(cloud: Cloud) -> None:
    deployment = cloud.named("orders-enrichment")
    before = deepcopy(deployment.parts)
    cloud.update_deployment(
        deployment.id, {"flinkConf": {"a": 1}, "labels": None, "deploymentId": "x", "odd": 1}
    )
    assert deployment.parts == {**before, "flinkConf": {"a": 1}}
    cloud.update_deployment(deployment.id, {"localVariables": []})
    assert deployment.parts["localVariables"] == []


def test_every_save_moves_the_modification_time(cloud: Cloud) -> None:
    deployment = cloud.named("orders-enrichment")
    seen = [deployment.modified_at]
    for _ in range(3):
        cloud.update_deployment(deployment.id, {"description": "same second"})
        seen.append(deployment.modified_at)
    assert seen == sorted(set(seen))


BASIC = {"resourceSettingMode": "BASIC"}


@pytest.mark.parametrize(
    "body",
    [
        {"artifact": {"kind": "JAR"}},
        {"artifact": "a jar"},
        {"flinkConf": [1]},
        {"streamingResourceSetting": {"resourceSettingMode": "FAST"}},
        {"streamingResourceSetting": {**BASIC, "basicResourceSetting": {"parallelism": 0}}},
        {"streamingResourceSetting": {**BASIC, "basicResourceSetting": {"parallelism": "8"}}},
        {"streamingResourceSetting": {**BASIC, "basicResourceSetting": {"parallelism": True}}},
        {"streamingResourceSetting": BASIC},
        {"name": "ledger"},
    ],
)
def test_an_impossible_definition_is_refused_and_not_saved(
    cloud: Cloud, body: dict[str, Any]
) -> None:
    deployment = cloud.named("orders-enrichment")
    before, modified_at = deepcopy(deployment.parts), deployment.modified_at
    with pytest.raises(RefusedError):
        cloud.update_deployment(deployment.id, body)
    assert (deployment.parts, deployment.modified_at) == (before, modified_at)


def test_a_job_stops_and_a_new_one_starts_with_time(cloud: Cloud, clock: FakeClock) -> None:
    _, job = cloud.stop_job(job_id_of("orders-enrichment"))
    clock.tick(0.5)
    cloud.stop_job(job.id)
    with pytest.raises(RefusedError):
        cloud.start_job(job.deployment_id)
    clock.tick(0.5)
    cloud.deployment(job.deployment_id)
    assert (job.state, job.ended_at) == (JobState.CANCELLED, clock())
    with pytest.raises(RefusedError):
        cloud.stop_job(job.id)
    _, new = cloud.start_job(job.deployment_id, {"kind": "NONE"})
    assert (new.state, new.restore_strategy) == (JobState.STARTING, {"kind": "NONE"})
    clock.tick(2)
    assert cloud.job(new.id)[1].state is JobState.RUNNING


def test_a_deployment_that_never_ran_can_be_started(cloud: Cloud, clock: FakeClock) -> None:
    deployment = cloud.named("orders-enrichment")
    deployment.jobs.clear()
    assert not changed_since_start(deployment)
    assert cloud.restart(deployment).state is JobState.RUNNING


def test_what_does_not_exist_is_missing(cloud: Cloud) -> None:
    for read in (cloud.deployment, cloud.named, cloud.job, cloud.hot_update):
        with pytest.raises(MissingError):
            read("nothing")


def test_flink_tells_the_age_of_the_last_checkpoint(cloud: Cloud, clock: FakeClock) -> None:
    deployment, job = cloud.job(job_id_of("orders-enrichment"))

    def checkpoints() -> dict[str, Any]:
        jid = flink_answer(deployment, job, "/jobs", clock())["jobs"][0]["id"]
        return flink_answer(deployment, job, f"jobs/{jid}/checkpoints", clock())

    first = checkpoints()["latest"]["completed"]
    assert first["latest_ack_timestamp"] <= clock().timestamp() * 1000
    clock.tick(180)
    assert checkpoints()["latest"]["completed"]["id"] == first["id"] + 1
    job.parts["flinkConf"][INTERVAL] = "never"
    assert checkpoints() == {"errors": ["Checkpointing has not been enabled."]}
    job.parts["flinkConf"][INTERVAL] = "30 d"
    assert checkpoints()["latest"]["completed"] is None


def test_flink_does_not_answer_for_a_job_that_is_down(cloud: Cloud, clock: FakeClock) -> None:
    with pytest.raises(RefusedError):
        flink_answer(*cloud.job(job_id_of("daily-report")), "/jobs", clock())


def test_a_batch_deployment_has_its_own_resources(cloud: Cloud) -> None:
    parts = with_parallelism(cloud.named("batch-export").parts, 9)
    assert parts["batchResourceSetting"]["basicResourceSetting"]["parallelism"] == 9


def test_without_known_operators_any_parallelism_goes(cloud: Cloud) -> None:
    deployment = save(cloud, "orders-enrichment", 9)
    deployment.traits = Traits(operators=())
    trigger(cloud, "orders-enrichment")
    assert vertex_parallelism(deployment, deployment.jobs[0]) == {}
    deployment.traits = Traits(operators=(Operator("Source: x", 4),))
    assert vertex_parallelism(deployment, deployment.jobs[0]) == {"Source: x": 4}
