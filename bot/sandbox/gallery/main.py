"""`flinkbot sandbox --gallery DIR`: a picture of every screen and card, and a page of them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bot.logs import configure_logging
from bot.sandbox.gallery import answers, approvals, cards, dli, frozen, home, index, modals, page
from bot.sandbox.gallery.studio import open_studio
from bot.sandbox.stage import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from bot.sandbox.gallery.studio import Studio

GROUPS: dict[str, Callable[[Studio], Awaitable[None]]] = {
    "The page": page.take,
    "Home and direct messages": home.take,
    "Answers": answers.take,
    "Modals": modals.take,
    "Cards": cards.take,
    "DLI": dli.take,
    "Approvals": approvals.take,
    "Freezes": frozen.take,
}


async def run_gallery(
    folder: Path, groups: Mapping[str, Callable[[Studio], Awaitable[None]]] | None = None
) -> None:
    """Take all pictures into a folder, and say what was taken.

    Raises:
        ConfigurationError: there is no browser on this machine.

    """
    configure_logging("ERROR", "console", secrets=VARIABLES.values())
    async with open_studio(folder) as studio:
        for group, take in (groups or GROUPS).items():
            studio.group = group
            await take(studio)
            typer.echo(f"{group}: {len([one for one in studio.taken if one.group == group])}")
        index.write(folder, studio.taken)
    typer.echo(f"{len(studio.taken)} pictures; look at {folder / 'index.html'}")
