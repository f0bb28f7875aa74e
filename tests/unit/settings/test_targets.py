"""Targets of both clouds: where they are, and what proves who asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Auth, Credentials, HuaweiTarget, Login, PodRole, Settings, load_settings
from tests.unit.settings.bench import ENVIRONMENT, Load, fault_of

DLI = """
[targets.dli]
cloud = "huawei"
region = "ap-southeast-3"
"""
VENDORS = {"HUAWEICLOUD_SDK_AK": "vendor-ak", "HUAWEICLOUD_SDK_SK": "vendor-sk"}
TERRAFORMS = {"HW_ACCESS_KEY": "tf-ak", "HW_SECRET_KEY": "tf-sk", "HW_SECURITY_TOKEN": "tf-token"}


def proof(settings: Settings, target: str = "dli") -> object:
    return settings.secrets.credentials.get(target)


def key(access_key: str, secret_key: str, token: str | None = None) -> Credentials:
    return Credentials(
        access_key_id=SecretStr(access_key),
        access_key_secret=SecretStr(secret_key),
        security_token=SecretStr(token) if token else None,
    )


def test_a_region_and_the_vendors_variables_are_enough_for_huawei(load: Load) -> None:
    settings = load(DLI, VENDORS)

    target = settings.targets["dli"]
    assert isinstance(target, HuaweiTarget)
    assert (target.project_id, target.endpoint, target.iam_endpoint) == (None, None, None)
    assert (target.environment, target.auth) == ("production", Auth.KEY)
    assert proof(settings) == key("vendor-ak", "vendor-sk")


def test_a_project_and_addresses_may_be_given(load: Load) -> None:
    settings = load(
        f'{DLI}project_id = "0123abcd"\nendpoint = "http://127.0.0.1:3992"\n'
        'iam_endpoint = "iam.example.org"\n',
        VENDORS,
    )

    target = settings.targets["dli"]
    assert isinstance(target, HuaweiTarget)
    assert target.project_id == "0123abcd"
    assert target.endpoint == "http://127.0.0.1:3992"
    assert target.iam_endpoint == "https://iam.example.org"
    line = next(line for line in settings.summary() if line.startswith("Target dli"))
    assert "huawei http://127.0.0.1:3992, project 0123abcd, production" in line


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (TERRAFORMS, key("tf-ak", "tf-sk", "tf-token")),
        ({**TERRAFORMS, **VENDORS}, key("vendor-ak", "vendor-sk")),
        (
            {**VENDORS, "HUAWEICLOUD_SDK_SECURITY_TOKEN": "vendor-token"},
            key("vendor-ak", "vendor-sk", "vendor-token"),
        ),
    ],
)
def test_terraforms_variables_count_where_the_vendors_are_not_set(
    load: Load, variables: dict[str, str | None], expected: Credentials
) -> None:
    assert proof(load(DLI, variables)) == expected


def test_the_two_sets_of_variables_are_never_mixed(load: Load) -> None:
    fault = fault_of(load, DLI, {**TERRAFORMS, "HUAWEICLOUD_SDK_AK": "vendor-ak"})

    assert "- HUAWEICLOUD_SDK_SK: not set; needed by targets.dli" in fault
    assert "(1 fault)" in fault


def test_without_any_key_both_sets_are_named(load: Load) -> None:
    fault = fault_of(load, DLI)

    assert "- HUAWEICLOUD_SDK_AK: not set; needed by targets.dli" in fault
    assert "(HW_ACCESS_KEY and HW_SECRET_KEY would do as well)" in fault


def test_a_huawei_target_has_variables_of_its_own(load: Load) -> None:
    own = f'{DLI}access_key_env = "LAKE_AK"\nsecret_key_env = "LAKE_SK"\n'
    variables = {**VENDORS, "LAKE_AK": "ak", "LAKE_SK": "sk", "LAKE_TOKEN": "token"}
    variables["HUAWEICLOUD_SDK_SECURITY_TOKEN"] = "vendor-token"

    assert proof(load(own, variables)) == key("ak", "sk")
    named = f'{own}security_token_env = "LAKE_TOKEN"\n'
    assert proof(load(named, variables)) == key("ak", "sk", "token")
    assert "LAKE_TOKEN: not set" in fault_of(load, named, {**variables, "LAKE_TOKEN": None})


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ('access_key_env = "LAKE_AK"', "access_key_env and secret_key_env belong together"),
        ('security_token_env = "T"', "security_token_env needs access_key_env"),
        ('token_file = "/x"', 'token_file is for auth = "token", but auth is "key"'),
        (
            'auth = "ecs"\naccess_key_env = "A"\nsecret_key_env = "B"',
            'access_key_env is for auth = "key", but auth is "ecs"',
        ),
        (
            'auth = "token"\ntoken_file = "/x"\nuser_env = "U"',
            "token_file and user_env exclude each other",
        ),
        ('auth = "oidc"', 'targets.dli.auth = "oidc": must be "key", "token" or "ecs"'),
        ("auth = 7", 'targets.dli.auth = 7: must be "key", "token" or "ecs"'),
        ('workspace = "w"', 'targets.dli.workspace = "w": unknown key'),
        ('secret_key = "hunter2"', "come from FLINKBOT_SECRET_KEY"),
        ('password = "hunter2"', "come from the variable that password_env names"),
        ('project_id = "a b"', "must be an id of letters"),
        ('iam_endpoint = "http://iam.example.org"', "loopback addresses only"),
        (
            'auth = "ecs"\nmetadata_endpoint = "http://10.0.0.1"',
            'must be "http://169.254.169.254"',
        ),
        (
            'auth = "ecs"\nmetadata_endpoint = "https://169.254.169.254/x"',
            'must be "http://169.254.169.254"',
        ),
        ('auth = "ecs"\nmetadata_endpoint = "http://["', 'must be "http://169.254.169.254"'),
    ],
)
def test_a_wrong_value_of_a_huawei_target_is_refused(load: Load, lines: str, fault: str) -> None:
    text = fault_of(load, f"{DLI}{lines}\n", VENDORS)

    assert fault in text
    assert "hunter2" not in text


def test_a_huawei_target_without_a_region_is_told_what_a_region_is(load: Load) -> None:
    fault = fault_of(load, '[targets.dli]\ncloud = "huawei"\n', VENDORS)

    assert 'targets.dli.region: missing; the region id, such as "ap-southeast-3"' in fault


def test_a_user_gets_tokens(load: Load) -> None:
    variables = {"HW_USER_NAME": "bot", "HW_USER_PASSWORD": "word", "HW_DOMAIN_NAME": "acme"}

    settings = load(f'{DLI}auth = "token"\n', variables)

    assert proof(settings) == Login(
        user=SecretStr("bot"), password=SecretStr("word"), account=SecretStr("acme")
    )
    assert set(variables.values()) <= set(settings.secret_values())
    assert "token for the user in HW_USER_NAME" in "\n".join(settings.summary())


def test_a_user_that_is_not_given_is_a_fault_for_every_part(load: Load) -> None:
    fault = fault_of(load, f'{DLI}auth = "token"\npassword_env = "LAKE_PASSWORD"\n')

    for name in ("HW_USER_NAME", "LAKE_PASSWORD", "HW_DOMAIN_NAME"):
        assert f"- {name}: not set; needed by targets.dli" in fault


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('auth = "token"\ntoken_file = "/run/token"', "token /run/token"),
        ('auth = "ecs"', "keys of the server's agency"),
    ],
)
def test_a_token_file_and_a_servers_keys_need_nothing_from_the_environment(
    load: Load, lines: str, told: str
) -> None:
    settings = load(f"{DLI}{lines}\n")

    assert proof(settings) is None
    assert told in "\n".join(settings.summary())


def test_an_alibaba_servers_role_needs_no_key(load: Load) -> None:
    none = {"ALIBABA_CLOUD_ACCESS_KEY_ID": None, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": None}

    named = load('auth = "ecs"\nram_role = "flinkbot"\n', none)
    asked = load('auth = "ecs"\n', none)

    assert proof(named, "prod") is None
    assert "keys of the server's role flinkbot" in "\n".join(named.summary())
    assert any(line.endswith("keys of the server's role") for line in asked.summary())


ROLE = {
    "ALIBABA_CLOUD_ROLE_ARN": "acs:ram::1:role/a",
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "acs:ram::1:oidc-provider/b",
    "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "/var/run/token",
}


def test_a_pods_role_is_what_alibabas_webhook_gives(load: Load) -> None:
    settings = load('auth = "oidc"\n', ROLE)

    assert proof(settings, "prod") == PodRole(
        role_arn="acs:ram::1:role/a",
        oidc_provider_arn="acs:ram::1:oidc-provider/b",
        oidc_token_file="/var/run/token",
    )
    assert "keys for the pod's OIDC token" in "\n".join(settings.summary())


def test_a_pods_role_in_the_file_goes_first_and_what_is_missing_is_told(load: Load) -> None:
    lines = 'auth = "oidc"\nrole_arn = "acs:ram::2:role/own"\n'

    own = proof(load(lines, ROLE), "prod")
    assert isinstance(own, PodRole)
    assert own.role_arn == "acs:ram::2:role/own"
    fault = fault_of(load, lines, {**ROLE, "ALIBABA_CLOUD_OIDC_TOKEN_FILE": None})
    assert "(1 fault)" in fault
    assert "- ALIBABA_CLOUD_OIDC_TOKEN_FILE: not set; needed by targets.prod" in fault


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ('role_arn = "acs:ram::1:role/a"', 'role_arn is for auth = "oidc", but auth is "key"'),
        ('auth = "oidc"\nrole_arn = "flinkbot"', 'must be an ARN such as "acs:ram::'),
        ('auth = "ecs"\naccess_key_id_env = "X"', 'access_key_id_env is for auth = "key"'),
        ('auth = "token"', 'must be "key", "ecs" or "oidc"'),
    ],
)
def test_what_does_not_fit_the_way_to_authenticate_is_refused(
    load: Load, lines: str, fault: str
) -> None:
    assert fault in fault_of(load, f"{lines}\n", ROLE)


def test_two_targets_of_one_project_are_refused(load: Load) -> None:
    fault = fault_of(load, DLI + DLI.replace("dli", "lake"), VENDORS)

    assert "targets.lake: the same project as targets.dli" in fault


def test_an_unknown_region_is_looked_for_among_its_own_clouds(tmp_path: Path) -> None:
    file = tmp_path / "f.toml"
    file.write_text(DLI.replace("ap-southeast-3", "ap-southeast-5"), encoding="utf-8")

    warning = load_settings(file, {**ENVIRONMENT, **VENDORS}).warnings[0]

    assert warning.startswith(
        'targets.dli.region = "ap-southeast-5" is not a known region; did you mean "ap-southeast-'
    )


NEW, OLD = "n3w-" + "abcdefgh" * 5, "0ld-" + "abcdefgh" * 5


@pytest.mark.parametrize("given", [f"{NEW},{OLD}", f"{NEW} {OLD}\n", f"{NEW}, {OLD}"])
def test_an_older_secret_key_may_stand_behind_the_new_one(load: Load, given: str) -> None:
    settings = load("", {"FLINKBOT_SECRET_KEY": given})

    assert settings.secrets.secret_keys == (SecretStr(NEW), SecretStr(OLD))
    assert {NEW, OLD} <= set(settings.secret_values())
    shown = "\n".join([repr(settings), settings.model_dump_json(), *settings.summary()])
    assert NEW not in shown
    assert "Secret key: set, 1 older one still opens" in shown


def test_secret_keys_come_from_a_file_too(load: Load, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{NEW}\n", encoding="utf-8")

    settings = load("", {"FLINKBOT_SECRET_KEY_FILE": str(tmp_path / "key")})

    assert settings.secrets.secret_keys == (SecretStr(NEW),)
    assert "Secret key: set" in settings.summary()


@pytest.mark.parametrize("weak", ["hunter2", "a" * 64, f"{NEW} hunter2"])
def test_a_weak_secret_key_is_refused_and_not_repeated(load: Load, weak: str) -> None:
    fault = fault_of(load, "", {"FLINKBOT_SECRET_KEY": weak})

    assert "- FLINKBOT_SECRET_KEY: a key must be at least 32 random characters" in fault
    assert "openssl rand -base64 32" in fault
    assert "hunter2" not in fault
    assert "aaaa" not in fault


def test_what_goes_wrong_without_a_secret_key_is_told(load: Load) -> None:
    people = 'allow_users = "*"\nallow_channels = "*"\n'
    without = load(f'auth = "ecs"\n{people}{DLI}{people}', VENDORS).warnings
    with_one = load(
        f'auth = "ecs"\n{people}{DLI}{people}', {**VENDORS, "FLINKBOT_SECRET_KEY": NEW}
    ).warnings

    assert [warning.partition(", ")[2] for warning in without] == [
        "what stands for secrets in a review can be guessed",
        "changes that hold secrets are refused",
    ]
    assert without[0].startswith("targets.prod: without FLINKBOT_SECRET_KEY, ")
    assert without[1].startswith("targets.dli: without FLINKBOT_SECRET_KEY, ")
    assert with_one == ()
