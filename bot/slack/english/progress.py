"""How an update moves and ends, in English."""

from __future__ import annotations

from bot.notes import Code
from bot.slack.language import Words

EVENTS = {
    Code.EVENT_PLANNED: Words("Planned. Nothing is sent yet."),
    Code.EVENT_QUEUED: Words("Applied by {who:or somebody}; it starts within seconds."),
    Code.EVENT_CHECKED: Words("Checked: the deployment and the job are as reviewed."),
    Code.EVENT_SAVING: Words("Saving {count:setting|settings}."),
    Code.EVENT_SAVE_AGAIN: Words(
        "The save did not arrive: the deployment still holds the old values.",
        fix="I check again from the start, then save.",
    ),
    Code.EVENT_SAVED: Words("Saved and read back (revision {revision:or not reported})."),
    Code.EVENT_NOTHING_TO_SAVE: Words("Nothing to save: the deployment holds the values already."),
    Code.EVENT_TRIGGERING: Words("Telling job {job_id} to take the saved values."),
    Code.EVENT_TRIGGERED: Words(
        "The cloud accepted the hot update: id {hot_update_id},"
        " request id {request_id:or not reported}. It is not applied yet."
    ),
    Code.EVENT_PROGRESS: Words("The cloud reports {status:or no status}."),
    Code.EVENT_ANSWER_LOST: Words(
        "The answer to {operation} was lost: it may or may not have arrived.",
        "{detail:or No detail.}",
        "I read what happened; it is not sent again.",
    ),
    Code.EVENT_RETRYING: Words(
        "{operation} did not work yet.", "{detail:or No detail.}", "I try again."
    ),
    Code.EVENT_SLOW: Words(
        "Slower than usual: {minutes} min so far.",
        "A hot update usually takes less than 1 min.",
        "I keep watching.",
    ),
    Code.EVENT_OVERDUE: Words(
        "Outcome unknown after {minutes} min.",
        fix="I keep watching until {until} min. Do not submit it again.",
    ),
    Code.EVENT_VERIFYING: Words("The cloud reports it done; reading the job back."),
    Code.EVENT_CANCELLED: Words("Cancelled by {who:or somebody}. Nothing was sent."),
    Code.EVENT_EXPIRED: Words("Expired: nobody applied it in time. Nothing was sent."),
    Code.EVENT_APPROVAL_ASKED: Words(
        "{people:or Nobody}: {who} asks for your approval (rule “{rule}”).",
        "{approvals:approval is|approvals are} needed until {until}.",
        "Approve or reject it on the card.",
    ),
    Code.EVENT_APPROVED: Words("Approved by {who}.", "Asked for by {requester:or somebody}."),
    Code.EVENT_REJECTED: Words(
        "{requester}: rejected by {who:or somebody}.",
        "The reason: {why:or none given}.",
        "Nothing was sent.",
    ),
    Code.EVENT_REMINDED: Words(
        "{people}: it still waits for your approval.",
        "It expires {until:or soon}.",
        "Approve or reject it on the card.",
    ),
    Code.EVENT_NOT_APPROVED: Words(
        "{who}: not approved in time.",
        fix="Nothing was sent. Retry when somebody can approve it.",
    ),
    Code.EVENT_REPLACED: Words("Replaced by update {id}. Nothing was sent."),
    Code.EVENT_WATCHING: Words(
        "Watching hot update {hot_update_id} for {who:or somebody}; it was started elsewhere."
    ),
    Code.EVENT_FINISHED: Words("Ended: {state}."),
}

