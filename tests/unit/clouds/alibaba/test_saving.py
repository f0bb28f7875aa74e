"""What is sent when values are saved."""

import pytest

from bot.clouds.alibaba.fingerprints import Fingerprints
from bot.clouds.alibaba.saving import changed_parts
from bot.clouds.alibaba.wire import Deployment
from bot.errors import CloudRejectedError
from tests.unit.clouds.alibaba.documents import conf, deployment, streaming

PRINTS = Fingerprints(b"key")
PASSWORD = "sink.password"


def parts(values, **more):
    return changed_parts(Deployment.model_validate(deployment(**more)), values, PRINTS)


def test_a_changed_setting_sends_all_settings_as_they_were_typed():
    assert parts({"execution.checkpointing.interval": "60 s"}) == {
        "flinkConf": {
            "execution.checkpointing.interval": "60 s",
            "taskmanager.numberOfTaskSlots": 1,
            "state.ttl.enabled": True,
        }
    }


def test_a_changed_parallelism_sends_the_whole_resource_setting_and_nothing_else():
    unknown = streaming(4, fieldOfTomorrow={"a": [1]})

    assert parts({"parallelism": "16"}, streamingResourceSetting=unknown) == {
        "streamingResourceSetting": streaming(16, fieldOfTomorrow={"a": [1]})
    }


def test_both_parts_go_together():
    sent = parts({"parallelism": "5", "k": "v"})

    assert set(sent) == {"flinkConf", "streamingResourceSetting"}


def test_the_job_variables_and_the_name_are_never_sent():
    sent = parts({"parallelism": "5", "k": "v"}, localVariables=[{"name": "a", "value": "b"}])

    assert not {"localVariables", "name"} & set(sent)


def test_a_setting_is_removed_and_the_others_stay():
    sent = parts({"k": None, "not.there": None}, flinkConf=conf(k="v"))

    assert sent == {"flinkConf": conf()}


def test_a_deployment_without_settings_gets_its_first():
    assert parts({"k": "v"}, flinkConf=None) == {"flinkConf": {"k": "v"}}


def test_nothing_is_sent_when_everything_is_as_asked():
    asked = {"parallelism": "4", "taskmanager.numberOfTaskSlots": "1", "taskmanager.cpu": "2"}

    assert parts(asked) == {}


def test_sizes_are_sent_with_the_apis_types():
    bare = {"resourceSettingMode": "BASIC", "basicResourceSetting": {"parallelism": 1}}
    sent = parts(
        {"taskmanager.cpu": "0.5", "taskmanager.memory": "2 GiB", "jobmanager.cpu": "1"},
        streamingResourceSetting=bare,
    )

    assert sent["streamingResourceSetting"]["basicResourceSetting"] == {
        "parallelism": 1,
        "taskmanagerResourceSettingSpec": {"cpu": 0.5, "memory": "2 GiB"},
        "jobmanagerResourceSettingSpec": {"cpu": 1.0},
    }


def test_what_was_read_is_not_touched():
    saved = Deployment.model_validate(deployment())
    changed_parts(saved, {"parallelism": "9", "k": "v"}, PRINTS)

    assert saved.streaming_document == streaming(4)
    assert saved.flink_conf == conf()


def test_secrets_travel_with_the_other_settings_as_they_are():
    sent = parts({"k": "v"}, flinkConf=conf(**{PASSWORD: "hunter2"}))

    assert sent["flinkConf"][PASSWORD] == "hunter2"


def test_a_fingerprint_of_the_present_secret_means_leave_it():
    shown = PRINTS.setting(PASSWORD, "hunter2")

    assert parts({PASSWORD: shown}, flinkConf={PASSWORD: "hunter2"}) == {}


@pytest.mark.parametrize("present", [{PASSWORD: "another"}, {}])
def test_a_fingerprint_is_never_written_as_a_value(present):
    shown = PRINTS.setting(PASSWORD, "hunter2")

    with pytest.raises(CloudRejectedError, match="not known any more"):
        parts({PASSWORD: shown}, flinkConf=present)


def test_a_secret_that_the_service_masks_is_not_overwritten_by_its_mask():
    masked = conf(**{PASSWORD: "******"})

    with pytest.raises(CloudRejectedError, match="would destroy it"):
        parts({"k": "v"}, flinkConf=masked)
    assert parts({PASSWORD: "new"}, flinkConf=masked)["flinkConf"][PASSWORD] == "new"
    assert "streamingResourceSetting" in parts({"parallelism": "9"}, flinkConf=masked)


@pytest.mark.parametrize(
    "name", ["artifact.sql", "resources.mode", "resources.plan", "logging", "local_variables"]
)
def test_what_is_only_fingerprinted_cannot_be_saved(name):
    with pytest.raises(CloudRejectedError, match="cannot be changed from here"):
        parts({name: "3f9a1c2b"})


@pytest.mark.parametrize(
    "values",
    [
        {"parallelism": None},
        {"parallelism": "many"},
        {"taskmanager.cpu": "nan"},
        {"taskmanager.cpu": "-1"},
    ],
)
def test_a_resource_that_makes_no_sense_is_refused_before_anything_is_sent(values):
    with pytest.raises(CloudRejectedError, match="cannot be"):
        parts(values)


@pytest.mark.parametrize(
    "setting",
    [None, streaming(mode="EXPERT"), {"resourceSettingMode": "BASIC"}],
    ids=["batch", "expert", "empty"],
)
def test_only_a_basic_streaming_deployment_has_a_parallelism_to_save(setting):
    with pytest.raises(CloudRejectedError, match="BASIC mode"):
        parts({"parallelism": "8"}, streamingResourceSetting=setting)
