"""How a DLI job is kept running: checkpoints, recovery, logs, and the rest."""

from __future__ import annotations

from bot.flink.dli.setting import ONLY_JAR, ONLY_SQL, Group, Kind, Restore, Setting
from bot.flink.effect import Effect

CHECKPOINTS = (
    Setting(
        name="checkpoint_enabled",
        label="Checkpoints",
        kind=Kind.FLAG,
        group=Group.CHECKPOINTS,
        restore=Restore.UNDOCUMENTED,
        default="false",
    ),
    Setting(
        name="checkpoint_mode",
        label="Checkpoint mode",
        kind=Kind.NUMBERED_CHOICE,
        group=Group.CHECKPOINTS,
        restore=Restore.UNDOCUMENTED,
        choices=("exactly_once", "at_least_once"),
        default="exactly_once",
    ),
    Setting(
        name="checkpoint_interval",
        label="Checkpoint interval",
        kind=Kind.COUNT,
        group=Group.CHECKPOINTS,
        minimum=1,
        maximum=999_999,
        unit="s",
        default="10",
        example="60",
    ),
    Setting(
        name="obs_bucket",
        label="Bucket for checkpoints and logs",
        kind=Kind.TEXT,
        group=Group.CHECKPOINTS,
        effect=Effect.LIVE,
        longest=63,
        form=r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?",
        form_in_words="a bucket's name: small letters, digits, . and -",
        example="flink-state",
    ),
    Setting(
        name="checkpoint_path",
        label="Checkpoint path",
        kind=Kind.TEXT,
        group=Group.CHECKPOINTS,
        effect=Effect.LIVE,
        restore=Restore.UNDOCUMENTED,
        jobs=ONLY_JAR,
        longest=512,
        form=r"\S+",
        form_in_words="a path without spaces",
        example="flink-state/orders/checkpoints",
    ),
)

RECOVERY = (
    Setting(
        name="restart_when_exception",
        label="Restart on failure",
        kind=Kind.FLAG,
        group=Group.RECOVERY,
        effect=Effect.LIVE,
        default="false",
    ),
    Setting(
        name="resume_checkpoint",
        label="Restart from the checkpoint",
        kind=Kind.FLAG,
        group=Group.RECOVERY,
        effect=Effect.LIVE,
    ),
    Setting(
        name="resume_max_num",
        label="Restarts per hour",
        kind=Kind.COUNT,
        group=Group.RECOVERY,
        effect=Effect.LIVE,
        minimum=-1,
        form=r"-1|0*[1-9]\d*",
        form_in_words="-1 (no limit) or a number above 0",
        default="-1",
        example="10",
    ),
)

LOGS = (
    Setting(
        name="log_enabled",
        label="Save job logs",
        kind=Kind.FLAG,
        group=Group.LOGS,
        default="false",
    ),
    Setting(
        name="smn_topic",
        label="Alert topic (SMN)",
        kind=Kind.TEXT,
        group=Group.LOGS,
        effect=Effect.LIVE,
        longest=256,
        form=r"\S+",
        form_in_words="a topic's name without spaces",
        example="flink-alerts",
    ),
    Setting(
        name="flink_log_config",
        label="Log levels",
        kind=Kind.DOCUMENT,
        group=Group.LOGS,
        longest=4096,
        example='{"root_logger_level":"INFO"}',
    ),
)

ADVANCED = (
    Setting(
        name="runtime_config",
        label="Flink settings",
        kind=Kind.DOCUMENT,
        group=Group.ADVANCED,
        restore=Restore.UNDOCUMENTED,
        longest=16_384,
        example='[{"key":"table.exec.state.ttl","value":"36 h"}]',
    ),
    Setting(
        name="operator_config",
        label="Parallelism by operator",
        kind=Kind.DOCUMENT,
        group=Group.ADVANCED,
        restore=Restore.UNSUPPORTED,
        jobs=ONLY_SQL,
        longest=65_536,
        example='{"operator_list":[{"id":"0a448493b4782967b150582570326227","parallelism":2}]}',
    ),
    Setting(
        name="static_estimator_config",
        label="Traffic estimate by operator",
        kind=Kind.DOCUMENT,
        group=Group.ADVANCED,
        restore=Restore.UNDOCUMENTED,
        jobs=ONLY_SQL,
        longest=65_536,
        example='{"operator_list":[{"id":"0a448493b4782967b150582570326227","rate_factor":0.5}]}',
    ),
    Setting(
        name="execution_agency_urn",
        label="Agency",
        kind=Kind.TEXT,
        group=Group.ADVANCED,
        longest=64,
        form=r"\S+",
        form_in_words="an agency's name without spaces",
        example="dli_obs_access",
    ),
)