VERDICTS = {
    Code.VERDICT_APPLIED: Words("Applied. The running job shows every value, read back from it."),
    Code.VERDICT_RECOVERED: Words(
        "The running job has the values.", "The cloud's answer was lost; the job itself shows them."
    ),
    Code.VERDICT_SAVED_ONLY: Words(
        "Saved. The running job is untouched.", "The values act at the job's next start."
    ),
    Code.VERDICT_DIFFERS: Words(
        "Not every value took effect.",
        "The cloud reports success, but the running job shows something else.",
        "Compare the values below before you try again.",
    ),
    Code.VERDICT_PINNED: Words(
        "{count:operator|operators} did not follow the parallelism: {operators}.",
        "They have a parallelism of their own, which a hot update does not change.",
        "Remove it in the job's code or resource plan if they should follow.",
    ),
    Code.VERDICT_UNVERIFIED: Words(
        "The cloud reports success, but it could not be verified.",
        "The cloud did not say what it changed, so there is nothing to compare.",
        "Look at the job in the console.",
    ),
    Code.VERDICT_RESTARTED: Words(
        "The job restarted meanwhile: restarts {before:or ?} → {after:or ?}.",
        fix="Check that it completes checkpoints.",
    ),
    Code.VERDICT_FAILED_OLD_RUNNING: Words(
        "Failed. The old settings still run; read back from the job.",
        "The cloud said: {cloud_said}.",
        "No data is at risk. Remove the cause, then retry.",
    ),
    Code.VERDICT_FAILED_JOB_DOWN: Words(
        "JOB DOWN: the hot update failed and the job is not running (status: {status:or none}).",
        "The cloud said: {cloud_said}.",
        "Act now: choose old or new settings, then start it in the console from its latest"
        " checkpoint."
        " A start without state may lose or repeat data.",
    ),
    Code.VERDICT_FAILED_UNCLEAR: Words(
        "Failed. The job runs, but not clearly with the old settings.",
        "The cloud said: {cloud_said}.",
        "Compare the values below with what should run.",
    ),
    Code.VERDICT_REFUSED: Words(
        "The cloud refused {operation:or the request}.",
        "{detail:or No detail.}",
        "The running job is untouched. Remove the cause, then retry.",
    ),
    Code.VERDICT_NOT_SENT: Words(
        "Nothing was changed: it could not begin in time.",
        "{detail:or No detail.}",
        "The job is untouched. Retry.",
    ),
    Code.VERDICT_SAVE_LOST: Words(
        "Nothing was saved: the request did not arrive.",
        "{detail:or The deployment still holds the old values.}",
        "The running job is untouched. Retry.",
    ),
    Code.VERDICT_SAVE_DIFFERS: Words(
        "The cloud saved something else than was asked.",
        "Different: {fields:or not reported}.",
        "The running job was not told to take it. Look at the deployment in the console.",
    ),
    Code.VERDICT_OUTCOME_UNKNOWN: Words(
        "Outcome unknown: no clear answer for {minutes} min.",
        "The change may or may not have been applied, now or later.",
        "Look at the job in the console before anything else is submitted.",
    ),
    Code.VERDICT_RESULT_GONE: Words(
        "Outcome unknown: the cloud no longer knows hot update {hot_update_id}.",
        fix="Compare what the job runs with what it should run.",
    ),
    Code.VERDICT_BROKEN: Words(
        "Flinkbot itself failed at step “{step:or check}” ({error}), again and again.",
        "Its log says more. What had been sent by then may have been applied.",
        "Look at the job in the console, and tell whoever runs Flinkbot.",
    ),
    Code.VERDICT_NOT_FINISHED: Words(
        "Not applied: the cloud gave no usable answer for {minutes} min.",
        "The running job was never told to take the new values; the deployment may hold them.",
        "Look at what is saved on the deployment, then retry.",
    ),
    Code.VERDICT_OVERTAKEN: Words(
        "Not applied: the deployment was saved anew after it was reviewed.",
        "Moved: {fields:or not reported}. The answer to my own save was lost, so some of it may be"
        " mine.",
        "The running job was not told to take it. Look at the deployment, then retry.",
    ),
    Code.VERDICT_STALE: Words(
        "Not applied: something moved since it was reviewed.",
        "Moved: {fields:or not reported}.",
        "Nothing was sent. Retry to review it against what runs now.",
    ),
    Code.VERDICT_NOT_ALLOWED: Words(
        "Not applied: the rules do not allow it to {who:or the requester} any more.",
        "The rule “{rule}” decided, as it is now.",
        "Nothing was changed.",
    ),
    Code.VERDICT_APPROVAL_GONE: Words(
        "Not applied: {missing:approval is|approvals are} missing by now.",
        "The rules or the approvers' groups changed (rule “{rule}”).",
        "Nothing was changed. {who:or The requester}: Retry asks for approval again.",
    ),
    Code.VERDICT_SUPERSEDED: Words(
        "The job was restarted meanwhile: job {job_id:or (none)} is now {now:or not running}.",
        "The new run took whatever was saved on the deployment.",
        "Compare what it runs with what it should run.",
    ),
    Code.VERDICT_SAVED_KEPT: Words(
        "The saved deployment still holds the new values ({count:setting|settings}).",
        "The next start of the job would apply them.",
        "Restore the saved settings if they should not stay.",
    ),
}
