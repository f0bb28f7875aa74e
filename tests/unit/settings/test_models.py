from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from bot.errors import ConfigurationError
from bot.settings import (
    AlibabaTarget,
    SlackMode,
    SlackSettings,
    load_settings,
)
from tests.unit.settings.bench import ENVIRONMENT, SMALL_TABLES, TARGET, Load, fault_of


def test_a_target_and_the_tokens_are_enough(load: Load) -> None:
    settings = load()

    target = settings.targets["prod"]
    assert settings.slack == SlackSettings(mode=SlackMode.SOCKET)
    assert (settings.http.host, settings.http.port) == ("127.0.0.1", 3000)
    assert settings.database.url == "sqlite+aiosqlite:///flinkbot.sqlite3"
    assert (target.environment, target.endpoint, target.channel) == ("production", None, None)
    assert settings.updates.give_up_after_seconds == 1800
    assert settings.secrets.credentials["prod"].access_key_id == SecretStr("key-id-planted")


def test_settings_never_change(load: Load) -> None:
    settings = load()

    with pytest.raises(ValidationError, match="frozen"):
        settings.http.port = 1  # type: ignore[misc]


def test_a_typo_in_a_key_is_answered_with_the_nearest_known_key(load: Load) -> None:
    fault = fault_of(load, 'regoin = "cn-hangzhou"\n')

    assert 'targets.prod.regoin = "cn-hangzhou": unknown key; did you mean "region"?' in fault
    assert "allow_channels" in fault


def test_an_unknown_table_is_named_with_what_is_allowed(load: Load) -> None:
    fault = fault_of(load, "[zzz]\na = 1\n")

    allowed = "slack, http, database, targets, rules, updates, shutdown, logging"
    assert f"- zzz: unknown key. Allowed: {allowed}" in fault


def test_all_faults_are_told_at_once_with_the_file_they_are_in(load: Load, tmp_path: Path) -> None:
    fault = fault_of(
        load,
        '[slack]\nmode = "sockt"\n[http]\nport = "3000"\n[updates]\npoll_factor = 0.5\n',
        {"SLACK_BOT_TOKEN": None},
    )

    assert fault.splitlines()[0] == f"{tmp_path / 'flinkbot.toml'} cannot be used (4 faults):"
    assert '- slack.mode = "sockt": must be "socket" or "http"' in fault
    assert '- http.port = "3000": must be a valid integer' in fault
    assert "- updates.poll_factor = 0.5: must be greater than or equal to 1" in fault
    assert "- SLACK_BOT_TOKEN: not set; the bot token (xoxb-...), needed always" in fault


def test_messages_that_cannot_be_told_elsewhere_go_to_a_channel_and_to_nobody_directly(
    load: Load,
) -> None:
    assert load('[slack]\nfallback_channel = "C0OPS"\n').slack.fallback_channel == "C0OPS"
    assert "no direct message" in fault_of(load, '[slack]\nfallback_channel = "D0ADA"\n')


@pytest.mark.parametrize("key", ["cloud", "region", "workspace", "namespace"])
def test_a_target_without_a_required_key_is_refused(tmp_path: Path, key: str) -> None:
    file = tmp_path / "f.toml"
    file.write_text(re.sub(rf"(?m)^{key} = .*\n", "", TARGET), encoding="utf-8")

    with pytest.raises(ConfigurationError, match=rf"targets\.prod\.{key}: missing; the "):
        load_settings(file, ENVIRONMENT)


@pytest.mark.parametrize("toml", ["", "[targets]\n"])
def test_a_configuration_without_targets_is_refused(tmp_path: Path, toml: str) -> None:
    file = tmp_path / "f.toml"
    file.write_text(toml, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"at least one table \[targets\.NAME\]"):
        load_settings(file, ENVIRONMENT)


@pytest.mark.parametrize("cloud", ['"aws"', "7"])
def test_an_unknown_cloud_is_the_only_fault_of_its_target(load: Load, cloud: str) -> None:
    fault = fault_of(load, f"[targets.dli]\ncloud = {cloud}\nproject = 'p'\n")

    assert "(1 fault)" in fault
    assert f'targets.dli.cloud = {cloud}: not known; allowed: "alibaba", "huawei"' in fault


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('endpoint = "http://flink.example.org"', "loopback addresses only"),
        ('endpoint = "http://10.0.0.1:8080"', "loopback addresses only"),
        ('endpoint = "https://host/path"', 'must be "https://HOST" or'),
        ('endpoint = "ftp://host"', 'must be "https://HOST" or'),
        ('endpoint = "https://host:port"', 'must be "https://HOST" or'),
        ('endpoint = "https://me@host"', 'must be "https://HOST" or'),
        ('endpoint = "https://host"\nvpc = true', "exclude each other"),
        ('channel = "#data-ops"', 'must be a Slack channel id such as "C0123456789"'),
        ('allow_users = ["bob"]', 'targets.prod.allow_users = "bob": must be Slack user ids'),
        ('allow_users = ["C0123"]', "must be Slack user ids"),
        ("allow_users = [1]", "targets.prod.allow_users"),
        ('allow_channels = ["U0123"]', "must be Slack channel ids"),
        ('environment = ""', "must be 1 to 40 characters"),
        ('access_key_id_env = "my-key"', "the name of an environment variable, not the key itself"),
    ],
)
def test_a_wrong_value_of_a_target_is_refused(load: Load, line: str, fault: str) -> None:
    assert fault in fault_of(load, line)


