"""Alibaba Cloud Realtime Compute for Apache Flink, simulated on loopback."""

from bot.sandbox.alibaba.faults import Fault, FaultKind
from bot.sandbox.alibaba.model import Behaviour, Outcome, Severity
from bot.sandbox.alibaba.server import AlibabaSimulator

__all__ = ["AlibabaSimulator", "Behaviour", "Fault", "FaultKind", "Outcome", "Severity"]
