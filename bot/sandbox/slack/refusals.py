"""How the simulated Slack says no: an error code inside HTTP 200, as the real one does."""

from __future__ import annotations

from typing import Any

from bot.errors import BotError


class RefusedError(BotError):
    """A call that Slack answers with `ok: false`.

    `error` is Slack's own code; `messages` become `response_metadata.messages`; `details` are
    further top-level fields of the answer (`needed`, `provided`, `errors`).
    """

    def __init__(
        self, error: str, messages: tuple[str, ...] = (), details: dict[str, Any] | None = None
    ) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages
        self.details = details or {}
