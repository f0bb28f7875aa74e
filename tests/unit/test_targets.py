"""From a configuration to clients that the simulated clouds accept, whatever proves who asks."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from bot.reach import reach
from bot.sandbox.alibaba import AlibabaSimulator
from bot.sandbox.dli import Account, DliSimulator
from bot.settings import load_settings
from bot.targets import open_clouds
from tests.fakes.raw_server import RawServer, http, json_answer
from tests.unit.clouds.calling import unused_port

PROJECT, REGION = "0123456789abcdef0123456789abcdef", "ap-southeast-3"
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
HUAWEI = {"HUAWEICLOUD_SDK_AK": "hw-ak", "HUAWEICLOUD_SDK_SK": "hw-sk"}
ALIBABA = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "ali-ak", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "ali-sk"}
SEALING = {"FLINKBOT_SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz"}


@pytest.fixture
async def dli():
    account = Account("hw-ak", "hw-sk")
    async with running(DliSimulator(project_id=PROJECT, region=REGION, account=account)) as url:
        yield url


@pytest.fixture
async def lent_dli():
    account = Account("hw-ak", "hw-sk", "hw-token")
    async with running(DliSimulator(project_id=PROJECT, region=REGION, account=account)) as url:
        yield url


@pytest.fixture
async def lent_flink():
    simulator = AlibabaSimulator(
        workspace="w1",
        namespace="ns",
        access_key_id="ali-ak",
        access_key_secret="ali-sk",
        security_token="ali-token",
    )
    async with running(simulator) as url:
        yield url


class running:  # noqa: N801 - reads as a phrase
    def __init__(self, simulator):
        self._simulator = simulator

    async def __aenter__(self):
        return await self._simulator.start()

    async def __aexit__(self, *_):
        await self._simulator.stop()


def settings_of(folder, text, **variables):
    file = folder / "flinkbot.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, {**SLACK, **variables})


def huawei(url, more="", project=PROJECT):
    return (
        f'[targets.dli]\ncloud = "huawei"\nregion = "{REGION}"\nendpoint = "{url}"\n'
        f'iam_endpoint = "{url}"\nproject_id = "{project}"\n{more}\n'
    )


def alibaba(url, more=""):
    return (
        '[targets.prod]\ncloud = "alibaba"\nregion = "cn-hangzhou"\nworkspace = "w1"\n'
        f'namespace = "ns"\nendpoint = "{url}"\n{more}\n'
    )


async def the_one(settings):
    (reached,) = await reach(settings)
    return reached


async def test_an_access_key_reaches_dli(dli, tmp_path):
    reached = await the_one(settings_of(tmp_path, huawei(dli), **HUAWEI))

    assert (reached.target, reached.trouble) == ("dli", "")
    assert reached.jobs > 0


async def test_a_project_is_found_by_its_region(dli, tmp_path):
    text = huawei(dli).replace(f'project_id = "{PROJECT}"\n', "")

    assert (await the_one(settings_of(tmp_path, text, **HUAWEI))).jobs > 0


async def test_a_user_with_a_password_reaches_dli(dli, tmp_path):
    login = {
        "HW_USER_NAME": "flinkbot",
        "HW_USER_PASSWORD": "sandbox-password",
        "HW_DOMAIN_NAME": "sandbox",
    }

    reached = await the_one(settings_of(tmp_path, huawei(dli, 'auth = "token"'), **login))

    assert reached.jobs > 0


async def test_a_token_file_that_is_missing_is_named(dli, tmp_path):
    text = huawei(dli, f'auth = "token"\ntoken_file = "{tmp_path}/token"')

    reached = await the_one(settings_of(tmp_path, text))

    assert f"{tmp_path}/token: FileNotFoundError" in reached.trouble
    assert reached.advice == f"It asks with: token {tmp_path}/token."


def in_an_hour():
    return (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_the_keys_of_a_servers_agency_reach_dli(lent_dli, tmp_path):
    key = {"access": "hw-ak", "secret": "hw-sk", "securitytoken": "hw-token"}

    def answer(request):
        if request.method == "PUT":
            return http(200, b"meta-token")
        return json_answer({"credential": {**key, "expires_at": in_an_hour()}})

    async with RawServer(answer) as metadata:
        text = huawei(lent_dli, f'auth = "ecs"\nmetadata_endpoint = "{metadata.url}"')
        assert (await the_one(settings_of(tmp_path, text))).jobs > 0


LENT = {"AccessKeyId": "ali-ak", "AccessKeySecret": "ali-sk", "SecurityToken": "ali-token"}


async def test_the_keys_of_a_servers_role_reach_alibaba(lent_flink, tmp_path):
    def answer(request):
        if request.method == "PUT":
            return http(200, b"meta-token")
        return json_answer({"Code": "Success", **LENT, "Expiration": in_an_hour()})

    async with RawServer(answer) as metadata:
        more = f'auth = "ecs"\nram_role = "flinkbot"\nmetadata_endpoint = "{metadata.url}"'
        assert (await the_one(settings_of(tmp_path, alibaba(lent_flink, more)))).jobs > 0


async def test_the_keys_for_a_pods_token_reach_alibaba(lent_flink, tmp_path):
    (tmp_path / "token").write_text("pods-token")
    role = {
        "ALIBABA_CLOUD_ROLE_ARN": "acs:ram::1:role/a",
        "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "acs:ram::1:oidc-provider/b",
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE": str(tmp_path / "token"),
    }

    def answer(_):
        return json_answer({"Credentials": {**LENT, "Expiration": in_an_hour()}})

    async with RawServer(answer) as sts:
        more = f'auth = "oidc"\nsts_endpoint = "{sts.url}"'
        settings = settings_of(tmp_path, alibaba(lent_flink, more), **role)
        assert (await the_one(settings)).jobs > 0

    assert b"RoleSessionName=flinkbot-prod" in sts.requests[0].body


@pytest.mark.parametrize(
    ("vpc", "where"),
    [("false", "sts.aliyuncs.com"), ("true", "sts-vpc.cn-hangzhou.aliyuncs.com")],
)
async def test_a_pods_keys_come_from_the_service_that_is_in_reach(
    vpc, where, tmp_path, monkeypatch
):
    monkeypatch.delenv("NO_PROXY", raising=False)
    seen = []

    def refuse(request):
        seen.append(request.target)
        return http(403)

    (tmp_path / "token").write_text("pods-token")
    text = alibaba("x", f'auth = "oidc"\nvpc = {vpc}').replace('endpoint = "x"\n', "")
    role = {
        "ALIBABA_CLOUD_ROLE_ARN": "acs:ram::1:role/a",
        "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "acs:ram::1:oidc-provider/b",
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE": str(tmp_path / "token"),
    }
    async with RawServer(refuse) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        await the_one(settings_of(tmp_path, text, **role))

    assert set(seen) == {f"{where}:443"}


@pytest.mark.parametrize(
    ("text", "variables", "trouble", "advice"),
    [
        (
            huawei,
            {**HUAWEI, "HUAWEICLOUD_SDK_SK": "wrong"},
            "check that the secret key belongs to the access key",
            "It asks with: key from the standard variables.",
        ),
        (
            lambda url: huawei(url, project="f" * 32),
            HUAWEI,
            "huawei ListFlinkJobs",
            "",
        ),
    ],
)
async def test_a_target_that_refuses_is_told_with_what_to_look_at(
    text, variables, trouble, advice, dli, tmp_path
):
    reached = await the_one(settings_of(tmp_path, text(dli), **variables))

    assert trouble in reached.trouble
    assert advice in reached.advice
    assert reached.advice
    assert "hw-sk" not in f"{reached}"


async def test_a_region_that_names_no_project_asks_for_its_id(dli, tmp_path):
    text = huawei(dli).replace(f'project_id = "{PROJECT}"\n', "").replace(REGION, "cn-north-4")

    reached = await the_one(settings_of(tmp_path, text, **HUAWEI))

    assert "names no project: set project_id" in reached.trouble
    assert "Check that this is the right place: huawei http://127.0.0.1" in reached.advice


async def test_a_target_that_does_not_answer_is_no_trouble_of_the_other(dli, tmp_path):
    silent = f"http://127.0.0.1:{await unused_port()}"
    settings = settings_of(tmp_path, alibaba(silent) + huawei(dli), **HUAWEI, **ALIBABA)

    flink, lake = sorted(await reach(settings), key=lambda one: one.target, reverse=True)

    assert "cannot connect" in flink.trouble
    assert "DNS, proxy and firewall" in flink.advice
    assert (lake.trouble, lake.advice) == ("", "")


@pytest.mark.parametrize(
    ("status", "body", "advice"),
    [
        (403, {"Code": "Forbidden.RAM", "Message": "no"}, "The README lists what the bot needs"),
        (429, {"Code": "Throttling.User", "Message": "no"}, "Try again in a minute"),
    ],
)
async def test_other_refusals_have_advice_of_their_own(status, body, advice, tmp_path):
    async with RawServer(lambda _: json_answer(body, status, x_acs_retry_after="600000")) as server:
        reached = await the_one(settings_of(tmp_path, alibaba(server.url), **ALIBABA))

    assert advice in reached.advice


async def mark_with(folder, url, **variables):
    async with AsyncExitStack() as stack:
        settings = settings_of(folder, huawei(url), **variables)
        clouds = open_clouds(settings, stack, lambda cloud: cloud, lambda cloud: cloud)
        return clouds.restart["dli"].shown({"entrypoint_args": "--password hunter2"})


async def test_what_stands_for_secrets_hangs_on_the_secret_key_and_not_on_the_clouds(tmp_path):
    url = "http://127.0.0.1:1"
    other = {**HUAWEI, "HUAWEICLOUD_SDK_SK": "other"}

    one = await mark_with(tmp_path, url, **HUAWEI, **SEALING)

    assert "hunter2" not in str(one)
    assert await mark_with(tmp_path, url, **other, **SEALING) == one
    assert await mark_with(tmp_path, url, **HUAWEI) != one
