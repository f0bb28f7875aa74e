"""A small Slack on loopback, as strict as the real one, to try and test the bot against."""

from bot.sandbox.slack.nouns import Channel, Message, User, View
from bot.sandbox.slack.outcomes import Outcome, SubmissionOutcome, SuggestionsFailedError
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.simulator import SlackSimulator
from bot.sandbox.slack.validate import Fault, faults

__all__ = [
    "Channel",
    "Fault",
    "Message",
    "Outcome",
    "Person",
    "SlackSimulator",
    "SubmissionOutcome",
    "SuggestionsFailedError",
    "User",
    "View",
    "faults",
]
