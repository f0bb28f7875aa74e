"""Which database an address names."""

from __future__ import annotations

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import ConfigurationError

_SQLITE = ("sqlite", "sqlite+aiosqlite")
_POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")


def parsed(url: str) -> URL:
    """Take an address apart.

    Raises:
        ConfigurationError: not an address of a database that Flinkbot knows.

    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        address = None
    if address is None or address.drivername not in {*_SQLITE, *_POSTGRES}:
        scheme, mark, _ = url.partition("://")  # no more than that: the rest may hold a password
        given = f"{scheme}:" if mark and scheme.replace("+", "_").isidentifier() else "what it says"
        msg = (
            f"database.url: {given} is not supported; allowed: sqlite+aiosqlite:///FILE"
            " and postgresql://USER@HOST/DATABASE"
        )
        raise ConfigurationError(msg)
    return address


def is_postgres(address: URL) -> bool:
    """Tell which of the two it is."""
    return address.drivername in _POSTGRES
