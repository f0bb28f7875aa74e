"""How deployments and jobs become maps that can be compared."""

import pytest

from bot.clouds.alibaba.fingerprints import Fingerprints, is_hidden
from bot.clouds.alibaba.snapshot import deployment_snapshot
from bot.clouds.alibaba.wire import Deployment, Job
from bot.flink.cost import Cost, estimate_cost
from tests.unit.clouds.alibaba.documents import artifact, conf, deployment, job, streaming

PRINTS = Fingerprints(b"key")


def snapshot(saved=None, running=None):
    return deployment_snapshot(
        "prod",
        Deployment.model_validate(saved or deployment()),
        Job.model_validate(running) if running else None,
        PRINTS,
    )


def edits(saved, running):
    return snapshot(saved, running).pending_edits()


def test_a_deployment_is_flattened_into_texts():
    saved = dict(snapshot().saved)

    assert saved.pop("artifact.sql").endswith(" (2 lines)")
    assert saved.pop("logging")
    assert saved == {
        "execution.checkpointing.interval": "180s",
        "taskmanager.numberOfTaskSlots": "1",
        "state.ttl.enabled": "true",
        "resources.mode": "BASIC",
        "parallelism": "4",
        "jobmanager.cpu": "1",
        "jobmanager.memory": "4 GiB",
        "taskmanager.cpu": "2",
        "taskmanager.memory": "8 GiB",
    }


def test_what_is_flattened_is_enough_to_know_the_cost():
    assert estimate_cost(snapshot(running=job()).running_values) == Cost(9.0, 4, 5)


def test_an_unchanged_job_shows_no_edits_however_differently_it_is_written():
    assert edits(deployment(), job()) == {}


@pytest.mark.parametrize(
    ("value", "text"), [(1, "1"), (1.0, "1"), (0.4, "0.4"), (True, "true"), ([1, "a"], '[1, "a"]')]
)
def test_settings_are_texts_however_they_are_typed(value, text):
    assert snapshot(deployment(flinkConf={"k": value})).saved["k"] == text


def test_a_setting_without_a_value_is_not_set():
    assert "k" not in snapshot(deployment(flinkConf={"k": None})).saved


def test_edits_of_settings_and_resources_are_seen():
    saved = deployment(flinkConf=conf(new="1"), streamingResourceSetting=streaming(12))
    running = job(userFlinkConf=conf(old="1"))

    assert edits(saved, running) == {
        "new": (None, "1"),
        "old": ("1", None),
        "parallelism": ("4", "12"),
    }


def test_the_settings_people_made_are_compared_not_the_services_own():
    assert edits(deployment(), job(userFlinkConf=conf(), flinkConf={"other": 1})) == {}


def test_without_them_the_jobs_full_settings_are_compared_where_the_deployment_has_them():
    running = job(userFlinkConf=None, flinkConf={**conf(), "high-availability.type": "k8s"})

    assert edits(deployment(), running) == {}
    assert edits(deployment(flinkConf=conf(k="2")), {**running, "flinkConf": conf(k="1")}) == {
        "k": ("1", "2")
    }


def test_a_job_that_tells_no_settings_at_all_has_none():
    running = job(userFlinkConf=None, flinkConf=None)

    assert "execution.checkpointing.interval" not in snapshot(running=running).job.values


@pytest.mark.parametrize("part", ["artifact", "logging", "localVariables"])
def test_a_part_that_only_one_side_carries_is_no_edit(part):
    given = {
        "artifact": artifact(),
        "logging": {"loggingProfile": "oss"},
        "localVariables": [{"name": "a", "value": "b"}],
    }[part]

    assert edits(deployment(**{part: given}), job(**{part: None})) == {}
    assert edits(deployment(**{part: None}), job(**{part: given})) == {}


def test_sizes_the_service_filled_in_on_one_side_are_no_edit_but_count_for_the_cost():
    bare = streaming()
    del bare["basicResourceSetting"]["taskmanagerResourceSettingSpec"]
    seen = snapshot(deployment(streamingResourceSetting=bare), job())

    assert seen.pending_edits() == {}
    assert seen.saved["taskmanager.memory"] == "8 GiB"
    assert estimate_cost(seen.running_values) is not None


def test_a_parallelism_that_the_job_does_not_tell_is_never_made_up():
    seen = snapshot(running=job(streamingResourceSetting=None))

    assert "parallelism" not in seen.job.values
    assert seen.pending_edits() == {"parallelism": (None, "4")}


