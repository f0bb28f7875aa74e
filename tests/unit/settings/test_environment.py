from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import ConfigurationError
from bot.settings import (
    find_config,
    load_settings,
)
from tests.unit.settings.bench import ENVIRONMENT, TARGET, Load, fault_of


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
