"""A record whose database goes away: before a write is made, or right after it, unheard."""

from bot.errors import StoreUnavailableError

AWAY = StoreUnavailableError("connection refused")
UNMADE, UNHEARD = "unmade", "unheard"


class Unsteady:
    """Stands before an `UpdateStore`; `trouble` decides per call of `save` what becomes of it."""

    def __init__(self, store, trouble=lambda update: None):
        self._store = store
        self.trouble = trouble
        self.failed = 0

    def __getattr__(self, name):
        return getattr(self._store, name)

    async def save(self, update, events=(), **options):
        kind = self.trouble(update)
        if kind == UNMADE:
            self.failed += 1
            raise AWAY
        saved = await self._store.save(update, events, **options)
        if kind == UNHEARD:
            self.failed += 1
            raise AWAY
        return saved
