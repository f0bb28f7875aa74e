"""A database that cannot be reached, said in one way whatever the driver calls it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnectionError

from bot.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

# https://www.postgresql.org/docs/current/errcodes-appendix.html
READ_ONLY = "25006"
"""The server takes no writes any more: another one does, since a failover."""
NOT_IN_TIME = "55P03"
"""A lock was not to be had in the time allowed."""
_COLLISIONS = frozenset({"40001", "40P01"})  # serialization failure, deadlock


class CollisionError(StoreUnavailableError):
    """The server undid the whole transaction for the sake of another: it may be done again."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise `StoreUnavailableError` for what is the database's trouble and not ours."""
    try:
        yield
    except DBAPIError as error:
        if (trouble := _trouble(error)) is None:
            raise
        raise trouble from error
    except NoFreeConnectionError as error:
        raise StoreUnavailableError("all connections are in use") from error
    except TimeoutError as error:
        raise StoreUnavailableError("it did not answer in time") from error


def _trouble(error: DBAPIError) -> StoreUnavailableError | None:
    state = state_of(error)
    if state in _COLLISIONS:
        return CollisionError(reason(error))
    away = isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated
    return StoreUnavailableError(reason(error)) if away or state == READ_ONLY else None


def state_of(error: DBAPIError) -> str:
    """Give PostgreSQL's code of an error, empty where it has none."""
    return getattr(error.orig, "sqlstate", None) or ""


def reason(error: DBAPIError) -> str:
    """Give the driver's own first line: SQLAlchemy's text has the statement in it."""
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__
