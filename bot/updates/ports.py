"""What the use cases need from the outside world. Adapters implement these; tests share them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from bot.updates.history import History
from bot.updates.sharing import IDLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.flink.snapshot import (
        DeploymentRef,
        DeploymentSnapshot,
        DeploymentSummary,
        HotUpdateReport,
        JobGraph,
        Tuning,
    )
    from bot.flink.update import State, Update
    from bot.notes import Note
    from bot.updates.sharing import Busy


class JobCloud(Protocol):
    """A cloud whose jobs can be listed and looked at.

    Reads raise `CloudUnavailableError`, or `CloudNotSentError` when there was no connection at all,
    when no usable answer came (they were already retried);
    writes are sent once and raise `CloudOutcomeUnknownError` when they may have arrived,
    `CloudNotSentError` when they surely did not. All other `CloudError`s mean "nothing was done".
    """

    target: str

    async def deployments(self) -> Sequence[DeploymentSummary]:
        """List every deployment of the target."""
        ...

    async def fetch(self, deployment_id: str) -> DeploymentSnapshot:
        """Read a deployment and its current (else latest) job."""
        ...


class HotUpdateCloud(JobCloud, Protocol):
    """A cloud that can change a running job in place (Alibaba Realtime Compute)."""

    async def tuning(self, deployment_id: str) -> Tuning:
        """Read who else changes the job by itself; what is not readable is None, never an error."""
        ...

    async def job_graph(self, job_id: str) -> JobGraph:
        """Ask Flink itself about the running job."""
        ...

    async def deployment_of(self, job_id: str) -> str:
        """Tell which deployment a job runs from."""
        ...

    async def save(
        self, deployment_id: str, values: Mapping[str, str | None], revision: str
    ) -> None:
        """Write the changed parts of the deployment, each complete, if it is still at `revision`.

        A value of None removes the setting.

        Raises:
            StaleRevisionError: the deployment moved; nothing was sent.

        """
        ...

    async def hot_update(self, job_id: str) -> HotUpdateReport:
        """Make the running job take what is saved."""
        ...

    async def hot_update_result(self, hot_update_id: str) -> HotUpdateReport:
        """Read how a hot update stands."""
        ...

    async def diagnosis(self, deployment_id: str, job_id: str) -> Sequence[str]:
        """Read the cloud's own hints on what is wrong: at most a few lines, empty when none."""
        ...


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the audit: what happened to an update, when, by whom."""

    update_id: str
    seq: int
    at: datetime
    note: Note
    actor: str = ""
    """Slack user id; empty for the bot itself."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What an audit needs beyond the note (`bot.updates.facts`)."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to record with a state change; `told` also owes a thread reply."""

    note: Note
    actor: str = ""
    told: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)
    """As JSON, without secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a person is filling in: remembered here so that forms carry only its id."""

    id: str
    user: str
    channel: str
    target: str = ""
    deployment_id: str = ""
    shown: Mapping[str, str] | None = None
    """The values the form was pre-filled with; only what differs from them was asked for."""
    typed: Mapping[str, str] | None = None
    """What the person typed last, by field."""
    update_id: str = ""
    """The plan made of it."""


class UpdateStore(History, Protocol):
    """The record. Every method is one transaction; times are UTC."""

    async def add(self, update: Update, events: Sequence[NewEvent]) -> bool:
        """Record an update. A planned one owes no message; a queued one is due at once.

        False when one with its id is recorded already: nothing was written.

        Raises:
            UserError: UPDATE_IN_PROGRESS, when it is queued and another holds what it would hold.

        """
        ...

    async def get(self, update_id: str) -> Update | None:
        """Read one update."""
        ...

    async def transition(
        self,
        update_id: str,
        *,
        origin: frozenset[State],
        state: State,
        events: Sequence[NewEvent],
        tell: bool = True,
        next_at: datetime | None = None,
    ) -> Update | None:
        """Move an update if it is in one of `origin`; None when it is not (somebody was faster).

        To QUEUED or AWAITING_APPROVAL it takes the job: makes it due at once, or at `next_at`, and
        owes the card. To a final state it stamps
        `finished_at` and, where a card was owed before, owes its last edit (and the verdict, if
        `tell`).

        Raises:
            UserError: UPDATE_IN_PROGRESS, when another live update holds the job.

        """
        ...

    async def correct(self, found: Update, events: Sequence[NewEvent]) -> Update | None:
        """Write state, verdict and progress of an update that ended unknown; owe its card's edit.

        None when it is not unknown any more (somebody was faster): nothing was written.
        """
        ...

    async def claim_due(self, limit: int, busy: Busy = IDLE) -> Sequence[Update]:
        """Take due live updates for this process; each gets a new fence and a lease.

        What `busy` names is left alone, also when its lease ran out.
        """
        ...

    async def save(
        self,
        update: Update,
        events: Sequence[NewEvent] = (),
        *,
        alert: bool = False,
        release: bool = True,
    ) -> Update:
        """Write an update claimed before, with its events; owe its card's edit; give it back.

        A final state stamps `finished_at`, makes it due no more and owes the verdict. `alert` owes
        an alert, `release` ends the lease. It is written once: called again with the same update,
        as one does whose first call got no answer, it finds what was written and adds nothing.

        Raises:
            LostLeaseError: it was claimed, moved or written by somebody else since it was read;
                nothing was written.

        """
        ...

    async def renew(self, update: Update) -> datetime:
        """Make the lease of an update claimed before last longer; tell until when. Nothing else.

        Raises:
            LostLeaseError: somebody else claimed or moved it since, or it has ended.

        """
        ...

    async def give_back(self, update: Update) -> None:
        """Give back one update claimed before, as it was; nothing when it is not ours any more."""
        ...

    async def release_leases(self) -> None:
        """Give back everything this process had claimed."""
        ...

    async def next_due(self, busy: Busy = IDLE) -> datetime | None:
        """Tell when the next live update is due that `busy` does not name."""
        ...

    async def expired_plans(self, before: datetime) -> Sequence[Update]:
        """Give plans made before a moment that nobody applied."""
        ...

    async def live_for(self, ref: DeploymentRef) -> Update | None:
        """Give the update that holds a deployment."""
        ...

    async def of_card(self, channel: str, ts: str) -> Update | None:
        """Give the update whose card is the message with a timestamp in a channel."""
        ...

    async def recent(
        self, limit: int, ref: DeploymentRef | None = None, *, live_only: bool = False
    ) -> Sequence[Update]:
        """Give the newest updates first; plans nobody applied are left out."""
        ...

    async def watched(self, target: str, hot_update_id: str) -> Update | None:
        """Give the update that triggered or watches a hot update."""
        ...

    async def events(self, update_id: str) -> Sequence[Event]:
        """Give an update's events in order."""
        ...

    async def save_draft(self, draft: Draft) -> None:
        """Write what a person is filling in, whole."""
        ...

    async def draft(self, draft_id: str) -> Draft | None:
        """Read what a person is filling in."""
        ...

    async def forget(self, before: datetime) -> None:
        """Drop drafts, and the keys of deliveries seen, older than a moment."""
        ...
