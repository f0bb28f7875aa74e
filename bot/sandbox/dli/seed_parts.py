"""What a new job has before anybody changes it: the vendor's defaults, every member there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.dli.model import Document

_EITHER: Document = {
    "desc": "",
    "queue_name": "flink_general",
    "flink_version": "1.12",
    "cu_number": 2,
    "manager_cu_number": 1,
    "parallel_number": 1,
    "tm_cus": 1,
    "tm_slot_num": 1,
    "checkpoint_enabled": False,
    "checkpoint_mode": "exactly_once",
    "checkpoint_interval": 10,
    "obs_bucket": "",
    "log_enabled": False,
    "smn_topic": "",
    "restart_when_exception": False,
    "resume_checkpoint": False,
    "resume_max_num": -1,
    "execution_agency_urn": "",
    "runtime_config": "",
    "flink_log_config": "",
    "resource_config_version": "v1",
    "resource_config": None,
}


def sql_parts(name: str, sql: str) -> Document:
    """Give the parts of a SQL job on a queue of its own."""
    return {
        "name": name,
        **_EITHER,
        "sql_body": sql,
        "run_mode": "exclusive_cluster",
        "idle_state_retention": 3600,
        "edge_group_ids": None,
        "dirty_data_strategy": "0",
        "udf_jar_url": "",
        "operator_config": "",
        "static_estimator_config": "",
    }


def jar_parts(name: str, main_class: str) -> Document:
    """Give the parts of a Jar job."""
    return {
        "name": name,
        **_EITHER,
        "main_class": main_class,
        "entrypoint": f"obs://flink-jars/{name}-1.4.0.jar",
        "entrypoint_args": "",
        "dependency_jars": [],
        "dependency_files": [],
        "feature": "basic",
        "image": "",
        "checkpoint_path": "",
    }


def v2(*, parallel_number: int, max_slot: int) -> Document:
    """Give the parts of a job with the second resource model."""
    return {
        "resource_config_version": "v2",
        "resource_config": {
            "max_slot": max_slot,
            "parallel_number": parallel_number,
            "jobmanager_resource_spec": {"cpu": 1.0, "memory": "4G"},
            "taskmanager_resource_spec": {"cpu": 1.0, "memory": "4G"},
        },
    }
