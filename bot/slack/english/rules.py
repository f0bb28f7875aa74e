"""What rules decide, and who may approve, in English."""

from __future__ import annotations

from bot.notes import Code
from bot.slack.language import Words

DECISIONS = {
    Code.RULE_ALLOWS: Words("The rule “{rule}” allows it."),
    Code.RULE_WANTS_APPROVAL: Words("The rule “{rule}” wants an approval of everything."),
    Code.RULE_REFUSES: Words(
        "The rule “{rule}” refuses it.", fix="Ask whoever runs Flinkbot to change the rule."
    ),
    Code.NO_RULE_ALLOWS: Words(
        "No rule allows you to do this.",
        "Operation: {operation:or any}, job: {job:or any}, target: {target:or unknown}. Your user"
        " id is {user:or unknown}, this channel's id is {channel:or unknown}.",
        "Ask whoever runs Flinkbot for a rule; “flinkbot rules explain” shows what is missing.",
    ),
    Code.GROUPS_UNKNOWN: Words(
        "The rule “{rule}” names a user group whose members cannot be read.",
        "As long as nobody can tell whether you are in it, nothing is allowed.",
        "Try again in a minute.",
    ),
    Code.FIELDS_FORBIDDEN: Words(
        "May not be changed: {fields}.", "A rule forbids it.", "Leave it as it is."
    ),
    Code.FIELDS_REQUIRED: Words(
        "Not filled in: {fields}.", "A rule requires it.", "Fill it in and review again."
    ),
    Code.PARALLELISM_OUTSIDE: Words(
        "A parallelism of {given:or nothing} is outside of the limits.",
        "From {minimum:or any}, up to {maximum:or any}.",
    ),
    Code.STEP_TOO_LARGE: Words(
        "{fields} changes by a factor of {factor:or unknown size} in one step.",
        "The largest one is {largest}.",
        "A smaller step is inside the limits.",
    ),
    Code.RESTART_CLASS: Words(
        "It needs a restart of the job.", "The job is interrupted, now or at its next start."
    ),
    Code.OUT_OF_HOURS: Words(
        "It is out of hours.", "The hours are {hours}; there it is {now} now."
    ),
}

MISSES = {
    Code.RULE_OTHER_TARGET: Words("It is for the targets {wanted:or (none)}, not for {given}."),
    Code.RULE_OTHER_ENVIRONMENT: Words(
        "It is for the environments {wanted:or (none)}, not for {given}."
    ),
    Code.RULE_OTHER_JOB: Words("It is for jobs named {wanted:or (none)}, not for {given}."),
    Code.RULE_OTHER_OPERATION: Words(
        "It is for the operations {wanted:or (none)}, not for {given}."
    ),
    Code.RULE_OTHER_CHANNEL: Words(
        "It is for the channels {wanted:or (none)}, not for {given:or a click in none}."
    ),
    Code.RULE_OTHER_PEOPLE: Words("It is for requests of {people:or nobody}."),
    Code.RULE_NOT_REACHED: Words("The rule “{rule}” decided before."),
}

APPROVALS = {
    Code.NO_APPROVAL_NEEDED: Words(
        "There is nothing to approve.", "What the rules say of it is: {ruling}."
    ),
    Code.OWN_REQUEST: Words(
        "Your own request needs somebody else's approval.", "The rule “{rule}” says so."
    ),
    Code.NOT_AN_APPROVER: Words(
        "You may not approve this.",
        "The approvers of the rule “{rule}” are {people:or nobody}.",
    ),
    Code.APPROVED_BY_YOU: Words(
        "You approved it already.", "{missing:approval is|approvals are} missing."
    ),
    Code.APPROVED_ALREADY: Words("It is approved already, by {count:person|people}."),
    Code.DECIDED_ALREADY: Words(
        "Nothing to decide any more: update {id} is {state}.",
        "It was decided by {who:or nobody in time}.",
        "Your click changed nothing.",
    ),
    Code.NOT_WAITING: Words("Nobody has asked for the approval of update {id} yet."),
    Code.NOT_YOUR_PLAN: Words(
        "Only {who:or its author} can ask for the approval of this plan.",
        fix="Make a plan of your own.",
    ),
    Code.REQUEST_FORBIDDEN: Words(
        "The rules do not allow {who:or the requester} to do this any more (rule “{rule}”).",
        "An approval does not change that. Nothing was sent.",
        "Reject it, or ask whoever runs Flinkbot about the rule.",
    ),
}

RULES = {**DECISIONS, **MISSES, **APPROVALS}
