"""Answers that only the asking person sees."""

from __future__ import annotations

from bot.slack.replies.history import history
from bot.slack.replies.listing import job_option, job_options, jobs
from bot.slack.replies.short import frozen, help_text, launcher, mistake, problem, receipt
from bot.slack.replies.standing import job_status, result, status, update_status

__all__ = [
    "frozen",
    "help_text",
    "history",
    "job_option",
    "job_options",
    "job_status",
    "jobs",
    "launcher",
    "mistake",
    "problem",
    "receipt",
    "result",
    "status",
    "update_status",
]
