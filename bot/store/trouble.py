"""A database that cannot be reached, said in one way whatever the driver calls it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnectionError

from bot.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def translated() -> Iterator[None]:
    """Raise `StoreUnavailableError` for what is the database's trouble and not ours."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StoreUnavailableError(reason(error)) from error
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise StoreUnavailableError(reason(error)) from error
    except NoFreeConnectionError as error:
        raise StoreUnavailableError("all connections are in use") from error
    except TimeoutError as error:
        raise StoreUnavailableError("it did not answer in time") from error


def reason(error: DBAPIError) -> str:
    """Give the driver's own first line: SQLAlchemy's text has the statement in it."""
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__
