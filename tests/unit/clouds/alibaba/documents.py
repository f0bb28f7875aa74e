"""Documents as the service writes them, to be bent by tests; and a client for a loopback server."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.clouds.alibaba import AlibabaTarget, Credentials, open_alibaba
from bot.clouds.transport import Limits

DEPLOYMENT_ID = "88a8fc49-e090-430a-85d8-3ee8c79c0001"
JOB_ID = "5af678c0-7db0-4650-94c2-d2604f0a0001"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = "ExampleAccessKeySecret0123456789"
TOKEN = "CAISexample+security/token=="
FAST = Limits(backoff_seconds=0.001, total_seconds=5)


def client_for(url, limits=FAST, token=None, **more):
    target = AlibabaTarget("prod", "cn-hangzhou", "a14bd5d90a1b2c3d", "default-namespace", url)
    changed = {name: more.pop(name) for name in ("namespace",) if name in more}
    credentials = Credentials("example-access-key-id", SECRET, token)
    return open_alibaba(
        replace(target, **changed), credentials, limits=limits, now=lambda: NOW, **more
    )


def streaming(parallelism=4, mode="BASIC", **more):
    return {
        "resourceSettingMode": mode,
        "basicResourceSetting": {
            "parallelism": parallelism,
            "jobmanagerResourceSettingSpec": {"cpu": 1.0, "memory": "4 GiB"},
            "taskmanagerResourceSettingSpec": {"cpu": 2, "memory": "8 GiB"},
        },
        **more,
    }


def conf(**more):
    return {
        "execution.checkpointing.interval": "180s",
        "taskmanager.numberOfTaskSlots": 1,
        "state.ttl.enabled": True,
        **more,
    }


def artifact(sql="INSERT INTO a\nSELECT * FROM b", **more):
    return {"kind": "SQLSCRIPT", "sqlArtifact": {"sqlScript": sql, **more}}


def deployment(**more):
    return {
        "deploymentId": DEPLOYMENT_ID,
        "name": "orders",
        "namespace": "default-namespace",
        "executionMode": "STREAMING",
        "engineVersion": "vvr-8.0.11-jdk11-flink-1.17",
        "modifiedAt": "1714058507\n",
        "modifier": "20001",
        "modifierName": "li.wei",
        "deploymentHasChanged": False,
        "flinkConf": conf(),
        "streamingResourceSetting": streaming(),
        "artifact": artifact(),
        "logging": {"loggingProfile": "default", "log4jLoggers": []},
        "localVariables": [],
        "jobSummary": {"running": 1, "failed": 3},
        "aFieldOfTomorrow": {"x": 1},
        **more,
    }


def job(state="RUNNING", job_id=JOB_ID, /, **more):
    return {
        "jobId": job_id,
        "deploymentId": DEPLOYMENT_ID,
        "executionMode": "STREAMING",
        "engineVersion": "vvr-8.0.11-jdk11-flink-1.17",
        "flinkConf": {**conf(), "high-availability.type": "kubernetes"},
        "userFlinkConf": conf(),
        "streamingResourceSetting": streaming(),
        "artifact": artifact(additionalDependencies=[]),
        "logging": {"loggingProfile": "default"},
        "localVariables": None,
        "sessionClusterName": None,
        "startTime": 1714058400,
        "createdAt": "1714058400\n",
        "status": {
            "currentJobStatus": state,
            "healthScore": 100,
            "running": {"observedFlinkJobRestarts": 2, "observedFlinkJobStatus": "RUNNING"},
        },
        **more,
    }


def hot_update(state="HOT_UPDATED", /, **more):
    return {
        "jobHotUpdateId": "123hashd0001",
        "jobId": JOB_ID,
        "status": {
            "status": state,
            "requestId": "REQ-TRIGGER",
            "failure": {"reason": '""', "message": '""', "failureSeverity": "LOW"},
        },
        "hotUpdateParams": {
            "rescaleJobParam": {"jobParallelism": 10},
            "updateJobConfigParam": {"newFlinkConf": {"test": "test", "test2": 1}},
        },
        "targetResourceSetting": {
            "flinkConf": {"test2": 1},
            "streamingResourceSetting": streaming(10),
        },
        **more,
    }
