"""Huawei Cloud Data Lake Insight (its Flink jobs, queues, and what IAM has to do), on loopback."""

from bot.sandbox.dli.faults import Fault, FaultKind
from bot.sandbox.dli.model import Behaviour, SavepointEnd, StartEnd, Status, StopEnd
from bot.sandbox.dli.server import DliSimulator
from bot.sandbox.dli.verify import Account

__all__ = [
    "Account",
    "Behaviour",
    "DliSimulator",
    "Fault",
    "FaultKind",
    "SavepointEnd",
    "StartEnd",
    "Status",
    "StopEnd",
]
