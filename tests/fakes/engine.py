"""An engine for tests that move time by hand: it works on what is due and waits for the end."""

import asyncio

from bot.updates.crew import Crew
from bot.updates.engine import Engine


class TurnByTurn(Engine):
    """Advances everything due, once, and gives back when that is done."""

    async def run_due(self):
        crew = Crew(self._store, self.work, lambda due: None, knows=self.knows)
        await crew.start_due()
        while crew._hands:
            await asyncio.gather(*crew._hands.values())
            await crew.start_due()
