"""Form fields, plans and refusals, in English."""

from __future__ import annotations

from bot.notes import Code
from bot.slack.language import Words

FORM = {
    Code.VALUE_EMPTY: Words("{field} is empty.", fix="Enter a value, or leave it as it was."),
    Code.NOT_A_WHOLE_NUMBER: Words(
        "“{given}” is not a whole number.", fix="Enter digits only, for example 8."
    ),
    Code.NUMBER_TOO_SMALL: Words(
        "{given} is too small.", fix="Enter a whole number of at least {minimum}."
    ),
    Code.NOT_A_DURATION: Words(
        "“{given}” is not a duration.",
        fix="Enter a number and a unit, for example 30 s, 3 min or 1 h.",
    ),
    Code.DURATION_NOT_POSITIVE: Words(
        "“{given}” is not a duration Flink accepts here.", fix="Enter at least 1 ms."
    ),
    Code.SETTING_MALFORMED: Words(
        "Line {line} is not a setting: “{given}”.", fix="Write one “key: value” per line."
    ),
    Code.SETTING_REPEATED: Words("{key} is given more than once.", fix="Keep one of the lines."),
    Code.SETTING_IS_KNOB: Words(
        "{key} has a field of its own.", fix="Enter it in the field “{field}”."
    ),
    Code.SETTING_HOLDS_SECRET: Words(
        "{key} may hold a secret.",
        "Secrets never pass through Slack.",
        "Set it in the cloud's console.",
    ),
    Code.NO_JOB_CHOSEN: Words("No job is chosen.", fix="Choose the job to change."),
    Code.EDITS_NOT_ACCEPTED: Words(
        "What needs your yes is not accepted yet.",
        "The review says what it leads to.",
        "Read it, then tick the box.",
    ),
    Code.FORM_EXPIRED: Words(
        "This form is too old.", "What it was filled with is gone.", "Open it again."
    ),
    Code.FORM_NOT_FILLED: Words(
        "The values of this job are not shown yet.",
        "They are still being read from the cloud.",
        "Wait until they appear, then press Review again.",
    ),
}

BLOCKS = {
    Code.NO_CHANGE: Words(
        "Nothing would change.",
        "The values asked for are those that run already.",
        "Change at least one value.",
    ),
    Code.JOB_NOT_RUNNING: Words(
        "The job is not running (status: {status:or no job}).",
        "Only a running job can be updated in place. Last failure: {failure:or none reported}.",
        "Start the job in the console, then try again.",
    ),
    Code.NOT_STREAMING: Words(
        "The job is not a streaming job (mode: {mode:or not reported}).",
        "Only streaming jobs can be updated in place.",
        "Change the deployment in the console and start it again.",
    ),
    Code.SESSION_CLUSTER: Words(
        "The job runs in the session cluster {cluster}.",
        "Jobs in a session cluster cannot be updated in place.",
        "Deploy it per job, or change it in the console and restart it.",
    ),
    Code.ENGINE_TOO_OLD: Words(
        "The engine {engine} is too old.",
        "An update in place needs VVR {minimum} or later.",
        "Upgrade the engine, or restart the job with the new values.",
    ),
    Code.EXPERT_MODE: Words(
        "The parallelism cannot be changed: resources are in {mode:or EXPERT} mode.",
        "Only BASIC mode has one parallelism for the whole job.",
        "Change the resource plan in the console and restart the job.",
    ),
    Code.UNALIGNED_CHECKPOINTS: Words(
        "The parallelism cannot be changed while unaligned checkpoints are on.",
        "{key} is true.",
        "Turn it off and restart the job first.",
    ),
    Code.ABOVE_MAX_PARALLELISM: Words(
        "Parallelism {given} is above the maximum of {maximum}.",
        "{operator} sets that maximum; its state cannot be split further.",
        "Choose at most {maximum}.",
    ),
}

