"""The catalogue has exactly the fields of the vendor's own request models, in their types."""

import pytest
from huaweicloudsdkdli.v1 import model

from bot.clouds.huawei.saving import body_of
from bot.flink.dli.catalogue import SETTINGS, settings_of
from bot.flink.dli.setting import JobType, Kind

BODIES = {
    JobType.SQL: model.UpdateFlinkSqlJobRequestBody,
    JobType.JAR: model.UpdateFlinkJarJobRequestBody,
}
FIELDS = {JobType.SQL: 31, JobType.JAR: 32}
PYTHON = {"str": str, "int": int, "bool": bool, "float": float, "list[str]": list}
V2 = "resource_config_version"


def leaves(body, prefix=""):
    """Give every field that a value can be given to: path in the JSON → the model's type."""
    found = {}
    for attribute, kind in body.openapi_types.items():
        path = prefix + body.attribute_map[attribute]
        inner = getattr(model, kind, None)
        found |= leaves(inner, f"{path}.") if inner else {path: kind}
    return found


@pytest.mark.parametrize("job", JobType)
def test_the_fields_are_those_of_the_vendors_model(job):
    assert len(BODIES[job].openapi_types) == FIELDS[job]
    assert {row.name for row in settings_of(job)} == set(leaves(BODIES[job]))


CASES = [(job, name, kind) for job in JobType for name, kind in leaves(BODIES[job]).items()]


@pytest.mark.parametrize(("job", "name", "kind"), CASES)
def test_a_value_is_sent_in_the_type_of_the_vendors_model(job, name, kind):
    row = SETTINGS[name]
    text = row.example or row.default or (row.choices or ("true",))[0]
    values = {V2: "v2", name: text} if name.startswith("resource_config.") else {name: text}

    sent = body_of(values)

    for step in name.split("."):
        sent = sent[step]
    assert type(sent) is PYTHON[kind]
    assert job in row.jobs


@pytest.mark.parametrize(("job", "name", "kind"), CASES)
def test_what_shows_a_setting_is_what_its_type_needs(job, name, kind):
    kinds = {
        "int": {Kind.COUNT, Kind.NUMBERED_CHOICE},
        "bool": {Kind.FLAG},
        "float": {Kind.CORES},
        "list[str]": {Kind.LINES},
        "str": {Kind.TEXT, Kind.CHOICE, Kind.DOCUMENT, Kind.SCRIPT, Kind.MEMORY},
    }

    assert SETTINGS[name].kind in kinds[kind]
