"""Alibaba Cloud Realtime Compute for Apache Flink (ververica 2022-07-18)."""

from bot.clouds.alibaba.auth import Credentials
from bot.clouds.alibaba.client import AlibabaFlink, open_alibaba
from bot.clouds.alibaba.endpoints import AlibabaTarget

__all__ = ["AlibabaFlink", "AlibabaTarget", "Credentials", "open_alibaba"]
