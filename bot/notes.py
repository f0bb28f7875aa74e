"""What the core has to say, as codes with arguments; the words live at the edge.

Keeping sentences out of the core makes them translatable and keeps rules testable by code
instead of by prose. Every `Code` must have words in `bot/slack/words.py`; a test checks it.
"""

from __future__ import annotations

from collections.abc import Mapping  # read at run time by the store
from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """One code per different thing to say. The arguments of each stand behind it."""

    # A field of a form
    VALUE_EMPTY = "value_empty"  # field
    NOT_A_WHOLE_NUMBER = "not_a_whole_number"  # given
    NUMBER_TOO_SMALL = "number_too_small"  # given, minimum
    NUMBER_BELOW = "number_below"  # given, minimum
    NUMBER_ABOVE = "number_above"  # given, maximum
    NOT_A_NUMBER = "not_a_number"  # given
    NOT_A_MEMORY_SIZE = "not_a_memory_size"  # given
    MEMORY_BELOW = "memory_below"  # given, minimum
    NOT_ONE_OF = "not_one_of"  # given, choices
    NOT_JSON = "not_json"  # line, column
    WRONG_FORM = "wrong_form"  # form
    TEXT_TOO_LONG = "text_too_long"  # count, longest
    TEXT_ILLEGIBLE = "text_illegible"  # line
    LINE_REPEATED = "line_repeated"  # given
    PATH_EMPTY = "path_empty"
    PATH_HAS_SPACES = "path_has_spaces"
    PATH_NOT_OBS = "path_not_obs"  # given
    PATH_IS_BUCKET = "path_is_bucket"  # given
    BUCKET_MALFORMED = "bucket_malformed"  # given
    NOT_A_DURATION = "not_a_duration"  # given
    DURATION_NOT_POSITIVE = "duration_not_positive"  # given
    SETTING_MALFORMED = "setting_malformed"  # line, given
    SETTING_REPEATED = "setting_repeated"  # key
    SETTING_IS_KNOB = "setting_is_knob"  # key, field
    SETTING_HOLDS_SECRET = "setting_holds_secret"  # noqa: S105 - a code, not a secret; key
    NO_JOB_CHOSEN = "no_job_chosen"
    NO_GROUP_CHOSEN = "no_group_chosen"
    SLACK_LIMITS = "slack_limits"
    FILE_UNREADABLE = "file_unreadable"  # detail
    FILE_TOO_LARGE = "file_too_large"  # longest
    FILE_NOT_TEXT = "file_not_text"  # line
    FILE_EMPTY = "file_empty"
    NO_RESTARTS = "no_restarts"  # target
    MARK_UNKNOWN = "mark_unknown"  # fields
    EDITS_NOT_ACCEPTED = "edits_not_accepted"
    FORM_EXPIRED = "form_expired"
    FORM_NOT_FILLED = "form_not_filled"

    # A field of a form, against other fields of the same DLI job
    DLI_NO_WORKER_CUS = "dli_no_worker_cus"  # manager, minimum
    DLI_PARALLELISM_TOO_HIGH = "dli_parallelism_too_high"  # given, maximum
    DLI_CUS_NOT_DIVISIBLE = "dli_cus_not_divisible"  # workers, each
    DLI_TOO_FEW_SLOTS = "dli_too_few_slots"  # slots, minimum
    DLI_ONLY_FIRST_MODEL = "dli_only_first_model"  # key
    DLI_ONLY_SECOND_MODEL = "dli_only_second_model"  # key
    DLI_BUCKET_NEEDED = "dli_bucket_needed"  # key
    DLI_PATH_WITH_CHECKPOINTS = "dli_path_with_checkpoints"
    DLI_PATH_NEEDED = "dli_path_needed"
    DLI_IMAGE_NEEDED = "dli_image_needed"
    DLI_IMAGE_NEEDS_CUSTOM = "dli_image_needs_custom"
    DLI_VERSION_NEEDS_BASIC = "dli_version_needs_basic"
    DLI_PACKAGE_NEEDS_OBS = "dli_package_needs_obs"  # key
    DLI_QUEUE_NEEDS_EXCLUSIVE = "dli_queue_needs_exclusive"
    DLI_GROUPS_NEED_EDGE = "dli_groups_need_edge"

    # A plan cannot be applied
    NO_CHANGE = "no_change"
    DLI_JOB_MOVES = "dli_job_moves"  # status
    DLI_JOB_RUNS = "dli_job_runs"  # status
    DLI_JOB_DOES_NOT_RUN = "dli_job_does_not_run"  # status
    DLI_NOTHING_RUNS = "dli_nothing_runs"
    DLI_NOT_LIVE = "dli_not_live"  # fields
    DLI_NO_SAVEPOINT = "dli_no_savepoint"
    DLI_SAVEPOINT_NEEDS_BUCKET = "dli_savepoint_needs_bucket"
    SECRET_KEY_NEEDED = "secret_key_needed"  # noqa: S105 - a code, not a secret; fields
    JOB_NOT_RUNNING = "job_not_running"  # status, failure
    NOT_STREAMING = "not_streaming"  # mode
    SESSION_CLUSTER = "session_cluster"  # cluster
    ENGINE_TOO_OLD = "engine_too_old"  # engine, minimum
    EXPERT_MODE = "expert_mode"
    UNALIGNED_CHECKPOINTS = "unaligned_checkpoints"  # key
    ABOVE_MAX_PARALLELISM = "above_max_parallelism"  # given, maximum, operator

    # A plan can be applied, but
    ENGINE_UNKNOWN = "engine_unknown"  # engine
    ABOVE_DEFAULT_MAX_PARALLELISM = "above_default_max_parallelism"  # given, maximum
    LARGE_STEP = "large_step"  # before, after
    PINNED_OPERATORS = "pinned_operators"  # operators, count
    SOURCE_LIMITED = "source_limited"  # operator, parallelism
    PAUSE_ABOVE_INTERVAL = "pause_above_interval"  # pause, interval
    TIMEOUT_BELOW_LAST_CHECKPOINT = "timeout_below_last_checkpoint"  # timeout, last
    TASKMANAGER_TOO_SMALL = "taskmanager_too_small"  # cpu, memory
    COST_UNKNOWN = "cost_unknown"
    AUTOPILOT_ON = "autopilot_on"
    SCHEDULED_PLAN_APPLIED = "scheduled_plan_applied"  # plan
    TUNING_UNREADABLE = "tuning_unreadable"  # what
    OPERATORS_UNREADABLE = "operators_unreadable"
    FOREIGN_EDITS = "foreign_edits"  # who, count (0: the cloud says "changed", nothing differs)
    JOB_ID_UNUSUAL = "job_id_unusual"  # job_id
    RESTART_FIELDS = "restart_fields"  # count
    DLI_STATE_DROPPED = "dli_state_dropped"
    DLI_RESTORE_UNSUPPORTED = "dli_restore_unsupported"  # fields
    DLI_RESTORE_UNDOCUMENTED = "dli_restore_undocumented"  # fields
    DLI_SAVEPOINT_NOT_KEPT = "dli_savepoint_not_kept"
    DLI_RESUME_WITHOUT_RESTART = "dli_resume_without_restart"
    DLI_NO_ALERTS = "dli_no_alerts"
    DLI_QUEUE_TOO_SMALL = "dli_queue_too_small"  # needed, free
    DLI_SQL_REFUSED = "dli_sql_refused"  # detail
    DLI_SHORT_RETENTION = "dli_short_retention"  # seconds
    DLI_AGENCY_NEEDED = "dli_agency_needed"
    DLI_SQL_INCOMPLETE = "dli_sql_incomplete"
    DLI_OPERATOR_IDS_STALE = "dli_operator_ids_stale"  # key
    ROLLBACK_LACKS = "rollback_lacks"  # fields
    ROLLBACK_UNSETS = "rollback_unsets"  # fields
    ROLLBACK_KEEPS_STATE = "rollback_keeps_state"  # id
    NO_WAY_BACK = "no_way_back"  # fields

    # A person is told no
    NOT_ALLOWED = "not_allowed"  # target, missing ("user", "channel" or "both"), user, channel
    CHANNEL_NEEDED = "channel_needed"  # target, channels
    UNKNOWN_TARGET = "unknown_target"  # target, targets
    TARGET_NEEDED = "target_needed"  # targets
    UNKNOWN_UPDATE = "unknown_update"  # id
    UNKNOWN_JOB = "unknown_job"  # job, target
    AMBIGUOUS_JOB = "ambiguous_job"  # job, names
    UPDATE_IN_PROGRESS = "update_in_progress"  # id, who, since
    NOT_PLANNED_ANY_MORE = "not_planned_any_more"  # id, state
    NOT_CANCELLABLE = "not_cancellable"  # id, state
    PLAN_BLOCKED = "plan_blocked"  # id
    VALUES_GONE = "values_gone"  # id
    NO_HOT_UPDATES = "no_hot_updates"  # target
    NOTHING_TO_RESTORE = "nothing_to_restore"  # id, state
    ROLLBACK_NO_WAY = "rollback_no_way"  # id
    ROLLBACK_NOT_ENDED = "rollback_not_ended"  # id, state
    ROLLBACK_OUTCOME_UNKNOWN = "rollback_outcome_unknown"  # id
    ROLLBACK_TOO_OLD = "rollback_too_old"  # id, days
    ROLLBACK_DONE = "rollback_done"  # id
    ROLLBACK_MOVED = "rollback_moved"  # id, job, fields, who (empty: not known)
    STILL_UNKNOWN = "still_unknown"  # id, since
    OVERTAKEN_SINCE = "overtaken_since"  # id, who
    APPLIED_ALREADY = "applied_already"  # id, who, state
    OPENED_ALREADY = "opened_already"
    OPENED_TOO_LATE = "opened_too_late"
    STORE_AWAY = "store_away"
    RECORD_UNSURE = "record_unsure"  # id
    CLOUD_UNAVAILABLE = "cloud_unavailable"  # target, detail
    CLOUD_REFUSED = "cloud_refused"  # target, detail
    CLOUD_AUTH = "cloud_auth"  # target, detail
    CLOUD_FORBIDDEN = "cloud_forbidden"  # target, operation, detail
    CLOUD_NOT_FOUND = "cloud_not_found"  # target, detail

    # What rules decide (`bot.policy.decide`)
    RULE_ALLOWS = "rule_allows"  # rule
    RULE_WANTS_APPROVAL = "rule_wants_approval"  # rule
    RULE_REFUSES = "rule_refuses"  # rule
    NO_RULE_ALLOWS = "no_rule_allows"  # target, job, operation, user, channel
    GROUPS_UNKNOWN = "groups_unknown"  # rule
    FIELDS_FORBIDDEN = "fields_forbidden"  # fields
    FIELDS_REQUIRED = "fields_required"  # fields
    PARALLELISM_OUTSIDE = "parallelism_outside"  # given, minimum, maximum
    STEP_TOO_LARGE = "step_too_large"  # fields, factor, largest
    RESTART_CLASS = "restart_class"
    OUT_OF_HOURS = "out_of_hours"  # now, hours

    # Why another rule decided
    RULE_OTHER_TARGET = "rule_other_target"  # wanted, given
    RULE_OTHER_ENVIRONMENT = "rule_other_environment"  # wanted, given
    RULE_OTHER_JOB = "rule_other_job"  # wanted, given
    RULE_OTHER_OPERATION = "rule_other_operation"  # wanted, given
    RULE_OTHER_CHANNEL = "rule_other_channel"  # wanted, given
    RULE_OTHER_PEOPLE = "rule_other_people"  # people
    RULE_NOT_REACHED = "rule_not_reached"  # rule

    # Somebody's Approve or Reject
    NO_APPROVAL_NEEDED = "no_approval_needed"  # ruling
    OWN_REQUEST = "own_request"  # rule
    NOT_AN_APPROVER = "not_an_approver"  # rule, people
    APPROVED_BY_YOU = "approved_by_you"  # missing
    APPROVED_ALREADY = "approved_already"  # count
    DECIDED_ALREADY = "decided_already"  # id, state, who (empty: nobody)
    NOT_WAITING = "not_waiting"  # id
    NOT_YOUR_PLAN = "not_your_plan"  # id, who
    REQUEST_FORBIDDEN = "request_forbidden"  # who, rule

    # Nothing new may begin. A target of * is every target
    FROZEN = "frozen"  # target, who, since, until (empty: until it is lifted), reason
    NOT_FROZEN = "not_frozen"  # target, frozen
    EVENT_FROZEN = "event_frozen"  # target, who, until, reason
    EVENT_UNFROZEN = "event_unfrozen"  # target, who
    VERDICT_FROZEN = "verdict_frozen"  # target, who, until, reason

    # An update moves (told in its thread)
    EVENT_PLANNED = "event_planned"
    EVENT_QUEUED = "event_queued"  # who
    EVENT_LONG_CHANGES = "event_long_changes"  # fields
    EVENT_CHECKED = "event_checked"
    EVENT_SAVING = "event_saving"  # count
    EVENT_SAVED = "event_saved"  # revision
    EVENT_SAVE_AGAIN = "event_save_again"  # the cloud was read: the first one never arrived
    EVENT_NOTHING_TO_SAVE = "event_nothing_to_save"
    EVENT_TRIGGERING = "event_triggering"  # job_id
    EVENT_TRIGGERED = "event_triggered"  # hot_update_id, request_id
    EVENT_PROGRESS = "event_progress"  # status
    EVENT_ANSWER_LOST = "event_answer_lost"  # operation, detail
    EVENT_RETRYING = "event_retrying"  # operation, detail
    EVENT_SLOW = "event_slow"  # minutes
    EVENT_OVERDUE = "event_overdue"  # minutes, until
    EVENT_VERIFYING = "event_verifying"
    EVENT_AGAIN = "event_again"  # step
    EVENT_TAKING_SAVEPOINT = "event_taking_savepoint"  # path
    EVENT_SAVEPOINT_TAKEN = "event_savepoint_taken"  # path
    EVENT_STOPPING = "event_stopping"
    EVENT_STOPPED = "event_stopped"  # savepoint (empty: none)
    EVENT_IMPORTING = "event_importing"  # path
    EVENT_STARTING = "event_starting"
    EVENT_STARTED = "event_started"
    EVENT_START_FAILED = "event_start_failed"  # status, detail
    EVENT_PUTTING_BACK = "event_putting_back"
    EVENT_CANCELLED = "event_cancelled"  # who
    EVENT_APPROVAL_ASKED = "event_approval_asked"  # who, rule, approvals, people, until
    EVENT_APPROVED = "event_approved"  # who, requester
    EVENT_REJECTED = "event_rejected"  # who, why, requester
    EVENT_REMINDED = "event_reminded"  # people, until
    EVENT_NOT_APPROVED = "event_not_approved"  # who
    EVENT_EXPIRED = "event_expired"
    EVENT_REPLACED = "event_replaced"  # id
    EVENT_WATCHING = "event_watching"  # hot_update_id, who
    EVENT_FINISHED = "event_finished"  # state
    EVENT_FOUND_OUT = "event_found_out"  # who, state

    # A verdict's reason
    VERDICT_APPLIED = "verdict_applied"
    VERDICT_RECOVERED = "verdict_recovered"  # the answer was lost, the job shows the values
    VERDICT_SAVED_ONLY = "verdict_saved_only"
    VERDICT_DIFFERS = "verdict_differs"
    VERDICT_PINNED = "verdict_pinned"  # operators, count
    VERDICT_UNVERIFIED = "verdict_unverified"
    VERDICT_RESTARTED = "verdict_restarted"  # before, after
    VERDICT_FAILED_OLD_RUNNING = "verdict_failed_old_running"  # severity, reason, message
    VERDICT_FAILED_JOB_DOWN = "verdict_failed_job_down"  # severity, reason, message, status
    VERDICT_FAILED_UNCLEAR = "verdict_failed_unclear"  # severity, reason, message
    VERDICT_REFUSED = "verdict_refused"  # operation, detail
    VERDICT_NOT_SENT = "verdict_not_sent"  # detail
    VERDICT_SAVE_LOST = "verdict_save_lost"  # detail
    VERDICT_SAVE_DIFFERS = "verdict_save_differs"  # fields
    VERDICT_OUTCOME_UNKNOWN = "verdict_outcome_unknown"  # minutes
    VERDICT_RESULT_GONE = "verdict_result_gone"  # hot_update_id
    VERDICT_BROKEN = "verdict_broken"  # error, step
    VERDICT_NOT_FINISHED = "verdict_not_finished"  # minutes
    VERDICT_LEFT_UNDONE = "verdict_left_undone"  # step
    VERDICT_NO_EFFECT = "verdict_no_effect"  # hours
    VERDICT_STALE = "verdict_stale"  # fields
    VERDICT_NOT_ALLOWED = "verdict_not_allowed"  # who, rule
    VERDICT_APPROVAL_GONE = "verdict_approval_gone"  # who, rule, missing
    VERDICT_OVERTAKEN = "verdict_overtaken"  # fields
    VERDICT_SUPERSEDED = "verdict_superseded"  # job_id, now
    VERDICT_STARTED_ANEW = "verdict_started_anew"
    VERDICT_STOPPED = "verdict_stopped"  # savepoint (empty: none)
    VERDICT_SAVEPOINT_TAKEN = "verdict_savepoint_taken"  # path
    VERDICT_SAVEPOINT_FAILED = "verdict_savepoint_failed"  # path
    VERDICT_IMPORTED = "verdict_imported"  # path
    VERDICT_IMPORT_DIFFERS = "verdict_import_differs"  # asked, path
    VERDICT_ROLLED_BACK = "verdict_rolled_back"  # status, detail
    VERDICT_JOB_DOWN = "verdict_job_down"  # status, detail
    VERDICT_CRASHING = "verdict_crashing"  # restarts, detail
    VERDICT_STOP_STUCK = "verdict_stop_stuck"  # status, detail
    VERDICT_NO_SAVEPOINT = "verdict_no_savepoint"  # status
    VERDICT_VALUES_GONE = "verdict_values_gone"
    VERDICT_SAVED_KEPT = "verdict_saved_kept"  # the saved deployment still holds the new values


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to say: a code and the values its words need, all as text."""

    code: Code
    args: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Give a stable, unworded form for logs and exception texts."""
        facts = " ".join(f"{name}={value!r}" for name, value in self.args.items())
        return f"{self.code} {facts}".rstrip()


def note(code: Code, **args: object) -> Note:
    """Make a note; arguments become text."""
    return Note(code, {name: str(value) for name, value in args.items()})
