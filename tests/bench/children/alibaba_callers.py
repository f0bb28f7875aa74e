"""GetHotUpdateJobResult: as the bot asks it, and by the vendor's SDK, which is sync and async."""

import ssl
from functools import partial

from alibabacloud_tea_openapi import models as open_api
from alibabacloud_ververica20220718 import models
from alibabacloud_ververica20220718.client import Client
from darabonba.runtime import RuntimeOptions

from bot.clouds.alibaba import AlibabaTarget, Credentials, open_alibaba
from bot.clouds.transport import Limits
from tests.bench.children.driving import Caller, in_tasks, in_threads
from tests.bench.children.tls_cloud import SLOW_HOT_UPDATE

WORKSPACE, NAMESPACE, KEY, SECRET = "a14bd5d90a1b2c3d", "default-namespace", "key-id", "key-secret"


def which(slow):
    """Name the hot update to ask for."""
    return SLOW_HOT_UPDATE if slow else "hot-update-1"


def ours(port, ca):
    """Make the bot's own client; its speed limit is off."""
    client = open_alibaba(
        AlibabaTarget("bench", "cn-hangzhou", WORKSPACE, NAMESPACE, f"https://127.0.0.1:{port}"),
        Credentials(KEY, SECRET),
        limits=Limits(concurrency=10, rate_per_second=1e9),
        tls=ssl.create_default_context(cafile=ca),
    )

    async def ask(slow):
        report = await client.hot_update_result(which(slow))
        assert report.hot_update_id

    return Caller(in_tasks, ask, client.aclose)


def _sdk(port, ca):
    config = open_api.Config(
        access_key_id=KEY,
        access_key_secret=SECRET,
        endpoint=f"127.0.0.1:{port}",
        protocol="https",
        region_id="cn-hangzhou",
    )
    headers = models.GetHotUpdateJobResultHeaders(workspace=WORKSPACE)
    return Client(config), (headers, RuntimeOptions(ca=ca))


def sdk_sync(port, ca):
    """Make the SDK's client for threads."""
    client, how = _sdk(port, ca)
    call = partial(client.get_hot_update_job_result_with_options, NAMESPACE)

    def ask(slow):
        assert call(which(slow), *how).body.data.job_hot_update_id

    return Caller(in_threads, ask)


def sdk_async(port, ca):
    """Make the SDK's client for tasks."""
    client, how = _sdk(port, ca)
    call = partial(client.get_hot_update_job_result_with_options_async, NAMESPACE)

    async def ask(slow):
        assert (await call(which(slow), *how)).body.data.job_hot_update_id

    return Caller(in_tasks, ask)


CONTENDERS = {"ours": ours, "sdk-sync": sdk_sync, "sdk-async": sdk_async}
