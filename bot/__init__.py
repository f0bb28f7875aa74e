"""Flinkbot: change running Apache Flink jobs from Slack, safely."""

__version__ = "0.1.0"