def test_an_edited_program_is_seen_without_being_shown():
    found = edits(deployment(artifact=artifact("SELECT 'secret'")), job())

    assert set(found) == {"artifact.sql"}
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    ("kind", "members", "names"),
    [
        (
            "jarArtifact",
            {"jarUri": "oss://a/b.jar", "entryClass": "A", "mainArgs": "--pw hunter2"},
            {"artifact.jar_uri", "artifact.entry_class", "artifact.main_args"},
        ),
        (
            "pythonArtifact",
            {"pythonArtifactUri": "oss://a/b.py", "additionalPythonLibraries": ["x"]},
            {"artifact.python_uri", "artifact.python_libraries"},
        ),
        ("cdcYamlArtifact", {"cdcYaml": "source:\n  a: b"}, {"artifact.cdc_yaml"}),
        ("artifactOfTomorrow", {"secretRecipe": "x"}, set()),
    ],
)
def test_every_kind_of_program_is_fingerprinted_part_by_part(kind, members, names):
    saved = snapshot(deployment(artifact={"kind": "X", kind: members, "other": None})).saved

    assert {name for name in saved if name.startswith("artifact.")} == names
    assert "hunter2" not in str(saved)


def test_an_expert_deployment_has_a_plan_instead_of_a_parallelism():
    expert = streaming(
        mode="EXPERT",
        expertResourceSetting={
            "jobmanagerResourceSettingSpec": {"cpu": 0.5, "memory": "2 GiB"},
            "resourcePlan": '{"nodes":[]}',
        },
    )
    seen = snapshot(deployment(streamingResourceSetting=expert))

    assert seen.resource_mode == "EXPERT"
    assert seen.saved["resources.mode"] == "EXPERT"
    assert seen.saved["jobmanager.cpu"] == "0.5"
    assert "parallelism" not in seen.saved
    assert seen.saved["resources.plan"]


def test_an_expert_setting_without_its_parts_is_still_read():
    expert = {"resourceSettingMode": "EXPERT"}

    assert snapshot(deployment(streamingResourceSetting=expert)).resource_mode == "EXPERT"


def test_a_batch_deployment_has_its_resources_fingerprinted():
    seen = snapshot(
        deployment(
            streamingResourceSetting=None,
            batchResourceSetting={"maxSlot": 10},
            executionMode="BATCH",
        )
    )

    assert "batch.resources" in seen.saved
    assert (seen.resource_mode, seen.execution_mode) == ("", "BATCH")


def test_a_secret_setting_is_hidden_but_its_change_is_seen():
    key = "fs.oss.accessKeySecret"
    saved, running = deployment(flinkConf=conf(**{key: "new"})), job(userFlinkConf={key: "old"})
    before, after = edits(saved, running)[key]

    assert is_hidden(before)
    assert is_hidden(after)
    assert before != after
    assert edits(saved, job(userFlinkConf=conf(**{key: "new"}))) == {}


@pytest.mark.parametrize(
    "value",
    [
        "-Dstore.path=/x -Djavax.net.ssl.trustStorePassword=hunter2",
        "jdbc:mysql://db.test/orders?user=me&password=hunter2",
        "mongodb://me:hunter2@db.test",
        '{"token": "hunter2"}',
    ],
)
def test_a_secret_inside_a_harmless_setting_is_hidden(value):
    assert "hunter2" not in Fingerprints(b"a").setting("env.java.opts", value)


@pytest.mark.parametrize("value", ["-XX:+UseG1GC -Dpath=/tokens", "kafka://a.test:9092", "token"])
def test_a_setting_without_a_secret_is_shown(value):
    assert Fingerprints(b"a").setting("env.java.opts", value) == value


def test_fingerprints_are_the_same_after_a_restart_and_different_for_another_account():
    one, again = Fingerprints(b"a").setting("password", "x"), Fingerprints(b"a")
    other = Fingerprints(b"b")

    assert one == again.setting("password", "x")
    assert one != other.setting("password", "x")
    assert "b'a'" not in repr(again)


def test_a_number_with_an_odd_spelling_is_not_known_rather_than_wrong():
    spec = {"cpu": "many", "memory": "8 GiB"}
    given = streaming("x")
    given["basicResourceSetting"]["taskmanagerResourceSettingSpec"] = spec
    saved = snapshot(deployment(streamingResourceSetting=given)).saved

    assert "parallelism" not in saved
    assert "taskmanager.cpu" not in saved
    assert saved["taskmanager.memory"] == "8 GiB"
