"""The Home tab: what is being changed, what ended last, and what its reader may change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import Block, SectionBlock
from slack_sdk.models.views import View as SdkView

from bot.flink.update import State
from bot.notes import Code, Note
from bot.slack import text, words
from bot.slack.cards import parts as told
from bot.slack.cards.stepper import present_step, steps_of
from bot.slack.ids import Action
from bot.slack.modals import notice, parts
from bot.slack.sheet import button

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from slack_sdk.models.blocks import ActionsBlock

    from bot.flink.update import Update

MOST_LIVE = 15
MOST_ENDED = 8
_MOST_TARGETS = 40
_MOST_FROZEN = 8
_LONGEST_JOB = 300


@dataclass(frozen=True, slots=True)
class Reach:
    """A target, and why the reader may not change it from here; no refusal means they may."""

    target: str
    environment: str = ""
    channel: str = ""
    """Where its cards go; empty: not to one channel only."""
    refusal: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """How updates stand. `live` may hold one more than is shown, `newest` live ones too."""

    live: Sequence[Update]
    newest: Sequence[Update]
    read_at: datetime
    frozen: Sequence[Note] = ()

    @property
    def ended(self) -> Sequence[Update]:
        """Give what ended last, the newest end first."""
        over = [update for update in self.newest if update.state.final]
        over.sort(key=lambda update: update.finished_at or update.created_at, reverse=True)
        return over[:MOST_ENDED]

    def same_as(self, other: News) -> bool:
        """Tell whether the other shows the same, but for the time that went by."""
        return self._marks() == other._marks()

    def _marks(self) -> list[str | tuple[str, ...]]:
        return [
            *(str(frozen) for frozen in self.frozen),
            *(
                (update.id, str(words.status_label(update)), update.step, update.channel)
                for update in (*self.live, *self.ended)
            ),
        ]


def build(news: News, reach: Sequence[Reach]) -> parts.View:
    """Give the tab."""
    return _tab(
        [
            parts.header("Change running Flink jobs, safely"),
            _what_to_do(),
            *(block for said in news.frozen[:_MOST_FROZEN] for block in parts.frozen(said)),
            parts.divider(),
            parts.section("*Being changed now*", *([] if news.live else ["Nothing."])),
            *(_live(update, news.read_at) for update in news.live[:MOST_LIVE]),
            *_more(news),
            parts.section("*Ended last*", *([] if news.ended else ["Nothing yet."])),
            *(_ended(update) for update in news.ended),
            parts.divider(),
            *parts.sections(["*What you may change*", *_reach_lines(reach)]),
            parts.context(f"Read {text.date(news.read_at)}. Refresh reads again."),
        ]
    )


def problem(trouble: Note | str) -> parts.View:
    """Say a refusal or something broken where the tab should be; offer to try again."""
    said = notice.problem(trouble)
    return {**_tab([_what_to_do()]), "blocks": [*said["blocks"], _what_to_do().to_dict()]}


def _tab(blocks: Sequence[Block]) -> parts.View:
    return SdkView(type="home", blocks=[*blocks]).to_dict()


def _what_to_do() -> ActionsBlock:
    change = button("Change a job", Action.OPEN_UPDATE_FORM, "", "Open the form to change a job")
    change.style = "primary"
    return parts.buttons(
        change,
        button("Look at jobs", Action.OPEN_JOBS, "", "List the jobs"),
        button("Status", Action.OPEN_STATUS, "", "Show the newest updates"),
        button("Refresh", Action.REFRESH_HOME, "", "Read everything on this tab again"),
    )


def _live(update: Update, now: datetime) -> SectionBlock:
    facts = [
        *_step(update),
        f"for {text.duration(told.elapsed(update, now))}",
        *_where_and_who(update),
    ]
    return _row(update, " · ".join(facts))


def _step(update: Update) -> Iterator[str]:
    if update.state is not State.RUNNING:
        return
    steps, present = steps_of(update), present_step(update)
    place = steps.index(present) + 1 if present in steps else 1
    yield f"step {place} of {len(steps)}: {words.step_label(present or steps[0])}"


def _ended(update: Update) -> SectionBlock:
    lines = []
    if update.verdict is not None and update.verdict.notes:
        lines.append(words.mrkdwn_words(update.verdict.notes[0]).what)
    when = update.finished_at or update.created_at
    lines.append(" · ".join([text.date(when), *_where_and_who(update)]))
    return _row(update, *lines)


def _where_and_who(update: Update) -> Iterator[str]:
    yield f"target {text.code(update.ref.target, 80)}"
    yield f"by {text.mention(update.requested_by)}"
    if update.channel.startswith(("C", "G")):  # a direct message is nobody else's business
        yield f"in {text.channel(update.channel)}"


def _row(update: Update, *lines: str) -> SectionBlock:
    label = words.status_label(update)
    row = parts.section(f"{label}: *{text.clean(update.name, _LONGEST_JOB)}*", *lines)
    row.accessory = told.view_button(update)
    return row


def _more(news: News) -> Iterator[Block]:
    if len(news.live) > MOST_LIVE:
        yield parts.context("… and more. `/flink jobs` shows every job that is being changed.")


def _reach_lines(reach: Sequence[Reach]) -> list[str]:
    return parts.listed(reach, _MOST_TARGETS, _reach_line) or ["No target is configured."]


def _reach_line(reach: Reach) -> str:
    named = reach.environment not in {"", reach.target}
    environment = f" ({text.clean(reach.environment, 80)})" if named else ""
    return f"• *{text.clean(reach.target, 80)}*{environment}: {_may(reach)}"


def _may(reach: Reach) -> str:
    if reach.refusal is None:
        where = text.channel(reach.channel) if reach.channel else "the channel you choose"
        return f"✅ you may; cards go to {where}"
    said = words.mrkdwn_words(reach.refusal)
    if reach.refusal.code is Code.CHANNEL_NEEDED:
        return f"💬 not from here. {said.fix}"
    return f"⛔ you may not. {said.why}"
