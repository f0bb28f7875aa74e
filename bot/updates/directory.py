"""The job list, kept in memory so that a select is answered at once, also when a cloud is down."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import CloudError, UserError
from bot.notes import Code, Note, note
from bot.redaction import redact
from bot.updates.faults import cloud_trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bot.flink.snapshot import DeploymentSummary
    from bot.updates.ports import JobCloud

_log = logging.getLogger(__name__)
_FIRST_READ_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Listing:
    """Some of a target's deployments, best match first."""

    found: tuple[DeploymentSummary, ...]
    total: int
    read_at: datetime | None
    """When the cloud was last read; None when it never was."""
    trouble: Note | None
    """Why the list may be out of date."""


@dataclass(slots=True)
class _Shelf:
    deployments: tuple[DeploymentSummary, ...] = ()
    read_at: datetime | None = None
    trouble: Note | None = None


class Directory:
    """The deployments of every target, as last read."""

    def __init__(
        self,
        clouds: Mapping[str, JobCloud],
        now: Callable[[], datetime],
        *,
        first_read_seconds: float = _FIRST_READ_SECONDS,
    ) -> None:
        self._clouds = clouds
        self._now = now
        self._shelves = {target: _Shelf() for target in clouds}
        self._was_read = asyncio.Event()
        self._first_read_seconds = first_read_seconds

    async def refresh(self) -> None:
        """Read every target's list again; what cannot be read keeps its last good list."""
        async with asyncio.TaskGroup() as group:
            for target in self._clouds:
                group.create_task(self._refresh(target))
        self._was_read.set()

    async def first_read(self) -> None:
        """Wait for the first reading after a start, not longer than a person would."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._first_read_seconds):
                await self._was_read.wait()

    async def _refresh(self, target: str) -> None:
        shelf = self._shelves[target]
        try:
            deployments = await self._clouds[target].deployments()
        except CloudError as error:
            if shelf.trouble is None:  # said once, not at every refresh
                _log.warning("the job list of %s cannot be read: %s", target, error)
            shelf.trouble = cloud_trouble(target, error)
            return
        if shelf.trouble is not None:
            _log.info("the job list of %s can be read again", target)
        self._shelves[target] = _Shelf(tuple(deployments), self._now())

    def search(self, target: str, text: str = "", limit: int = 100) -> Listing:
        """Find deployments by part of their name; never asks the cloud."""
        shelf = self._shelves.get(target) or _Shelf()  # a form may be older than the settings
        wanted = text.strip().casefold()
        matching = [d for d in shelf.deployments if wanted in d.name.casefold()]
        matching.sort(key=lambda d: _rank(d, wanted))
        return Listing(tuple(matching[:limit]), len(matching), shelf.read_at, shelf.trouble)

    def get(self, target: str, deployment_id: str) -> DeploymentSummary | None:
        """Find one deployment by its id."""
        shelf = self._shelves.get(target) or _Shelf()  # a button may be older than the settings
        return next((d for d in shelf.deployments if d.ref.deployment_id == deployment_id), None)

    def named_in(self, text: str) -> DeploymentSummary | None:
        """Find the one deployment whose whole name stands in a text; None if none or several do."""
        said = text.casefold()
        everything = (d for shelf in self._shelves.values() for d in shelf.deployments)
        named = [d for d in everything if d.name and _stands_in(d.name.casefold(), said)]
        return named[0] if len(named) == 1 else None

    async def look_up(self, name: str, targets: Sequence[str]) -> DeploymentSummary:
        """Find as `find` does; what is not listed is looked for in a list read anew.

        It may have been made since, or be known so far to another replica only.

        Raises:
            UserError: as `find`.

        """
        await self.first_read()
        try:
            return self.find(name, targets)
        except UserError as error:
            if error.note.code is not Code.UNKNOWN_JOB:
                raise
        await self._read_anew(targets)
        return self.find(name, targets)

    async def look_up_id(self, target: str, deployment_id: str) -> DeploymentSummary | None:
        """Find one deployment by its id; what is not listed is looked for in a list read anew."""
        await self.first_read()
        if self.get(target, deployment_id) is None and target in self._clouds:
            await self._read_anew([target])
        return self.get(target, deployment_id)

    async def _read_anew(self, targets: Sequence[str]) -> None:
        """Read the lists again, as long as a person would wait."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._first_read_seconds), asyncio.TaskGroup() as group:
                for target in targets:
                    group.create_task(self._refresh(target))

    def find(self, name: str, targets: Sequence[str]) -> DeploymentSummary:
        """Find the one deployment that a typed name means.

        Raises:
            UserError: UNKNOWN_JOB, AMBIGUOUS_JOB, or why the list could not be read.

        """
        wanted = name.strip().casefold()
        everything = [d for target in targets for d in self._shelves[target].deployments]
        exact = [d for d in everything if d.name.casefold() == wanted]
        found = exact or [d for d in everything if wanted in d.name.casefold()]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(f"{d.name} ({d.ref.target})" for d in found[:5])
            raise UserError(note(Code.AMBIGUOUS_JOB, job=name, names=names))
        troubles = [self._shelves[t].trouble for t in targets if not self._shelves[t].deployments]
        trouble = next((t for t in troubles if t is not None), None)
        shown = redact(name)  # somebody may have typed a path with a password there
        raise UserError(trouble or note(Code.UNKNOWN_JOB, job=shown, target=", ".join(targets)))


def _stands_in(name: str, text: str) -> bool:
    """Tell whether a name is said as a whole, not as a part of a longer one."""
    if name not in text:  # by far the most often
        return False
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def _rank(deployment: DeploymentSummary, wanted: str) -> tuple[int, bool, str]:
    """Sort by where the text was found, then running jobs first, then by name."""
    name = deployment.name.casefold()
    return (min(name.find(wanted), 1), deployment.status != "RUNNING", name)