WARNINGS = {
    Code.ENGINE_UNKNOWN: Words(
        "The engine version {engine:or (none reported)} is not known.",
        "Whether it supports updates in place cannot be told.",
        "Check it in the console if in doubt.",
    ),
    Code.ABOVE_DEFAULT_MAX_PARALLELISM: Words(
        "Parallelism {given} may be above the job's maximum.",
        "If no maximum was set, Flink fixed it at {maximum} when the job first started.",
        "The cloud refuses it if so; nothing breaks.",
    ),
    Code.LARGE_STEP: Words(
        "Parallelism moves from {before} to {after}: more than a factor of 2.",
        "Large steps redistribute much state and may run out of quota.",
    ),
    Code.PINNED_OPERATORS: Words(
        "{count:operator|operators} will keep their own parallelism: {operators}.",
        "A parallelism set on an operator overrides that of the job.",
    ),
    Code.SOURCE_LIMITED: Words(
        "The source {operator} stays at parallelism {parallelism}.",
        "It may limit the throughput whatever the rest of the job has.",
    ),
    Code.PAUSE_ABOVE_INTERVAL: Words(
        "The minimum pause ({pause}) is longer than the checkpoint interval ({interval}).",
        "The pause decides then; the interval has no effect.",
    ),
    Code.TIMEOUT_BELOW_LAST_CHECKPOINT: Words(
        "The checkpoint timeout ({timeout}) is shorter than the last checkpoint took ({last}).",
        "Checkpoints may time out from now on.",
    ),
    Code.TASKMANAGER_TOO_SMALL: Words(
        "A TaskManager has only {cpu} cores and {memory}.",
        "The vendor asks for at least 0.25 cores and 1 GiB.",
    ),
    Code.COST_UNKNOWN: Words(
        "The cost cannot be estimated.", "The resource settings could not all be read."
    ),
    Code.AUTOPILOT_ON: Words(
        "Autopilot is on.",
        "It may change the parallelism back.",
        "Turn it off in the console if the new value has to stay.",
    ),
    Code.SCHEDULED_PLAN_APPLIED: Words(
        "The scheduled plan {plan} is applied.",
        "It changes the resources at its own times.",
        "Change or stop it in the console if the new value has to stay.",
    ),
    Code.TUNING_UNREADABLE: Words(
        "It is not known whether something else tunes this job.", "{what} could not be read."
    ),
    Code.OPERATORS_UNREADABLE: Words(
        "The operators could not be read from Flink.",
        "Whether each of them follows the parallelism is not checked.",
        "Look at the job graph in the console.",
    ),
    Code.FOREIGN_EDITS: Words(
        "The deployment has unapplied changes by {who:or somebody else}"
        " ({count:setting|settings} seen to differ).",
        "A hot update applies everything that is saved, these changes too.",
        "Accept them, or ask their author first.",
    ),
    Code.JOB_ID_UNUSUAL: Words(
        "The job id {job_id} has an unusual form.", "The cloud may refuse it."
    ),
    Code.RESTART_FIELDS: Words(
        "{count:setting|settings} will be saved only.",
        "They act at the job's next start, not now.",
    ),
    Code.NO_WAY_BACK: Words(
        "This cannot be rolled back: {fields}.",
        "What is stored there now may hold a secret, and there is nothing to seal it with.",
        "Keep a copy of it, or have the operator set FLINKBOT_SECRET_KEY.",
    ),
    Code.ROLLBACK_LACKS: Words(
        "This is not taken back: {fields}.",
        "What was there before may have held a secret, and was not kept.",
        "Set it by hand afterwards.",
    ),
    Code.ROLLBACK_UNSETS: Words(
        "This was not set before and is removed: {fields}.",
        "A running job may keep the value until its next start; the verdict will tell.",
    ),
    Code.ROLLBACK_KEEPS_STATE: Words(
        "The settings are taken back, the job's state is not.",
        "What was processed since update {id} stays processed, and what that update dropped does"
        " not return.",
        "To go back to older state, import a savepoint from before.",
    ),
}

