"""Lay out one message: every limit of Slack's is kept here, and its text says what is seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.slack import text
from bot.slack.payload import Payload

LONGEST_HEADER = 150
_LONGEST_LABEL = 75
_MOST_SECTIONS = 44  # with header, context and buttons below Slack's 50 blocks


@dataclass(frozen=True, slots=True)
class Part:
    """Some mrkdwn lines that belong together, and a button beside them."""

    lines: tuple[str, ...]
    button: ButtonElement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A message before it is cut to size. `headline` is plain text, all else escaped mrkdwn."""

    headline: str = ""
    parts: list[Part] = field(default_factory=list)
    context: list[str] = field(default_factory=list)
    """Facts in small print, on one line."""
    footnotes: list[str] = field(default_factory=list)
    """More small print below them, each on a line of its own."""
    buttons: list[ButtonElement] = field(default_factory=list)

    def add(self, *lines: str, beside: ButtonElement | None = None) -> None:
        """Add a part; without any line it is left out."""
        if lines:
            self.parts.append(Part(lines, beside))

    def payload(self) -> Payload:
        """Give the message."""
        blocks: list[Block] = []
        if self.headline:
            blocks.append(HeaderBlock(text=PlainTextObject(text=_header(self.headline))))
        blocks += [_section(part) for part in self.parts[:_MOST_SECTIONS]]
        if small := self._small_print():
            blocks.append(ContextBlock(elements=[_mrkdwn("\n".join(small))]))
        if self.buttons:
            blocks.append(ActionsBlock(elements=[*self.buttons]))
        return Payload(self._text(), [block.to_dict() for block in blocks])

    def _small_print(self) -> list[str]:
        return [line for line in (" · ".join(self.context), *self.footnotes) if line]

    def _text(self) -> str:
        head = [text.clean(self.headline, 600)] if self.headline else []
        lines = [line for part in self.parts for line in part.lines]
        tail = text.fit(self._small_print(), 900)
        room = text.LONGEST_TEXT - len(tail) - 1
        return "\n".join(filter(None, [text.fit([*head, *lines], room), tail]))


def _header(headline: str) -> str:
    return text.cut(text.one_line(headline), LONGEST_HEADER)


def _section(part: Part) -> SectionBlock:
    hint = ", see View" if len(part.lines) > 1 else ""
    shown = text.fit(part.lines, text.LONGEST_SECTION, hint)
    return SectionBlock(text=_mrkdwn(shown), accessory=part.button)


def _mrkdwn(shown: str) -> MarkdownTextObject:
    # Verbatim: foreign text is not searched for links and channel names.
    return MarkdownTextObject(text=text.fit([shown], text.LONGEST_SECTION), verbatim=True)


def button(
    label: str, action: str, value: str, spoken: str, *, confirm: ConfirmObject | None = None
) -> ButtonElement:
    """Make a button; `spoken` is what a screen reader says. One with a confirm is dangerous."""
    return ButtonElement(
        text=PlainTextObject(text=label),
        action_id=action,
        value=value or None,
        style="danger" if confirm else None,
        confirm=confirm,
        accessibility_label=text.cut(text.one_line(spoken), _LONGEST_LABEL),
    )


def confirmation(title: str, question: str, confirm: str, deny: str) -> ConfirmObject:
    """Make the "are you sure" of a dangerous button."""
    return ConfirmObject(
        title=PlainTextObject(text=text.cut(title, 100)),
        text=PlainTextObject(text=text.cut(question, 300)),
        confirm=confirm,
        deny=deny,
        style="danger",
    )
