"""Values that an update needs as they are, kept beside it and sealed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bot.errors import UserError
from bot.flink.masking import holds_any
from bot.flink.secrets import holds_secret, value_holds_secret
from bot.notes import Code, note
from bot.store.dialects import insert_or
from bot.store.schema import sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.store.database import Database
    from bot.store.sealing import Sealer


class SqlVault:
    """Implements `bot.updates.dli.ports.Vault`."""

    def __init__(self, database: Database, sealer: Sealer, now: Callable[[], datetime]) -> None:
        self._database = database
        self._sealer = sealer
        self._now = now

    def check(self, values: Mapping[str, str | None]) -> None:
        """Refuse values that could not be kept.

        Raises:
            UserError: SECRET_KEY_NEEDED.

        """
        kept = self.keepable(values)
        secret = [name for name in values if name not in kept]
        if secret:
            raise UserError(note(Code.SECRET_KEY_NEEDED, fields=", ".join(secret)))

    def keepable(self, values: Mapping[str, str | None]) -> dict[str, str | None]:
        """Give those values that can be kept; all of them where there is a key."""
        return {
            name: text
            for name, text in values.items()
            if self._sealer.has_key or not text or not _is_secret(name, text)
        }

    async def put(self, update_id: str, name: str, values: Mapping[str, str | None]) -> None:
        """Keep values under a name; what was kept under it before stays.

        Raises:
            UserError: SECRET_KEY_NEEDED.

        """
        self.check(values)
        row = {
            "update_id": update_id,
            "name": name,
            "body": self._sealer.seal(json.dumps(dict(values), ensure_ascii=False)),
            "kept_at": self._now(),
        }
        async with self._database.write() as connection:
            new = insert_or(connection, sealed).values(row)
            await connection.execute(new.on_conflict_do_nothing())

    async def get(self, update_id: str, name: str) -> Mapping[str, str | None] | None:
        """Give back what was kept; None when it was not, or cannot be opened any more."""
        query = select(sealed.c.body).where(sealed.c.update_id == update_id, sealed.c.name == name)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        text = self._sealer.open(row.body) if row else None
        values: dict[str, str | None] | None = None if text is None else json.loads(text)
        return values

    async def forget(self, before: datetime) -> None:
        """Drop what was kept before a moment."""
        async with self._database.write() as connection:
            await connection.execute(delete(sealed).where(sealed.c.kept_at < before))


def _is_secret(name: str, text: str) -> bool:
    return holds_secret(name) or value_holds_secret(text) or holds_any(text)
