"""What is not known, and what is found out of it later, in English."""

from __future__ import annotations

from bot.notes import Code
from bot.slack.language import Words

VERDICTS = {
    Code.VERDICT_LEFT_UNDONE: Words(
        "It was not finished: step “{step:or check}” and what follows was not done.",
        "Found out later, by reading the job again.",
        "See what the job runs and holds now, then retry.",
    ),
    Code.VERDICT_NO_EFFECT: Words(
        "Not in effect: the job shows nothing of it, {hours:hour|hours} after it was asked for.",
        "The cloud's answer was lost, or it took the request and did nothing.",
        "Retry, if it is still wanted.",
    ),
}
WORDS = {
    Code.STILL_UNKNOWN: Words(
        "Still unknown: the cloud shows nothing certain yet (read {since:or just now}).",
        "What was sent may still be under way. Nothing was sent now, and nothing will be.",
        "Look at the job in the console, or press Check again later (update {id}).",
    ),
    Code.OVERTAKEN_SINCE: Words(
        "It cannot be told any more: another update of this job began since ({id}, by"
        " {who:or somebody}).",
        "What the job shows now may be the doing of that one.",
        "See how that one ended: “/flink status {id}”.",
    ),
    Code.APPLIED_ALREADY: Words(
        "Update {id} was applied already, by {who:or somebody}; it is {state} now.",
        "Nothing was done twice.",
        "See how it stands: “/flink status {id}”.",
    ),
    Code.OPENED_ALREADY: Words(
        "This was answered already.", "Slack delivered it twice; the window is open."
    ),
    Code.OPENED_TOO_LATE: Words(
        "Slack lets a window be opened within 3 seconds, and they were over.",
        "Nothing was done.",
        "Try again.",
    ),
    Code.TEXT_ILLEGIBLE: Words(
        "Line {line:or 1} holds a character that cannot be seen or kept, such as NUL.",
        "It often comes along when text is copied from a terminal or a binary file.",
        "Type that line anew.",
    ),
    Code.STORE_AWAY: Words(
        "Flinkbot cannot reach its database.", "Nothing was done.", "Try again in a minute."
    ),
    Code.RECORD_UNSURE: Words(
        "Flinkbot lost its database while it recorded this.",
        "It may have been recorded, and may take its course.",
        "In a minute, look at “/flink status {id}”, or press again: nothing is done twice.",
    ),
    Code.EVENT_FOUND_OUT: Words(
        "{who:or Somebody} had the cloud read again, and the outcome is known now: {state}."
    ),
    **VERDICTS,
}
