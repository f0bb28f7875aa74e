"""What changes of DLI jobs need from the outside world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.updates.ports import JobCloud

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.flink.snapshot import DeploymentSnapshot


class RestartCloud(JobCloud, Protocol):
    """A cloud whose jobs take most changes at their next start (Huawei Cloud DLI).

    What `fetch` gives shows secrets as fingerprints. Values are texts as in
    `bot.flink.dli.catalogue`.
    """

    async def inspect(self, job_id: str) -> tuple[DeploymentSnapshot, Mapping[str, str]]:
        """Read a job as `fetch` does, and its definition as it is, secrets and all, at one moment.

        The definition is to be kept sealed, never shown.
        """
        ...

    def shown(self, values: Mapping[str, str | None]) -> dict[str, str | None]:
        """Give values as `fetch` would show them: secrets in them as marks."""
        ...

    def restored(
        self, values: Mapping[str, str | None], definition: Mapping[str, str]
    ) -> dict[str, str | None]:
        """Give edited values with the secrets that their marks stand for (`bot.flink.masking`)."""
        ...

    async def free_cus(self, queue: str) -> float | None:
        """Give how many CUs of a queue are free; None where that cannot be read, never an error."""
        ...

    async def complaint(self, job_id: str, sql: str, values: Mapping[str, str]) -> str:
        """Have SQL translated without running it, with the other values of its definition.

        Gives what the cloud has against it; empty when it translates, and where the job's Flink
        version, or anything else, does not let it be tried. Never an error.
        """
        ...

    async def save(self, job_id: str, job_type: str, values: Mapping[str, str | None]) -> None:
        """Write some settings of the stored definition; None empties one."""
        ...

    async def start(self, job_id: str, *, resume: bool) -> None:
        """Start a job that does not run, from its savepoint if `resume`."""
        ...

    async def stop(self, job_id: str, *, savepoint: bool) -> None:
        """Stop a job, writing a savepoint first if asked."""
        ...

    async def take_savepoint(self, job_id: str, path: str) -> None:
        """Make a running job write a savepoint under `path`; it keeps running."""
        ...

    async def import_savepoint(self, job_id: str, path: str) -> None:
        """Tell a job that does not run what its next start resumes from."""
        ...


class Vault(Protocol):
    """Where values are kept that may hold secrets, sealed."""

    def check(self, values: Mapping[str, str | None]) -> None:
        """Refuse values that could not be kept.

        Raises:
            UserError: SECRET_KEY_NEEDED, where a value holds a secret and nothing to seal it with
                is configured.

        """
        ...

    def keepable(self, values: Mapping[str, str | None]) -> dict[str, str | None]:
        """Give those values that can be kept; all of them where there is a key."""
        ...

    async def put(self, update_id: str, name: str, values: Mapping[str, str | None]) -> None:
        """Keep values under a name, committed before this returns; the same name once only.

        Raises:
            UserError: as `check`.

        """
        ...

    async def get(self, update_id: str, name: str) -> Mapping[str, str | None] | None:
        """Give back what was kept; None when it was not, or cannot be opened any more."""
        ...