REFUSALS = {
    Code.NOT_ALLOWED: Words(
        "You may not change jobs of {target} from here.",
        "Not on the list: {missing_what}. Your user id is {user:or unknown},"
        " this channel's id is {channel:or unknown}.",
        "Ask whoever runs Flinkbot to add to its configuration:\n{toml}",
    ),
    Code.CHANNEL_NEEDED: Words(
        "Jobs of {target} are changed from certain channels only.",
        "A click made outside of channels does not show that you are in one of them.",
        "Run `/flink update` in {channels:or a channel that its allow_channels allows}.",
    ),
    Code.UNKNOWN_TARGET: Words(
        "There is no target “{target}”.", fix="Use one of: {targets:or (none configured)}."
    ),
    Code.TARGET_NEEDED: Words(
        "It is not known where to look.",
        "There is more than one target, and no update of mine has this id.",
        "Add the target at the end of the line, one of: {targets}.",
    ),
    Code.UNKNOWN_UPDATE: Words(
        "There is no update “{id}”.", fix="“/flink status” lists the newest ones."
    ),
    Code.UNKNOWN_JOB: Words(
        "There is no job “{job}” in {target:or any target}.",
        fix="“/flink jobs” lists them; part of a name is enough.",
    ),
    Code.AMBIGUOUS_JOB: Words(
        "“{job}” can mean more than one job.", "It is part of: {names}.", "Type more of the name."
    ),
    Code.UPDATE_IN_PROGRESS: Words(
        "Another update of this job is in progress: {id:or (id unknown)},"
        " by {who:or somebody}, since {since:or a moment ago}.",
        "A job takes one update at a time.",
        "Wait for its end, or cancel it if it has not begun: “/flink status {id}”.",
    ),
    Code.NOT_PLANNED_ANY_MORE: Words(
        "Update {id} cannot be applied any more (it is {state}).",
        fix="Open the form again for a fresh plan.",
    ),
    Code.NOT_CANCELLABLE: Words(
        "Update {id} cannot be cancelled any more (it is {state}).",
        "What was sent to the cloud cannot be called back.",
        "See how it stands: “/flink status {id}”.",
    ),
    Code.PLAN_BLOCKED: Words(
        "Update {id} cannot be applied.",
        "A check forbids it; the review names it.",
        "Change the values and review again.",
    ),
    Code.NOTHING_TO_RESTORE: Words(
        "Nothing of update {id} can be taken back (it is {state}).",
        "It is not known to have left anything behind.",
    ),
    Code.ROLLBACK_NO_WAY: Words(
        "Update {id} cannot be rolled back.",
        "Only a change of a job's settings can.",
        "Start, stop or change the job instead.",
    ),
    Code.ROLLBACK_NOT_ENDED: Words(
        "Update {id} has not ended (it is {state}).",
        "What is not done cannot be taken back.",
        "Wait for its end, or cancel it if it has not begun: “/flink status {id}”.",
    ),
    Code.ROLLBACK_OUTCOME_UNKNOWN: Words(
        "Update {id} cannot be rolled back: nobody knows what it did.",
        "Its outcome could not be learnt.",
        "Press Check again on its card first.",
    ),
    Code.ROLLBACK_TOO_OLD: Words(
        "Update {id} is too old to be rolled back.",
        "It ended more than {days} days ago; what was right then may be wrong now.",
        "Make the change anew: “/flink update”.",
    ),
    Code.ROLLBACK_DONE: Words(
        "All that update {id} changed is as it was before.",
        "It was taken back already, here or elsewhere.",
    ),
    Code.ROLLBACK_MOVED: Words(
        "Update {id} cannot be rolled back: the job was changed since.",
        "Not as it left them: {fields}. Last saved by {who:or somebody unknown}.",
        "See what was done: “/flink history {job}”. Then change what is to be changed.",
    ),
    Code.CLOUD_UNAVAILABLE: Words(
        "{target} does not answer.", "{detail:or No detail.}", "Nothing was sent. Try again later."
    ),
    Code.CLOUD_REFUSED: Words(
        "{target} refused.", "{detail:or No detail.}", "Nothing was changed."
    ),
    Code.CLOUD_AUTH: Words(
        "{target} does not accept Flinkbot's credentials.",
        "{detail:or No detail.}",
        "Ask whoever runs Flinkbot to check the access key and the clock.",
    ),
    Code.CLOUD_FORBIDDEN: Words(
        "Flinkbot lacks a permission on {target}: {operation}.",
        "{detail:or No detail.}",
        "Ask whoever runs Flinkbot to grant it.",
    ),
    Code.CLOUD_NOT_FOUND: Words(
        "{target} does not know it (any more).",
        "{detail:or No detail.}",
        "Check the id; “/flink jobs” lists what there is.",
    ),
    Code.SLACK_LIMITS: Words(
        "Slack gets too many requests and did not let me open the window.",
        "Nothing was done.",
        "Try again in a few seconds.",
    ),
}
