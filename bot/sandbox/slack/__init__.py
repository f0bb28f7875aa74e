"""A small Slack on loopback, as strict as the real one, to try and test the bot against."""

from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.nouns import Channel, Command, Message, Shortcut, User, View
from bot.sandbox.slack.outcomes import Outcome, SubmissionOutcome, SuggestionsFailedError
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.simulator import SlackSimulator
from bot.sandbox.slack.validate import Fault, faults

__all__ = [
    "Channel",
    "Command",
    "Fault",
    "Manifest",
    "Message",
    "Outcome",
    "Person",
    "Shortcut",
    "SlackSimulator",
    "SubmissionOutcome",
    "SuggestionsFailedError",
    "User",
    "View",
    "faults",
]
