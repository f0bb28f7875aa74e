import json
from pathlib import Path

import pytest

from bot.flink.dli.catalogue import SETTINGS, groups_of, in_force, settings_of
from bot.flink.dli.setting import Group, JobType, Kind, Restore
from bot.flink.dli.values import fault, normalise
from bot.flink.effect import Effect

DATA = Path(__file__).parents[3] / "data" / "dli-update-fields.json"
PAGES = json.loads(DATA.read_text("utf-8"))
TABLES = [(job, name) for job in JobType for name in PAGES[job]]
TYPES = {
    Kind.COUNT: "Integer",
    Kind.CORES: "Double",
    Kind.MEMORY: "String",
    Kind.FLAG: "Boolean",
    Kind.CHOICE: "String",
    Kind.NUMBERED_CHOICE: "Integer",
    Kind.TEXT: "String",
    Kind.LINES: "Array of strings",
    Kind.DOCUMENT: "String",
    Kind.SCRIPT: "String",
}


def names(job):
    return {row.name for row in settings_of(job)}


@pytest.mark.parametrize("job", JobType)
def test_the_catalogue_has_exactly_the_fields_of_the_vendors_pages_and_what_came_since(job):
    top_level = {name.partition(".")[0] for name in names(job)}
    assert top_level == {n.partition(".")[0] for n in PAGES[job]} | set(PAGES["since"][job])


@pytest.mark.parametrize(("job", "name"), TABLES)
def test_a_field_has_the_type_and_the_limits_of_its_page(job, name):
    kind, limits = PAGES[job][name]
    row = SETTINGS[name]
    assert TYPES[row.kind] == kind
    if limits.startswith("default "):
        assert row.default.removesuffix(".0") == limits.removeprefix("default ").removesuffix(".0")
    elif "|" in limits:
        assert len(row.choices) == len(limits.split("|"))
        assert row.kind is Kind.NUMBERED_CHOICE or set(row.choices) == set(limits.split("|"))
    elif "-" in limits:
        assert row.longest == int(limits.partition("-")[2])
    assert (row.kind is Kind.DOCUMENT) == (limits == "JSON")


def test_only_six_settings_act_on_a_running_job():
    assert {row.name for row in SETTINGS.values() if row.live} == {
        "smn_topic",
        "restart_when_exception",
        "resume_checkpoint",
        "resume_max_num",
        "obs_bucket",
        "checkpoint_path",
    }
    assert {row.effect for row in SETTINGS.values()} == {Effect.LIVE, Effect.NEEDS_RESTART}


def test_what_the_vendor_says_of_restoring_is_kept_for_parallelism_program_and_cus():
    told = {row.name: row.restore for row in SETTINGS.values()}
    assert told["parallel_number"] is told["resource_config.parallel_number"]
    assert told["sql_body"] is told["entrypoint"] is told["main_class"] is Restore.UNSUPPORTED
    assert told["parallel_number"] is told["operator_config"] is Restore.UNSUPPORTED
    assert told["tm_cus"] is Restore.SUPPORTED
    assert told["smn_topic"] is Restore.UNAFFECTED


@pytest.mark.parametrize("row", SETTINGS.values(), ids=SETTINGS)
def test_examples_and_defaults_are_values_that_can_be_sent(row):
    for text in filter(None, (row.example, row.default, *row.choices)):
        assert fault(row, text) is None
        assert normalise(row, normalise(row, text)) == normalise(row, text)
    assert row.example or row.choices or row.kind is Kind.FLAG


def test_every_setting_stands_in_a_group_of_its_job_and_names_its_page():
    for job, page in ((JobType.SQL, "dli_02_0229"), (JobType.JAR, "dli_02_0231")):
        grouped = [row.name for group in groups_of(job) for row in settings_of(job, group)]
        assert sorted(grouped) == sorted(names(job))
        assert all(any(page in url for url in row.pages) for row in settings_of(job))
    assert Group.JAR not in groups_of(JobType.SQL)
    assert Group.SQL not in groups_of(JobType.JAR)


@pytest.mark.parametrize(
    ("version", "idle"), [("v1", "resource_config.max_slot"), ("v2", "cu_number"), ("", "")]
)
def test_of_two_resource_models_one_is_in_force(version, idle):
    values = {"resource_config_version": version}
    names = ("cu_number", "resource_config.max_slot", "resource_config_version", "desc")

    found = {name for name in names if not in_force(name, values)}

    assert found == {idle or "resource_config.max_slot"}
