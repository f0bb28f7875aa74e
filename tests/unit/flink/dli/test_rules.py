import pytest

from bot.flink.dli.catalogue import SETTINGS
from bot.flink.dli.rules import Job, faults, warnings
from bot.flink.dli.setting import JobType
from bot.notes import Code

SQL, JAR = JobType.SQL, JobType.JAR
CUS = {"cu_number": "4", "manager_cu_number": "1", "tm_cus": "1", "parallel_number": "4"}
FORBIDDEN = [
    (SQL, {**CUS, "cu_number": "2", "manager_cu_number": "2"}, "cu_number", Code.DLI_NO_WORKER_CUS),
    (SQL, {**CUS, "parallel_number": "13"}, "parallel_number", Code.DLI_PARALLELISM_TOO_HIGH),
    (SQL, {**CUS, "tm_cus": "2"}, "tm_cus", Code.DLI_CUS_NOT_DIVISIBLE),
    (SQL, {**CUS, "tm_slot_num": "1"}, "tm_slot_num", Code.DLI_TOO_FEW_SLOTS),
    (
        SQL,
        {"resource_config_version": "v2", "cu_number": "4"},
        "cu_number",
        Code.DLI_ONLY_FIRST_MODEL,
    ),
    (
        JAR,
        {"resource_config.max_slot": "2"},
        "resource_config.max_slot",
        Code.DLI_ONLY_SECOND_MODEL,
    ),
    (SQL, {"checkpoint_enabled": "true"}, "checkpoint_enabled", Code.DLI_BUCKET_NEEDED),
    (SQL, {"log_enabled": "true", "obs_bucket": ""}, "obs_bucket", Code.DLI_BUCKET_NEEDED),
    (
        JAR,
        {"checkpoint_enabled": "true", "obs_bucket": "b", "checkpoint_path": "b/p"},
        "checkpoint_path",
        Code.DLI_PATH_WITH_CHECKPOINTS,
    ),
    (JAR, {"resume_checkpoint": "true"}, "resume_checkpoint", Code.DLI_PATH_NEEDED),
    (JAR, {"checkpoint_interval": "3601"}, "checkpoint_interval", Code.NUMBER_ABOVE),
    (JAR, {"feature": "custom"}, "feature", Code.DLI_IMAGE_NEEDED),
    (JAR, {"feature": "basic", "image": "a/b:1"}, "image", Code.DLI_IMAGE_NEEDS_CUSTOM),
    (
        JAR,
        {"feature": "custom", "image": "a/b:1", "flink_version": "1.12"},
        "flink_version",
        Code.DLI_VERSION_NEEDS_BASIC,
    ),
    (
        SQL,
        {"flink_version": "1.15", "udf_jar_url": "g/u.jar"},
        "udf_jar_url",
        Code.DLI_PACKAGE_NEEDS_OBS,
    ),
    (
        JAR,
        {"flink_version": "1.17", "dependency_jars": "obs://b/a.jar\ng/b.jar"},
        "dependency_jars",
        Code.DLI_PACKAGE_NEEDS_OBS,
    ),
    (
        SQL,
        {"run_mode": "shared_cluster", "queue_name": "q"},
        "queue_name",
        Code.DLI_QUEUE_NEEDS_EXCLUSIVE,
    ),
    (
        SQL,
        {"run_mode": "shared_cluster", "edge_group_ids": "1"},
        "edge_group_ids",
        Code.DLI_GROUPS_NEED_EDGE,
    ),
]
WARNED = [
    ({"resume_max_num": "3"}, "resume_max_num", Code.DLI_RESUME_WITHOUT_RESTART),
    ({"smn_topic": ""}, "smn_topic", Code.DLI_NO_ALERTS),
    ({"idle_state_retention": "24"}, "idle_state_retention", Code.DLI_SHORT_RETENTION),
    (
        {"flink_version": "1.15", "checkpoint_enabled": "true"},
        "flink_version",
        Code.DLI_AGENCY_NEEDED,
    ),
    ({"sql_body": "SELECT 1"}, "sql_body", Code.DLI_SQL_INCOMPLETE),
    (
        {"sql_body": "create insert", "operator_config": "{}"},
        "sql_body",
        Code.DLI_OPERATOR_IDS_STALE,
    ),
]
SOUND = [
    (SQL, CUS),
    (SQL, {**CUS, "tm_slot_num": "2", "parallel_number": "6"}),
    (SQL, {"cu_number": "4", "parallel_number": "100"}),  # the JobManager's share is not known
    (SQL, {"cu_number": "4", "manager_cu_number": "1", "parallel_number": "12"}),
    (JAR, {"resource_config_version": "v2", "resource_config.max_slot": "2"}),
    (SQL, {"resume_checkpoint": "true", "restart_when_exception": "true"}),
    (JAR, {"resume_checkpoint": "true", "checkpoint_path": "b/p"}),
    (JAR, {"feature": "custom", "image": "a/b:1"}),
    (SQL, {"flink_version": "1.12", "udf_jar_url": "g/u.jar"}),
    (JAR, {"flink_version": "1.15", "entrypoint": "obs://b/a.jar"}),
    (SQL, {"checkpoint_interval": "7200"}),
    (SQL, {"run_mode": "exclusive_cluster", "queue_name": "q"}),
]


@pytest.mark.parametrize(("job", "values", "place", "code"), FORBIDDEN)
def test_what_does_not_fit_together_is_told_at_the_field_that_was_changed(job, values, place, code):
    told = faults(Job(job, values), {place})
    assert {name: said.code for name, said in told.items()} == {place: code}


@pytest.mark.parametrize(("job", "values", "place", "code"), FORBIDDEN)
def test_what_was_wrong_before_does_not_stop_another_change(job, values, place, code):
    assert faults(Job(job, values), {"desc"}) == {}


@pytest.mark.parametrize(("job", "values"), SOUND)
def test_what_fits_together_is_let_through(job, values):
    assert faults(Job(job, values), SETTINGS.keys()) == {}


@pytest.mark.parametrize(("values", "place", "code"), WARNED)
def test_what_is_allowed_but_doubtful_is_warned_of(values, place, code):
    assert [said.code for said in warnings(Job(SQL, values), {place})] == [code]


def test_a_sound_change_is_not_warned_of():
    values = {
        "restart_when_exception": "true",
        "resume_max_num": "3",
        "smn_topic": "alerts",
        "idle_state_retention": "3600",
        "sql_body": "CREATE TABLE a; INSERT INTO a SELECT 1",
    }
    assert warnings(Job(SQL, values), values.keys()) == []


def test_the_bound_of_the_parallelism_is_named():
    told = faults(Job(SQL, {**CUS, "parallel_number": "13"}), {"cu_number"})
    assert dict(told["cu_number"].args) == {"given": "13", "maximum": "12"}


def test_too_few_slots_come_with_the_number_that_is_enough():
    values = {**CUS, "cu_number": "5", "parallel_number": "9", "tm_slot_num": "2"}
    told = faults(Job(SQL, values), {"tm_slot_num"})
    assert dict(told["tm_slot_num"].args) == {"slots": "8", "minimum": "3"}


def test_a_job_may_leave_the_second_resource_model_with_its_sizes_in_place():
    values = {"resource_config_version": "v1", "resource_config.max_slot": "2", **CUS}
    assert faults(Job(SQL, values), ["resource_config_version"]) == {}
