from __future__ import annotations

import json
import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from bot.errors import ConfigurationError
from bot.settings import (
    AlibabaTarget,
    DatabaseSettings,
    HttpSettings,
    LoggingSettings,
    SlackMode,
    SlackSettings,
    UpdatesSettings,
    find_config,
    load_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import Settings

    Load = Callable[..., Settings]

ENVIRONMENT = {
    "SLACK_BOT_TOKEN": "xoxb-1-planted",
    "SLACK_APP_TOKEN": "xapp-1-planted",
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "key-id-planted",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "key-secret-planted",
}
TARGET = """
[targets.prod]
cloud = "alibaba"
region = "cn-hangzhou"
workspace = "a14bd5d90a1b2c"
namespace = "orders-default"
"""
SMALL_TABLES = {
    "slack": SlackSettings,
    "http": HttpSettings,
    "database": DatabaseSettings,
    "updates": UpdatesSettings,
    "logging": LoggingSettings,
}
EXAMPLE = resources.files("bot").joinpath("example.toml").read_text(encoding="utf-8")


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load the standard target with more lines, and the standard environment with changes."""

    def load(toml: str = "", environ: dict[str, str | None] | None = None) -> Settings:
        file = tmp_path / "flinkbot.toml"
        file.write_text(TARGET + toml, encoding="utf-8")
        variables = {**ENVIRONMENT, **(environ or {})}
        return load_settings(file, {k: v for k, v in variables.items() if v is not None})

    return load


def fault_of(load: Load, *args: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(*args)
    return str(caught.value)


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


# The file


def test_a_typo_in_a_key_is_answered_with_the_nearest_known_key(load: Load) -> None:
    fault = fault_of(load, 'regoin = "cn-hangzhou"\n')

    assert 'targets.prod.regoin = "cn-hangzhou": unknown key; did you mean "region"?' in fault
    assert "allow_channels" in fault


def test_an_unknown_table_is_named_with_what_is_allowed(load: Load) -> None:
    fault = fault_of(load, "[zzz]\na = 1\n")

    assert "- zzz: unknown key. Allowed: slack, http, database, targets, updates, logging" in fault


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


@pytest.mark.parametrize(
    ("cloud", "answer"),
    [("huawei", "not supported yet by this version"), ("aws", "not known")],
)
def test_an_unsupported_cloud_is_the_only_fault_of_its_target(
    load: Load, cloud: str, answer: str
) -> None:
    fault = fault_of(load, f'[targets.dli]\ncloud = "{cloud}"\nproject = "p"\n')

    assert "(1 fault)" in fault
    assert f'targets.dli.cloud = "{cloud}": {answer}; allowed: "alibaba"' in fault


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
            '[database]\nurl = "postgresql://db/flinkbot"',
            'database.url = "postgresql://db/flinkbot"',
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


# Where the file is


def test_the_named_file_goes_before_the_variable_before_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("given.toml", "variable.toml", "flinkbot.toml"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    variable = {"FLINKBOT_CONFIG": str(tmp_path / "variable.toml")}

    assert find_config(tmp_path / "given.toml", variable) == tmp_path / "given.toml"
    assert find_config(None, variable) == tmp_path / "variable.toml"
    assert find_config(None, {}) == Path("flinkbot.toml")


def test_a_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.toml does not exist.*config example"):
        load_settings(tmp_path / "none.toml", ENVIRONMENT)


# The environment


def test_the_environment_goes_before_the_file(load: Load) -> None:
    settings = load(
        '[slack]\napi_url = "https://one.example.org/api"\n',
        {"SLACK_API_URL": "http://127.0.0.1:3990/api", "FLINKBOT_DATABASE_URL": "sqlite:///x.db"},
    )

    assert settings.slack.api_url == "http://127.0.0.1:3990/api/"
    assert settings.database.url == "sqlite+aiosqlite:///x.db"


def test_a_wrong_value_from_the_environment_is_told_by_the_variables_name(load: Load) -> None:
    fault = fault_of(load, "", {"SLACK_API_URL": "slack.com"})

    assert '- SLACK_API_URL = "slack.com": must be an address' in fault


def test_a_database_password_is_not_shown(load: Load) -> None:
    fault = fault_of(load, "", {"FLINKBOT_DATABASE_URL": "postgresql://bot:hunter2@db/x"})

    assert "FLINKBOT_DATABASE_URL" in fault
    assert "hunter2" not in fault


@pytest.mark.parametrize(
    ("mode", "missing"), [("socket", "SLACK_APP_TOKEN"), ("http", "SLACK_SIGNING_SECRET")]
)
def test_each_mode_needs_its_own_secret(load: Load, mode: str, missing: str) -> None:
    fault = fault_of(load, f'[slack]\nmode = "{mode}"\n', {"SLACK_APP_TOKEN": None})

    assert f"- {missing}: not set; " in fault
    assert f'when [slack] mode is "{mode}"' in fault


def test_http_mode_does_without_an_app_token(load: Load) -> None:
    settings = load(
        '[slack]\nmode = "http"\n', {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "signing"}
    )

    assert settings.secrets.app_token is None
    assert settings.secrets.signing_secret == SecretStr("signing")


def test_swapped_tokens_are_noticed(load: Load) -> None:
    fault = fault_of(load, "", {"SLACK_BOT_TOKEN": "xapp-9", "SLACK_APP_TOKEN": "xoxb-9"})

    assert "SLACK_BOT_TOKEN: holds a token that starts with xapp-" in fault
    assert "SLACK_APP_TOKEN: holds a token that starts with xoxb-" in fault
    assert "xapp-9" not in fault


def test_a_secret_may_come_from_a_file(load: Load, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-from-file\n", encoding="utf-8")

    settings = load("", {"SLACK_BOT_TOKEN": None, "SLACK_BOT_TOKEN_FILE": str(tmp_path / "token")})

    assert settings.secrets.bot_token == SecretStr("xoxb-from-file")


def test_a_secret_given_twice_is_refused(load: Load) -> None:
    fault = fault_of(load, "", {"SLACK_BOT_TOKEN_FILE": "/nowhere"})

    assert "SLACK_BOT_TOKEN and SLACK_BOT_TOKEN_FILE are both set; keep one" in fault


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file"), (b"\n", "is empty"), (b"\xff", "not text in UTF-8")],
)
def test_a_secret_file_that_gives_nothing_is_refused(
    load: Load, tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)

    fault = fault_of(load, "", {"SLACK_BOT_TOKEN": None, "SLACK_BOT_TOKEN_FILE": str(file)})

    assert f"SLACK_BOT_TOKEN_FILE: {str(file)!r}" in fault
    assert why in fault
    assert "not set" not in fault


def test_a_target_has_credentials_of_its_own(load: Load) -> None:
    settings = load(
        'access_key_id_env = "PROD_ID"\naccess_key_secret_env = "PROD_SECRET"\n'
        'security_token_env = "PROD_TOKEN"\n',
        {"PROD_ID": "id", "PROD_SECRET": "secret", "PROD_TOKEN": "token"},
    )

    credentials = settings.secrets.credentials["prod"]
    assert credentials.access_key_id == SecretStr("id")
    assert credentials.access_key_secret == SecretStr("secret")
    assert credentials.security_token == SecretStr("token")


def test_missing_credentials_are_told_once_with_every_target_that_needs_them(load: Load) -> None:
    other = TARGET.replace("targets.prod", "targets.test").replace("orders-default", "test")

    fault = fault_of(load, other, {"ALIBABA_CLOUD_ACCESS_KEY_ID": None})

    assert (
        "- ALIBABA_CLOUD_ACCESS_KEY_ID: not set;"
        " needed by targets.prod and needed by targets.test." in fault
    )


def test_a_security_token_that_is_named_must_be_set(load: Load) -> None:
    fault = fault_of(load, 'security_token_env = "PROD_TOKEN"\n')

    assert "PROD_TOKEN: not set; needed by targets.prod" in fault


def test_the_standard_security_token_goes_with_the_standard_key_only(load: Load) -> None:
    token = {"ALIBABA_CLOUD_SECURITY_TOKEN": "sts", "PROD_ID": "id"}

    standard = load("", token).secrets.credentials["prod"]
    own = load('access_key_id_env = "PROD_ID"\n', token).secrets.credentials["prod"]

    assert standard.security_token == SecretStr("sts")
    assert own.security_token is None


# Any file at all


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


# Secrets stay secret


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('[slack]\nbot_token = "hunter2"', "slack.bot_token"),
        ('[slack]\nsigning_secret = "hunter2"', "slack.signing_secret"),
        ('access_key_secret = "hunter2"', "targets.prod.access_key_secret"),
        ('access_key_id_env = "hunter2"', "targets.prod.access_key_id_env"),
        ('api_password = "hunter2"', "targets.prod.api_password"),
        ('[secrets]\nbot_token = "hunter2"', "secrets"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(load: Load, line: str, key: str) -> None:
    fault = fault_of(load, f"{line}\n")

    assert f"- {key}" in fault
    assert "hunter2" not in fault


def test_nothing_printable_shows_a_secret(load: Load) -> None:
    settings = load()

    shown = "\n".join(
        [repr(settings), str(settings), settings.model_dump_json(), *settings.summary()]
    )
    assert "planted" not in shown
    assert set(settings.secret_values()) == set(ENVIRONMENT.values())


def test_the_summary_says_where_changes_go_and_who_may_make_them(load: Load) -> None:
    settings = load(
        'channel = "C9"\nallow_users = ["U1", "U2"]\nallow_channels = "*"\nvpc = true\n'
    )

    line = next(line for line in settings.summary() if line.startswith("Target prod"))
    assert "alibaba cn-hangzhou (VPC), a14bd5d90a1b2c/orders-default, production" in line
    assert "cards to C9, users: 2, channels: everybody" in line


# Warnings


def test_a_usable_configuration_may_still_earn_warnings(load: Load) -> None:
    settings = load(
        '[slack]\napi_url = "http://slack.example.org/api/"\n',
        {"SLACK_BOT_TOKEN": "test-token", "SLACK_APP_TOKEN": "test-token"},
    )

    text = "\n".join(settings.warnings)
    assert "tokens travel unencrypted" in text
    assert "SLACK_BOT_TOKEN does not start with xoxb-" in text
    assert "targets.prod: nobody may change anything there" in text


@pytest.mark.parametrize(
    ("region", "warning"),
    [("cn-hangzou", 'is not a known region; did you mean "cn-hangzhou"?'), ("xx-yy-9", "region")],
)
def test_an_unknown_region_is_only_a_warning(tmp_path: Path, region: str, warning: str) -> None:
    file = tmp_path / "f.toml"
    file.write_text(TARGET.replace("cn-hangzhou", region), encoding="utf-8")

    settings = load_settings(file, ENVIRONMENT)

    assert settings.targets["prod"].region == region
    assert warning in settings.warnings[0]


def test_a_sound_configuration_earns_no_warning(load: Load) -> None:
    assert load('allow_users = "*"\nallow_channels = "*"\n').warnings == ()


# The example


def test_the_example_can_be_used_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "flinkbot.toml"
    file.write_text(EXAMPLE, encoding="utf-8")

    assert list(load_settings(file, ENVIRONMENT).targets) == ["production"]


TABLES = {**SMALL_TABLES, "targets.production": AlibabaTarget}


@pytest.mark.parametrize("table", TABLES)
def test_the_example_documents_every_key_in_order(table: str) -> None:
    section = re.split(r"(?m)^\[", EXAMPLE.split(f"\n[{table}]\n")[1])[0]

    assert re.findall(r"(?m)^(?:# )?([a-z_]+) = ", section) == list(TABLES[table].model_fields)


def test_the_example_shows_the_defaults() -> None:
    document = tomllib.loads(EXAMPLE)
    document["targets.production"] = document["targets"]["production"]

    for table, model in TABLES.items():
        for key, field in model.model_fields.items():
            if key in document[table] and not field.is_required():
                default = (
                    list(field.default) if isinstance(field.default, frozenset) else field.default
                )
                assert document[table][key] == default, f"{table}.{key}"
