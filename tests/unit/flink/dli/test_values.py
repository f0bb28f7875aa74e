import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flink.dli.catalogue import SETTINGS
from bot.flink.dli.values import entries, fault, normalise, same
from bot.notes import Code

MEMORY = "resource_config.taskmanager_resource_spec.memory"
CPU = "resource_config.taskmanager_resource_spec.cpu"
ID = "0a448493b4782967b150582570326227"
WRONG = [
    ("cu_number", "four", Code.NOT_A_WHOLE_NUMBER),
    ("cu_number", "4.5", Code.NOT_A_WHOLE_NUMBER),
    ("cu_number", "٤", Code.NOT_A_WHOLE_NUMBER),
    ("cu_number", "1", Code.NUMBER_BELOW),
    ("cu_number", "401", Code.NUMBER_ABOVE),
    ("cu_number", "9999999999", Code.NOT_A_WHOLE_NUMBER),
    ("parallel_number", "0", Code.NUMBER_BELOW),
    ("resume_max_num", "0", Code.WRONG_FORM),
    ("resume_max_num", "-2", Code.NUMBER_BELOW),
    (CPU, "half", Code.NOT_A_NUMBER),
    (CPU, "NaN", Code.NOT_A_NUMBER),
    (CPU, "Infinity", Code.NOT_A_NUMBER),
    (CPU, "0.4", Code.NUMBER_BELOW),
    (MEMORY, "much", Code.NOT_A_MEMORY_SIZE),
    (MEMORY, "4T", Code.NOT_A_MEMORY_SIZE),
    (MEMORY, "1", Code.MEMORY_BELOW),
    (MEMORY, "2047M", Code.MEMORY_BELOW),
    ("log_enabled", "yes", Code.NOT_ONE_OF),
    ("run_mode", "cluster", Code.NOT_ONE_OF),
    ("checkpoint_mode", "1", Code.NOT_ONE_OF),
    ("name", "x" * 58, Code.TEXT_TOO_LONG),
    ("name", "two words", Code.WRONG_FORM),
    ("sql_body", "x" * (1024 * 1024 + 1), Code.TEXT_TOO_LONG),
    ("dirty_data_strategy", "2", Code.WRONG_FORM),
    ("obs_bucket", "obs://bucket", Code.WRONG_FORM),
    ("entrypoint", "orders.zip", Code.WRONG_FORM),
    ("image", "flink:1.15", Code.WRONG_FORM),
    ("dependency_jars", "a.jar\nb.jar\na.jar", Code.LINE_REPEATED),
    ("runtime_config", "{", Code.NOT_JSON),
    ("runtime_config", '{"key": "value"}', Code.WRONG_FORM),
    ("runtime_config", '[{"key": "a", "value": 1}]', Code.WRONG_FORM),
    ("flink_log_config", "[]", Code.WRONG_FORM),
    ("flink_log_config", '{"root_logger_level": "LOUD"}', Code.WRONG_FORM),
    ("flink_log_config", '{"loggers_level_of_class": {"a": "LOUD"}}', Code.WRONG_FORM),
    ("flink_log_config", '{"more": 1}', Code.WRONG_FORM),
    ("operator_config", "[]", Code.WRONG_FORM),
    ("operator_config", '{"operator_list": {}}', Code.WRONG_FORM),
    ("operator_config", '{"operator_list": [{"id": "short", "parallelism": 1}]}', Code.WRONG_FORM),
    ("operator_config", f'{{"operator_list": [{{"id": "{ID}"}}]}}', Code.WRONG_FORM),
    (
        "static_estimator_config",
        f'{{"operator_list": [{{"id": "{ID}", "rate_factor": 0}}]}}',
        Code.WRONG_FORM,
    ),
]


@pytest.mark.parametrize(("name", "typed", "code"), WRONG)
def test_a_wrong_value_is_told_with_its_rule(name, typed, code):
    assert fault(SETTINGS[name], typed).code is code


def test_a_broken_document_is_told_by_place_and_never_quoted():
    told = fault(SETTINGS["runtime_config"], '[{"key": "fs.secret",\n "value": "hunter2" "}]')
    assert told.code is Code.NOT_JSON
    assert dict(told.args) == {"line": "2", "column": "21"}


@pytest.mark.parametrize("name", SETTINGS)
def test_an_empty_field_is_no_mistake(name):
    assert fault(SETTINGS[name], "  ") is None
    assert not normalise(SETTINGS[name], "").strip()


@pytest.mark.parametrize(
    ("name", "typed", "written"),
    [
        ("cu_number", "04", "4"),
        (CPU, "1.50", "1.5"),
        (CPU, "10", "10"),
        (MEMORY, "4", "4G"),
        (MEMORY, "4 gb", "4G"),
        (MEMORY, "4096 MB", "4096M"),
        ("dependency_jars", " a.jar \n\nb.jar", "a.jar\nb.jar"),
        ("sql_body", "SELECT 1;\n", "SELECT 1;\n"),
        ("name", " orders ", "orders"),
    ],
)
def test_a_value_is_written_one_way(name, typed, written):
    assert normalise(SETTINGS[name], typed) == written


@pytest.mark.parametrize(
    ("name", "one", "other", "alike"),
    [
        (MEMORY, "4G", "4096M", True),
        (MEMORY, "4", "4GB", True),
        (MEMORY, "4G", "5G", False),
        (CPU, "1", "1.0", True),
        ("runtime_config", '[{"key":"a","value":"b"}]', '[ {"value": "b", "key": "a"} ]', True),
        ("obs_bucket", None, "", True),
        ("obs_bucket", None, "state", False),
        ("obs_bucket", "state", None, False),
        ("sql_body", "SELECT 1", "SELECT 1 ", False),
        ("flink_version", "odd version", "odd version ", True),
    ],
)
def test_values_are_compared_by_what_they_mean(name, one, other, alike):
    assert same(SETTINGS[name], one, other) is alike


@given(st.text(max_size=200), st.sampled_from(sorted(SETTINGS)))
def test_no_text_breaks_a_check(typed, name):
    setting = SETTINGS[name]
    if fault(setting, typed) is None:
        again = normalise(setting, typed)
        assert same(setting, again, typed)


@given(st.dictionaries(st.text(), st.text(), max_size=5))
def test_any_flink_settings_can_be_given(pairs):
    document = json.dumps([{"key": key, "value": value} for key, value in pairs.items()])
    assert fault(SETTINGS["runtime_config"], document) is None


def test_entries_are_the_lines_that_hold_something():
    assert entries("a\n \n b \n") == ["a", "b"]
