"""Huawei Cloud Data Lake Insight (DLI): the API of its Flink jobs."""

from bot.clouds.huawei.auth import AccessKeyAuth, Credentials
from bot.clouds.huawei.client import HuaweiCloud, open_huawei
from bot.clouds.huawei.endpoints import HuaweiTarget
from bot.clouds.huawei.iam import Login
from bot.clouds.huawei.operations import Operations

__all__ = [
    "AccessKeyAuth",
    "Credentials",
    "HuaweiCloud",
    "HuaweiTarget",
    "Login",
    "Operations",
    "open_huawei",
]