@pytest.mark.parametrize("name", ["Prod", "-prod", "a_b", "x" * 41])
def test_a_target_has_a_plain_name(load: Load, name: str) -> None:
    fault = fault_of(load, TARGET.replace("targets.prod", f'targets."{name}"').replace("a14", "b"))

    assert f"targets.{name}: the name must be 1 to 40 of a-z, 0-9 and -" in fault


def test_two_targets_of_one_namespace_are_refused(load: Load) -> None:
    fault = fault_of(load, TARGET.replace("targets.prod", "targets.again"))

    assert "targets.again: the same namespace as targets.prod" in fault


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("http://127.0.0.1:3991", "http://127.0.0.1:3991"),
        ("http://[::1]:3991/", "http://[::1]:3991"),
        ("http://localhost", "http://localhost"),
        ("https://flink.example.org:8443/", "https://flink.example.org:8443"),
        (
            "ververica-vpc.cn-hangzhou.aliyuncs.com",
            "https://ververica-vpc.cn-hangzhou.aliyuncs.com",
        ),
    ],
)
def test_an_endpoint_is_an_address_without_a_path(load: Load, given: str, used: str) -> None:
    assert load(f'endpoint = "{given}"\n').targets["prod"].endpoint == used


@pytest.mark.parametrize(
    ("toml", "allowed"),
    [
        ('allow_users = ["U1", "W2"]\nallow_channels = "*"', ({"U1", "W2"}, {"*"})),
        ('allow_users = "*"\nallow_channels = ["C1", "G2", "D3"]', ({"*"}, {"C1", "G2", "D3"})),
        ("", (set(), set())),
    ],
)
def test_who_may_change_a_target_is_a_list_of_ids_or_everybody(
    load: Load, toml: str, allowed: tuple[set[str], set[str]]
) -> None:
    access = load(toml).targets["prod"].access

    assert (access.users, access.channels) == allowed


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ("[updates]\nslow_after_seconds = 700", "slow_after_seconds (700) must not be above"),
        ("[updates]\npoll_first_seconds = 16", "poll_max_seconds (15)"),
        ("[updates]\noverdue_after_seconds = 1801", "give_up_after_seconds (1800)"),
        ("[updates]\npoll_first_seconds = 0", "updates.poll_first_seconds = 0: must be greater"),
        ("[updates]\npoll_max_seconds = inf", "must be a finite number"),
        ('[database]\nurl = "sqlite+aiosqlite://"', "sqlite+aiosqlite:///FILE"),
        ('[database]\nurl = "sqlite+aiosqlite:///:memory:"', "what is not written down is lost"),
        (
            '[database]\nurl = "sqlite+aiosqlite:///f?mode=ro"',
            'database.url = "sqlite+aiosqlite:///f?mode=ro": must be',
        ),
        ("[http]\nport = 65536", "http.port = 65536: must be less than or equal to 65535"),
        ('[http]\nhost = "a b"', "a host name or an IP address"),
        ('[logging]\nlevel = "LOUD"', 'must be "DEBUG", "INFO", "WARNING" or "ERROR"'),
    ],
)
def test_a_wrong_value_elsewhere_is_refused(load: Load, toml: str, fault: str) -> None:
    assert fault in fault_of(load, f"{toml}\n")


def test_a_table_given_as_a_number_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "f.toml"
    file.write_text("slack = 5\ntargets = 6\n", encoding="utf-8")

    with pytest.raises(ConfigurationError) as caught:
        load_settings(file, ENVIRONMENT)

    assert "- slack = 5: " in str(caught.value)
    assert "- targets = 6: " in str(caught.value)


def test_a_target_given_as_a_number_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "f.toml"
    file.write_text("[targets]\nprod = 2\n", encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"targets\.prod = 2: must be"):
        load_settings(file, ENVIRONMENT)


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"[slack\n", "not valid TOML"), (b'a = "\xff"', "not text in UTF-8")],
)
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes, fault: str) -> None:
    file = tmp_path / "broken.toml"
    file.write_bytes(content)

    with pytest.raises(ConfigurationError, match=fault):
        load_settings(file, ENVIRONMENT)


KEYS = [
    *(f"{key} = " for key in AlibabaTarget.model_fields),
    *(
        f"[{table}]\n{key} = "
        for table, model in SMALL_TABLES.items()
        for key in model.model_fields
    ),
    *(f"{table} = " for table in ("slack", "targets", "prod", "secrets", "x")),
]
VALUES = st.recursive(
    st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_nan=False, allow_infinity=False, width=16)
    | st.text("aZ09 -_./:@#*[]", max_size=12)
    | st.sampled_from(["http://[", "https://a:b", "sqlite:///", "U1", "*", "alibaba", "INFO"]),
    lambda values: st.lists(values, max_size=3),
    max_leaves=4,
)


@given(key=st.sampled_from(KEYS), value=VALUES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_value_of_any_key_is_either_taken_or_explained(
    tmp_path: Path, key: str, value: object
) -> None:
    file = tmp_path / "f.toml"
    name = key.rsplit("\n", maxsplit=1)[-1]
    target = "".join(line for line in TARGET.splitlines(True) if not line.startswith(name))
    file.write_text(f"{target}{key}{json.dumps(value)}\n", encoding="utf-8")

    try:
        outcome = f"{file} gives {list(load_settings(file, ENVIRONMENT).targets)}"
    except ConfigurationError as error:
        outcome = str(error)

    assert outcome.startswith((f"{file} gives ['prod']", f"{file} cannot be used"))
