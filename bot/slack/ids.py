"""The ids of everything that can be pressed or chosen, in one place so that none is a typo."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """An `action_id`. What it does is a listener's; what it means stands in its name."""

    EDIT_UPDATE = "edit_update"
    CANCEL_UPDATE = "cancel_update"
    APPROVE_UPDATE = "approve_update"
    REJECT_UPDATE = "reject_update"
    RETRY_UPDATE = "retry_update"
    VIEW_UPDATE = "view_update"
    ROLL_BACK = "roll_back"
    WATCH_HOT_UPDATE = "watch_hot_update"
    CHECK_AGAIN = "check_again"
    OPEN_UPDATE_FORM = "open_update_form"
    OPEN_JOBS = "open_jobs"
    OPEN_STATUS = "open_status"
    OPEN_HELP = "open_help"
    NEWER_HISTORY = "newer_history"
    OLDER_HISTORY = "older_history"
    REFRESH_HOME = "refresh_home"
    IMPORT_SAVEPOINT = "import_savepoint"
    TAKE_SAVEPOINT = "take_savepoint"
    START_JOB = "start_job"
    STOP_JOB = "stop_job"
    CHOOSE_TARGET = "choose_target"
    CHOOSE_JOB = "choose_job"
    CHOOSE_GROUPS = "choose_groups"


class Search(StrEnum):
    """An `action_id` of a select that asks for its choices; what is chosen is read when sent."""

    DLI_JOB = "search_dli_job"
