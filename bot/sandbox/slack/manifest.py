"""What the app declares in its manifest: commands, shortcuts, events and the tabs of its Home."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.slack.nouns import Command, Shortcut


@dataclass(frozen=True, slots=True)
class Manifest:
    """One app's. Without declared commands every command is taken to be the app's."""

    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    events: frozenset[str] = frozenset({"app_home_opened"})
    home_enabled: bool = True
    messages_tab_enabled: bool = True

    def command(self, command: str) -> Command:
        """Give a slash command of the app's."""
        if not self.commands:
            return Command(command)
        for one in self.commands:
            if one.command == command:
                return one
        raise LookupError(f"{command} is not a valid command")

    def shortcut(self, callback_id: str, kind: str) -> Shortcut:
        """Give a shortcut that is offered for messages or globally."""
        for one in self.shortcuts:
            if (one.callback_id, one.type) == (callback_id, kind):
                return one
        offered = [one.callback_id for one in self.shortcuts if one.type == kind]
        raise LookupError(f"no {kind} shortcut {callback_id!r}; there is {offered}")
