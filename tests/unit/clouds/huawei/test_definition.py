"""What the API writes and what is read of it: whatever it alters by itself is no edit."""

import json

import pytest

from bot.clouds.huawei.definition import definition_of, emptied, tidied, type_of
from bot.clouds.huawei.marks import Marks
from bot.clouds.huawei.saving import body_of, needs_resources
from bot.clouds.huawei.wire import Job
from bot.flink.dli.catalogue import SETTINGS
from bot.flink.dli.setting import JobType, Kind
from bot.flink.parameters import same_value
from bot.flink.snapshot import difference

MARKS = Marks(b"key")
TOP = ("name", "desc", "queue_name", "sql_body", "run_mode", "main_class", "entrypoint_args")
V2 = "resource_config_version"
VALUES = [
    (row.name, text)
    for row in SETTINGS.values()
    for text in dict.fromkeys(
        filter(None, (row.example, row.default, *row.choices, "true" * (row.kind is Kind.FLAG)))
    )
]


def read_back(body, job_type="flink_opensource_sql_job", **more):
    """Give the job that the service would show after a body was saved."""
    stored = json.loads(json.dumps(body))
    if "checkpoint_mode" in stored:
        stored["checkpoint_mode"] = {1: "exactly_once", 2: "at_least_once"}[
            stored["checkpoint_mode"]
        ]
    beside = {name: stored.pop(name) for name in TOP if name in stored}
    return Job.model_validate(
        {"job_id": 1, "job_type": job_type, **beside, "job_config": {**stored, **more}}
    )


def type_with(name):
    jar_only = JobType.SQL not in SETTINGS[name].jobs
    return "flink_jar_job" if jar_only else "flink_opensource_sql_job"


@pytest.mark.parametrize(("name", "text"), VALUES)
def test_every_value_that_can_be_saved_is_read_back_as_it_was_asked_for(name, text):
    values = {V2: "v2", name: text} if name.startswith("resource_config.") else {name: text}
    if name == V2 and text == "v1":
        values = {name: text}

    job = read_back(body_of(values), type_with(name))

    asked = {n: t for n, t in MARKS.shown(values).items() if t is not None}
    seen = {n: MARKS.of(n, t) for n, t in definition_of(job).items() if n in asked}
    assert difference(asked, seen) == {}


@pytest.mark.parametrize("name", [n for n in SETTINGS if n not in {"name", "tm_slot_num"}])
def test_an_emptied_setting_is_read_back_as_it_was_shown_to_be(name):
    values = {V2: "v2", name: None} if name.startswith("resource_config.") else {name: None}

    job = read_back(body_of(values), type_with(name))

    assert same_value(name, definition_of(job).get(name), MARKS.shown(values)[name])


def test_a_number_without_a_default_is_emptied_with_null():
    assert body_of({"tm_slot_num": None}) == {"tm_slot_num": None}
    assert emptied("tm_slot_num", {}) is None


@pytest.mark.parametrize(
    ("name", "asked", "stored"),
    [
        ("sql_body", "SELECT 1;\r\nSELECT 2;\n", "SELECT 1;\nSELECT 2;"),
        ("obs_bucket", "flink-state", "obs://flink-state/"),
        ("checkpoint_path", "obs://state/cp/", "state/cp"),
        ("runtime_config", '[{"key":"a","value":"b"}]', '[ {"value": "b", "key": "a"} ]'),
        ("runtime_config", '[{"key":"a","value":"b"}]', [{"value": "b", "key": "a"}]),
        ("checkpoint_mode", "at_least_once", 2),
        ("cu_number", "4", "4"),
        ("checkpoint_enabled", "true", "True"),
        ("resource_config.jobmanager_resource_spec.cpu", "2", 2.0),
        ("resource_config.jobmanager_resource_spec.memory", "4096M", "4G"),
        ("dependency_files", "a\nb", ["a", "b"]),
        ("desc", "", None),
    ],
)
def test_what_the_service_writes_in_another_way_is_no_difference(name, asked, stored):
    config = {V2: "v2"}
    place = config
    *steps, last = name.split(".")
    for step in steps:
        place = place.setdefault(step, {})
    place[last] = stored
    beside = {name: config.pop(name)} if name in TOP else {}
    job = Job.model_validate(
        {"job_id": 1, "job_type": type_with(name), **beside, "job_config": config}
    )

    seen = definition_of(job).get(name)

    assert same_value(name, MARKS.shown({name: asked})[name], seen and MARKS.of(name, seen))


