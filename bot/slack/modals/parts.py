"""What the modals are laid out with; every limit of Slack's on a view is kept here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.views import View as SdkView

from bot.slack import text, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from slack_sdk.models.blocks import ButtonElement

    from bot.notes import Note

View = dict[str, Any]
_Row = TypeVar("_Row")
MOST_BLOCKS = 100
LARGEST_TEXTS = 200_000
"""Bytes; a whole view may have 250,000."""
LONGEST_TITLE = 24
LONGEST_NAME = 120
_PRODUCTION = frozenset({"production", "prod", "live"})
_LONGEST_LINE = 1_500
_LONGEST_FIELD = 2_000


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str = "",
    private_metadata: str = "",
    submit: str = "",
    close: str = "Close",
) -> View:
    """Give a view; without `submit` it can only be closed."""
    view = SdkView(
        type="modal",
        title=PlainTextObject(text=title[:LONGEST_TITLE]),
        blocks=_fitting(blocks),
        callback_id=callback_id or None,
        private_metadata=private_metadata or None,
        submit=PlainTextObject(text=submit) if submit else None,
        close=PlainTextObject(text=close),
    )
    return view.to_dict()


def _fitting(blocks: Sequence[Block]) -> list[Block]:
    """Leave out the last texts of what Slack would refuse as too much; fields always stay."""
    room = MOST_BLOCKS - 1 - sum(not isinstance(block, SectionBlock) for block in blocks)
    kept: list[Block] = []
    size = left = 0
    for block in blocks:
        if isinstance(block, SectionBlock):
            size += len(json.dumps(block.to_dict()))
            room -= 1
            if room < 0 or size > LARGEST_TEXTS:
                left += 1
                continue
        kept.append(block)
    return [*kept, context("… and more than Slack can show")] if left else kept


def header(title: str) -> HeaderBlock:
    """Give a heading of plain text."""
    return HeaderBlock(text=PlainTextObject(text=text.cut(text.one_line(title), 150) or "?"))


def section(*lines: str) -> SectionBlock:
    """Give mrkdwn lines that belong together; their foreign parts must be escaped already."""
    return SectionBlock(text=_mrkdwn(text.fit(lines)))


def fields(facts: Sequence[tuple[str, str]]) -> SectionBlock:
    """Give up to ten titles, each with its mrkdwn fact below it, in two columns."""
    return SectionBlock(
        fields=[
            MarkdownTextObject(text=text.fit([f"*{title}*", fact], _LONGEST_FIELD), verbatim=True)
            for title, fact in facts
        ]
    )


def sections(lines: Sequence[str]) -> Iterator[SectionBlock]:
    """Give as many sections as the lines need (at least one), so that none is left out."""
    held: list[str] = []
    size = 0
    for line in lines:
        shown = text.fit([line], _LONGEST_LINE)
        if held and size + len(shown) > text.LONGEST_SECTION - 100:
            yield section(*held)
            held, size = [], 0
        held.append(shown)
        size += len(shown) + 1
    yield section(*held)


def context(*facts: str) -> ContextBlock:
    """Give small print."""
    return ContextBlock(elements=[_mrkdwn(text.fit([" · ".join(filter(None, facts))]))])


def buttons(*elements: ButtonElement) -> ActionsBlock:
    """Give a row of buttons."""
    return ActionsBlock(elements=[*elements])


def divider() -> DividerBlock:
    """Give a line."""
    return DividerBlock()


def listed(rows: Sequence[_Row], most: int, line: Callable[[_Row], str]) -> list[str]:
    """Give the first rows as lines, and how many more there are."""
    left = len(rows) - most
    return [*map(line, rows[:most]), *([f"… and {left} more"] if left > 0 else [])]


def note_lines(said: Note, icon: str) -> list[str]:
    """Say a note: what in bold, then why and what to do."""
    three = words.mrkdwn_words(said)
    return [f"{icon} *{three.what}*", *filter(None, (three.why, three.fix))]


def trouble(said: Note) -> SectionBlock:
    """Say at the top what stands in the way."""
    return section(*note_lines(said, "⚠️"))


def frozen(said: Note | None) -> list[Block]:
    """Say that nothing may begin there now."""
    return [section(*note_lines(said, "🧊"))] if said else []


def danger(environment: str) -> list[Block]:
    """Warn where a change would hit production."""
    if environment.strip().lower() not in _PRODUCTION:
        return []
    return [section("🔴 *Production.* What you apply here acts on live data.")]


def name_of(setting: str) -> str:
    """Give a setting's label, harmless in mrkdwn."""
    return text.clean(words.setting_label(setting), LONGEST_NAME).replace("*", "∗")  # noqa: RUF001


def value(shown: str | None, unset: str = "not set") -> str:
    """Give a setting's value as code; a missing one in words."""
    return text.code(shown, LONGEST_NAME) if shown is not None else f"_{unset}_"


def _mrkdwn(shown: str) -> MarkdownTextObject:
    # Verbatim: foreign text is not searched for links and channel names.
    return MarkdownTextObject(text=text.fit([shown]), verbatim=True)
