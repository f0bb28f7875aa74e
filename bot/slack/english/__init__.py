"""Everything the bot can say, in English."""

from __future__ import annotations

from bot.flink.parameters import Effect
from bot.flink.plan import Level
from bot.flink.update import Outlook, State
from bot.notes import Code
from bot.slack.english import dli, doubt
from bot.slack.english.frozen import FROZEN
from bot.slack.english.progress import EVENTS, VERDICTS
from bot.slack.english.refusals import BLOCKS, FORM, REFUSALS, WARNINGS
from bot.slack.english.rules import RULES
from bot.slack.language import Label, Language

ENGLISH = Language(
    notes={
        **FORM,
        **BLOCKS,
        **WARNINGS,
        **REFUSALS,
        **RULES,
        **EVENTS,
        **VERDICTS,
        **dli.VALUES,
        **dli.RULES,
        **dli.BLOCKS,
        **dli.WARNINGS,
        **dli.PROGRESS,
        **dli.VERDICTS,
        **doubt.WORDS,
        **FROZEN,
    },
    states={
        State.PLANNED: Label("📝", "Planned"),
        State.AWAITING_APPROVAL: Label("✋", "Awaiting approval"),
        State.QUEUED: Label("🕓", "Queued"),
        State.RUNNING: Label("⏳", "Running"),
        State.SUCCEEDED: Label("✅", "Succeeded"),
        State.SUCCEEDED_WITH_DIFFERENCES: Label("🟡", "Succeeded with differences"),
        State.FAILED: Label("❌", "Failed"),
        State.UNKNOWN: Label("⚠️", "Outcome unknown"),
        State.STALE: Label("🔁", "Stale, not applied"),
        State.CANCELLED: Label("🚫", "Cancelled"),
        State.EXPIRED: Label("⌛", "Expired"),
        State.SUPERSEDED: Label("🔀", "Superseded"),
    },
    outlooks={
        Outlook.NORMAL: Label("⏳", "Running"),
        Outlook.SLOW: Label("🐢", "Slow, still running"),
        Outlook.OVERDUE: Label("⚠️", "Outcome unknown, still watching"),
    },
    endings={
        Code.VERDICT_SAVED_ONLY: Label("💾", "Saved for the next start"),
        Code.VERDICT_NO_EFFECT: Label("❌", "Not in effect"),
        Code.VERDICT_LEFT_UNDONE: Label("❌", "Not finished"),
        Code.VERDICT_FAILED_JOB_DOWN: Label("🔴", "JOB DOWN"),
        Code.VERDICT_FAILED_OLD_RUNNING: Label("❌", "Failed, old settings still run"),
        Code.VERDICT_FAILED_UNCLEAR: Label("❌", "Failed, check the job"),
        Code.VERDICT_REFUSED: Label("❌", "Refused by the cloud"),
        Code.VERDICT_NOT_SENT: Label("❌", "Not begun in time"),
        Code.VERDICT_SAVE_LOST: Label("❌", "Not saved"),
        Code.VERDICT_SAVE_DIFFERS: Label("❌", "Failed, saved differently"),
        Code.VERDICT_JOB_DOWN: Label("🔴", "JOB DOWN"),
        Code.VERDICT_CRASHING: Label("🔴", "JOB CRASHES"),
        Code.VERDICT_STOP_STUCK: Label("🔴", "Stop failed, check the job"),
        Code.VERDICT_ROLLED_BACK: Label("↩️", "Failed, old definition runs again"),
        Code.VERDICT_IMPORTED: Label("📥", "Imported for the next start"),
        Code.VERDICT_STOPPED: Label("⏹️", "Stopped"),
        Code.VERDICT_NOT_ALLOWED: Label("⛔", "Not allowed any more, not applied"),
        Code.VERDICT_APPROVAL_GONE: Label("⛔", "Not approved any more, not applied"),
        Code.VERDICT_FROZEN: Label("🧊", "Frozen, not applied"),
    },
    effects={
        Effect.LIVE: Label("⚡", "live"),
        Effect.NEEDS_RESTART: Label("🔄", "needs restart"),
        Effect.IGNORED: Label("💤", "ignored"),
    },
    levels={
        Level.BLOCK: Label("⛔", "Blocked"),
        Level.CONFIRM: Label("☑️", "Needs your yes"),
        Level.WARN: Label("⚠️", "Warning"),
    },
    steps={
        "check": "Check",
        "save": "Save",
        "read_back": "Read back",
        "trigger": "Trigger",
        "poll": "Poll",
        "verify": "Verify",
        "take_savepoint": "Ask for a savepoint",
        "await_savepoint": "Write the savepoint",
        "stop": "Ask to stop",
        "await_stop": "Stop",
        "import_savepoint": "Import the savepoint",
        "read_import": "Read back",
        "start": "Ask to start",
        "await_start": "Start",
        "observe": "Watch it run",
        "put_back": "Put the old definition back",
        "start_old": "Ask to start the old one",
        "await_old": "Start the old one",
    },
    operations={
        "hot_update": "Hot update",
        "restore_saved": "Restore of saved settings",
        "watch_hot_update": "Watched hot update",
        "dli_update": "Job update",
        "dli_import_savepoint": "Savepoint import",
        "dli_take_savepoint": "Savepoint",
        "dli_start": "Job start",
        "dli_stop": "Job stop",
    },
)