def test_a_package_of_the_service_is_not_one_in_obs():
    assert tidied("entrypoint", "obs://b/orders.jar") != tidied("entrypoint", "b/orders.jar")


def test_a_value_that_nobody_knows_is_shown_as_it_came_and_sent_as_it_is():
    job = read_back({}, checkpoint_mode="at_most_once", cu_number="many", run_mode=7)

    found = definition_of(job)

    assert (found["checkpoint_mode"], found["cu_number"]) == ("at_most_once", "many")
    assert found["run_mode"] == "7"
    assert body_of(found) == {
        "checkpoint_mode": "at_most_once",
        "cu_number": "many",
        "run_mode": "7",
    }


def test_what_stands_beside_the_settings_is_found_there_where_they_are_silent():
    fields = {"feature": "custom", "image": "org/a:1", "flink_version": "1.12"}
    job = Job.model_validate({"job_id": 1, "job_type": "flink_jar_job", **fields})

    assert definition_of(job) == {**fields, "job_type": "flink_jar_job"}


@pytest.mark.parametrize(
    ("vendors", "ours"),
    [
        ("flink_sql_job", JobType.SQL),
        ("flink_opensource_sql_job", JobType.SQL),
        ("flink_sql_edge_job", JobType.SQL),
        ("flink_jar_job", JobType.JAR),
    ],
)
def test_the_vendors_types_fall_into_two(vendors, ours):
    assert type_of(Job.model_validate({"job_id": 1, "job_type": vendors})) is ours


SIZES = {
    "max_slot": 2,
    "parallel_number": 4,
    "jobmanager_resource_spec": {"cpu": 1.0, "memory": "4G"},
}


def test_sizes_are_told_in_either_model():
    second = definition_of(read_back({}, resource_config=SIZES, **{V2: "v2"}))
    first = definition_of(read_back({}, resource_config=SIZES, **{V2: "v1"}))

    assert first == {**second, V2: "v1"}
    assert second["resource_config.max_slot"] == "2"
    assert second["resource_config.jobmanager_resource_spec.cpu"] == "1"


def test_a_size_takes_the_others_along_and_leaves_what_it_was_given_alone():
    given = json.loads(json.dumps(SIZES))

    values = {
        "resource_config.taskmanager_resource_spec.cpu": "0.5",
        "resource_config.jobmanager_resource_spec.cpu": "2",
    }
    sizes = {
        **SIZES,
        "taskmanager_resource_spec": {"cpu": 0.5},
        "jobmanager_resource_spec": {"cpu": 2.0, "memory": "4G"},
    }

    assert body_of(values, given) == {"resource_config": sizes}
    assert given == SIZES


@pytest.mark.parametrize("version", [None, "v1"])
def test_back_in_the_first_model_no_sizes_are_sent(version):
    values = {V2: version, "resource_config.max_slot": None, "cu_number": "4"}

    assert body_of(values) == {V2: "v1", "cu_number": 4}
    assert body_of({**values, "resource_config.max_slot": "2"}) == {V2: "v1", "cu_number": 4}
    assert MARKS.shown(values) == {V2: "v1", "resource_config.max_slot": None, "cu_number": "4"}


def test_the_present_sizes_matter_only_where_a_part_of_them_changes():
    assert needs_resources({"resource_config.max_slot": "2"})
    assert needs_resources({"resource_config.max_slot": "2", V2: "v2"})
    assert not needs_resources({"resource_config.max_slot": None, V2: "v1"})
    assert not needs_resources({"resource_config.max_slot": None, V2: None})
    assert not needs_resources({"cu_number": "2", V2: "v2"})


def test_a_key_of_the_marks_is_never_shown():
    assert "the-key" not in repr(Marks(b"the-key"))


def test_a_long_text_that_is_looked_at_again_is_not_masked_again():
    sql = "WITH ('password' = 'hunter2')" + "\n-- and so on" * 3000

    first, again = (MARKS.of("sql_body", sql[:-1] + end) for end in "nn")
    other = MARKS.of("sql_body", sql.replace("hunter2", "hunter3"))

    assert first is again
    assert "hunter" not in first + other
    assert first != other
