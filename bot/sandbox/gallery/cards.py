"""Cards, verdicts, alarms and threads in every state an update can be in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.flink.update import Outlook, State
from bot.notes import Code, note
from bot.sandbox.gallery import samples
from bot.sandbox.stage import CHANNEL
from bot.slack import words
from bot.slack.cards import render
from bot.updates.messages import Message, MessageKind
from bot.updates.ports import Event

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.flink.update import Update
    from bot.notes import Note
    from bot.sandbox.gallery.studio import Studio
    from bot.slack.payload import Payload

STATES = tuple(state for state in State if state is not State.RUNNING)
STEPS = ("check", "save", "read_back", "trigger", "poll", "verify")
LOUD = (Code.VERDICT_FAILED_OLD_RUNNING, Code.VERDICT_FAILED_JOB_DOWN, Code.VERDICT_OUTCOME_UNKNOWN)
QUIET = (Code.VERDICT_APPLIED, Code.VERDICT_PINNED, Code.VERDICT_STALE)
_LEADS = {
    State.SUCCEEDED: Code.VERDICT_APPLIED,
    State.SUCCEEDED_WITH_DIFFERENCES: Code.VERDICT_DIFFERS,
    State.FAILED: Code.VERDICT_FAILED_OLD_RUNNING,
    State.UNKNOWN: Code.VERDICT_OUTCOME_UNKNOWN,
    State.STALE: Code.VERDICT_STALE,
}
_CALLED_OFF = {
    State.CANCELLED: note(Code.EVENT_CANCELLED, who="U0LIN"),
    State.EXPIRED: note(Code.EVENT_EXPIRED),
    State.SUPERSEDED: note(Code.EVENT_REPLACED, id="p3v8w1ze"),
}
_EVENTS = (
    note(Code.EVENT_ANSWER_LOST, operation="HotUpdateJob", detail="Connection reset"),
    note(Code.EVENT_RETRYING, operation="GetHotUpdateJobResult", detail="HTTP 502"),
    note(Code.EVENT_SLOW, minutes=2),
    note(Code.EVENT_OVERDUE, minutes=10, until=30),
)


async def take(studio: Studio) -> None:
    """Take them all."""
    at = samples.now()
    for state in STATES:
        update, *more = _in_state(state, at)
        label = words.state_label(state).word
        await _card(studio, f"card-{state}", f"Card: {label}", update, more)
    await _running(studio, at)
    for code in samples.ENDINGS:
        name = f"verdict-{code.removeprefix('verdict_')}"
        update = samples.ended_with(code, at)
        await _card(studio, name, f"Ended: {words.words(update_note(update)).what}", update)
    await _messages(studio, at)
    await _channel(studio, at)


def update_note(update: Update) -> Note:
    """Give the note that leads a verdict."""
    return update.verdict.notes[0] if update.verdict else note(Code.EVENT_FINISHED)


def _in_state(state: State, at: datetime) -> tuple[Update, *tuple[Note, ...]]:
    if state in _LEADS:
        return (samples.ended_with(_LEADS[state], at),)
    update = replace(samples.update_in(state, at), progress={})
    if state is State.AWAITING_APPROVAL:
        return (update, _asked(at))
    return (update, _CALLED_OFF[state]) if state in _CALLED_OFF else (update,)


def _asked(at: datetime) -> Note:
    return note(
        Code.EVENT_APPROVAL_ASKED,
        who="U0ADA",
        rule="large-steps",
        approvals=2,
        people="S0ONCALL U0LIN",
        until=(at + timedelta(hours=2)).isoformat(),
    )


async def _running(studio: Studio, at: datetime) -> None:
    for number, step in enumerate(STEPS, start=1):
        progress = {"status": "HOT_UPDATING"} if step == "poll" else {}
        update = samples.update_in(State.RUNNING, at, step=step, progress=progress)
        caption = f"Card: running, step {number} of {len(STEPS)}"
        await _card(studio, f"card-running-{number}-{step}", caption, update)
    for outlook, minutes in ((Outlook.SLOW, 3), (Outlook.OVERDUE, 12)):
        since = at - timedelta(minutes=minutes)
        update = samples.update_in(
            State.RUNNING,
            at,
            step="poll",
            outlook=outlook,
            queued_at=since,
            watched_since=since,
            error_streak=3 if outlook is Outlook.OVERDUE else 0,
            progress={"status": "HOT_UPDATING", "request_ids": ["F1-9A2B-7C"]},
        )
        await _card(
            studio, f"card-running-{outlook}", f"Card: running, {outlook}", update, _EVENTS[3:]
        )
        if outlook is Outlook.OVERDUE:
            payload = rendered(MessageKind.ALERT, update, _EVENTS[3:])
            await _shown(studio, "alert-overdue", "Alarm: outcome unknown for too long", payload)


async def _messages(studio: Studio, at: datetime) -> None:
    for code in (*LOUD, *QUIET):
        payload = rendered(MessageKind.VERDICT, samples.ended_with(code, at))
        kind = "in the channel" if code in LOUD else "in the thread"
        name = f"told-{code.removeprefix('verdict_')}"
        await _shown(studio, name, f"The end, told {kind}", payload)
    await studio.clear()
    update = samples.ended_with(Code.VERDICT_RECOVERED, at)
    found = note(Code.EVENT_FOUND_OUT, who="U0LIN", state=State.SUCCEEDED)
    [*_, last] = samples.events_of(update, found)
    payload = rendered(MessageKind.THREAD, update, (found,), event=last)
    await _shown(studio, "told-found-out", "Found out later, told in the thread", payload)
    await studio.clear()
    card = await studio.post(rendered(MessageKind.CARD, update))
    for event in samples.events_of(update, *_EVENTS):
        payload = rendered(MessageKind.THREAD, update, _EVENTS, event=event)
        await studio.post(payload, thread_ts=card)
    await studio.post(rendered(MessageKind.VERDICT, update), thread_ts=card)
    place = f"{CHANNEL}/{card}"
    await studio.everywhere("thread", "A card and its thread", place=place)


async def _channel(studio: Studio, at: datetime) -> None:
    """A channel in which people and the bot talk, as it is day by day."""
    await studio.clear()
    ada, lin = studio.stage.slack.person("ada"), studio.stage.slack.person("lin")
    lin.say(
        CHANNEL, "Orders lag by 4 min since the campaign went live. Can we scale the enrichment?"
    )
    ada.say(CHANNEL, "On it: 4 → 8, and checkpoints a little further apart.")
    done = samples.ended_with(Code.VERDICT_APPLIED, at)
    card = await studio.post(rendered(MessageKind.CARD, done))
    await studio.post(rendered(MessageKind.VERDICT, done), thread_ts=card)
    lin.say(CHANNEL, "Lag is down to seconds, thank you!")
    await studio.everywhere("page-channel", "A finished update in its channel")
    await _under_way(studio, at)


async def _under_way(studio: Studio, at: datetime) -> None:
    """An update while the cloud works at it, and what its thread tells so far."""
    await studio.clear()
    ada, lin = studio.stage.slack.person("ada"), studio.stage.slack.person("lin")
    lin.say(CHANNEL, "Orders lag by 4 min since the campaign went live.")
    ada.say(CHANNEL, "Giving the enrichment twice the parallelism.")
    progress = {"status": "HOT_UPDATING"}
    update = samples.update_in(State.RUNNING, at, step="poll", progress=progress)
    card = await studio.post(rendered(MessageKind.CARD, update))
    for event in samples.events_of(update)[:-1]:
        payload = rendered(MessageKind.THREAD, update, event=event)
        await studio.post(payload, thread_ts=card)
    caption = "An update under way, and its thread"
    await studio.everywhere("page-running", caption, place=f"{CHANNEL}/{card}")


async def _card(
    studio: Studio, name: str, caption: str, update: Update, more: Sequence[Note] = ()
) -> None:
    await _shown(studio, name, caption, rendered(MessageKind.CARD, update, more))


async def _shown(studio: Studio, name: str, caption: str, payload: Payload) -> None:
    await studio.clear()
    await studio.post(payload)
    await studio.message(name, caption)


def rendered(
    kind: MessageKind, update: Update, more: Sequence[Note] = (), event: Event | None = None
) -> Payload:
    """Word one message as the bot would, right now."""
    message = Message(
        key=f"{update.id}:{kind}",
        update_id=update.id,
        kind=kind,
        channel=update.channel,
        event=event.seq if event else None,
    )
    events = samples.events_of(update, *more)
    return render(message, update, events, samples.now(), environment="sandbox")
