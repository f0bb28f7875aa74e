"""ShowFlinkJob: as the bot asks it, and by the vendor's SDK, whose async calls give futures."""

import ssl
from datetime import UTC, datetime

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkdli import v1 as dli

from bot.clouds.huawei import AccessKeyAuth, Credentials, Operations
from bot.clouds.transport import Limits, Transport
from tests.bench.children.driving import Caller, in_futures, in_tasks, in_threads
from tests.bench.children.tls_cloud import SLOW_JOB

PROJECT, KEY, SECRET = "5a6d1c0e7b9f4c2d8e3a1b0c9d8e7f60", "key-id", "key-secret"


def which(slow):
    """Number the job to ask for."""
    return SLOW_JOB if slow else "64"


def _now():
    return datetime.now(UTC)


def ours(port, ca):
    """Make the bot's own API of a project; its speed limit is off."""
    transport = Transport(
        f"https://127.0.0.1:{port}",
        cloud="huawei",
        auth=AccessKeyAuth(Credentials(KEY, SECRET), now=_now),
        limits=Limits(concurrency=10, rate_per_second=1e9),
        tls=ssl.create_default_context(cafile=ca),
    )
    operations = Operations(PROJECT, transport, _now)

    async def ask(slow):
        assert (await operations.show_flink_job(which(slow))).job_id

    return Caller(in_tasks, ask, transport.aclose)


def _sdk(kind, port, ca):
    builder = kind.new_builder().with_credentials(BasicCredentials(KEY, SECRET, PROJECT))
    builder = builder.with_http_config(HttpConfig(ssl_ca_cert=ca))
    return builder.with_endpoints([f"https://127.0.0.1:{port}"]).build()


def sdk_sync(port, ca):
    """Make the SDK's client for threads."""
    client = _sdk(dli.DliClient, port, ca)

    def ask(slow):
        answer = client.show_flink_job(dli.ShowFlinkJobRequest(job_id=int(which(slow))))
        assert answer.job_detail.job_id

    return Caller(in_threads, ask)


def sdk_async(port, ca):
    """Make the SDK's client that gives futures."""
    client = _sdk(dli.DliAsyncClient, port, ca)

    def ask(slow):
        return client.show_flink_job_async(dli.ShowFlinkJobRequest(job_id=int(which(slow))))

    return Caller(in_futures, ask)


CONTENDERS = {"ours": ours, "sdk-sync": sdk_sync, "sdk-async": sdk_async}
