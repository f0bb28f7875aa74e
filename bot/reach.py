"""Try all that the bot needs before it runs: is it reached, are the credentials taken?"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import (
    CloudAuthError,
    CloudError,
    CloudForbiddenError,
    CloudNotSentError,
    CloudThrottledError,
    CloudUnavailableError,
    ConfigurationError,
)
from bot.store.migrate import refuse_schema
from bot.store.upgrade import current
from bot.targets import open_clouds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.settings import AlibabaTarget, HuaweiTarget, Settings
    from bot.updates.ports import JobCloud


@dataclass(frozen=True, slots=True)
class Reached:
    """How one target answered: `trouble` is empty where its jobs could be listed."""

    target: str
    jobs: int = 0
    trouble: str = ""
    advice: str = ""


async def reach(settings: Settings) -> Sequence[Reached]:
    """List the jobs of every target, all targets at once. Nothing is changed.

    Raises:
        ConfigurationError: an address or a credential cannot be used at all.

    """
    async with AsyncExitStack() as stack:
        clouds = open_clouds(settings, stack, lambda cloud: cloud, lambda cloud: cloud).every
        tries = (_try(name, cloud, settings.targets[name]) for name, cloud in clouds.items())
        return await asyncio.gather(*tries)


@dataclass(frozen=True, slots=True)
class Recorded:
    """How the database answered: `trouble` is empty where the bot could start on it."""

    found: str = ""
    trouble: str = ""


def reach_database(settings: Settings) -> Recorded:
    """Ask the database for its schema. Nothing is changed, and nothing is made."""
    try:
        schema = current(settings.database_url)
        if settings.shares_database:
            refuse_schema(schema.version)
    except ConfigurationError as error:
        return Recorded(trouble=str(error))
    if not schema.due:
        return Recorded(f"schema {schema.version}, the newest")
    if schema.version is None:
        return Recorded("nothing there yet; made at the first start")
    return Recorded(f"schema {schema.version or 'none'}; brought to {schema.newest} at the start")


async def _try(name: str, cloud: JobCloud, target: AlibabaTarget | HuaweiTarget) -> Reached:
    try:
        return Reached(name, jobs=len(await cloud.deployments()))
    except CloudError as error:
        return Reached(name, trouble=str(error), advice=_advice(error, target))


def _advice(error: CloudError, target: AlibabaTarget | HuaweiTarget) -> str:
    match error:
        case CloudAuthError():
            return f"It asks with: {target.proof}."
        case CloudForbiddenError():
            return "The README lists what the bot needs, under the set-up of each cloud."
        case CloudNotSentError() | CloudUnavailableError():
            return (
                f"It asks with: {target.proof}."
                " Check region and endpoint, and this machine's DNS, proxy and firewall."
            )
        case CloudThrottledError():
            return "Try again in a minute."
    return f"Check that this is the right place: {target.place}."
