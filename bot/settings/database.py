"""Where the database is; a password in its address is set apart before anything can show it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from pydantic import AfterValidator

from bot.settings.types import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEFAULT_URL = "sqlite+aiosqlite:///flinkbot.sqlite3"
_SQLITE = re.compile(r"sqlite(?:\+aiosqlite)?:///(?P<file>[^?]+)")
_POSTGRES = re.compile(
    r"(?:postgresql|postgres|postgresql\+psycopg)://"
    r"(?:(?P<user>[^\s:/?#@]*)(?P<password>:[^\s/?#@]*)?@)?"
    r"(?P<place>(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]*)(?::[0-9]{1,5})?)"
    r"/(?P<name>[^\s/?#@]+)(?:\?(?P<options>[^\s?#]*))?"
)
_SECRET_OPTIONS = frozenset(
    {"password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"}
)
"""What libpq takes in an address and nobody may see."""
_ALLOWED = (
    'must be "postgresql://USER@HOST:PORT/DATABASE" or "sqlite+aiosqlite:///FILE"'
    " (a file: what is not written down is lost)"
)
_ENCODED = "; in user and password, / ? # @ are written %2F %3F %23 %40"


@dataclass(frozen=True, slots=True)
class Address:
    """An address without its secrets, and these."""

    shown: str
    secrets: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Names of libpq's options, with values in clear."""

    @property
    def is_postgres(self) -> bool:
        """Tell which of the two databases it is."""
        return is_postgres(self.shown)

    @property
    def values(self) -> tuple[str, ...]:
        """Every secret in clear and as an address has it, for nothing but masking it."""
        return tuple(text for _, value in self.secrets for text in {value, quote(value, safe="")})

    def with_password(self, password: str | None) -> Address:
        """Add a password from elsewhere; one of its own goes before it."""
        if not (password and self.is_postgres) or "password" in dict(self.secrets):
            return self
        return replace(self, secrets=(*self.secrets, ("password", password)))

    @property
    def clear(self) -> str:
        """The whole, with the secrets as options at its end."""
        if not self.secrets:
            return self.shown
        joint = "&" if "?" in self.shown else "?"
        return f"{self.shown}{joint}{urlencode(self.secrets, quote_via=quote)}"


def divided(text: str) -> Address:
    """Set the secrets of an address apart.

    Raises:
        ValueError: not the address of a database that can be used; the text shows nothing of it.

    """
    if file := _SQLITE.fullmatch(text):
        if file["file"] == ":memory:":
            raise ValueError(_ALLOWED)
        return Address(f"sqlite+aiosqlite:///{file['file']}")
    parts = _POSTGRES.fullmatch(text)
    if parts is None:
        raise ValueError(_ALLOWED + _ENCODED * text.startswith("postgres"))
    options = parse_qsl(parts["options"] or "", keep_blank_values=True)
    open_ones = [(name, value) for name, value in options if name not in _SECRET_OPTIONS]
    secrets = {"password": unquote((parts["password"] or ":")[1:])}
    secrets |= {name: value for name, value in options if name in _SECRET_OPTIONS}
    user = f"{parts['user']}@" if parts["user"] else ""
    shown = f"postgresql://{user}{parts['place']}/{parts['name']}"
    if open_ones:
        shown += f"?{urlencode(open_ones, safe='/:')}"
    return Address(shown, tuple((name, value) for name, value in secrets.items() if value))


def is_postgres(url: str) -> bool:
    """Tell which of the two databases a checked address names."""
    return url.startswith("postgresql:")


def may_be_shown(text: object) -> bool:
    """Tell whether a wrong address surely has no password in it."""
    return isinstance(text, str) and text.startswith("sqlite") and "@" not in text


def _shown(text: str) -> str:
    return divided(text).shown


def faults_of_database(written: Mapping[str, Any]) -> Iterator[str]:
    """Say what of the file's table must not be in a file."""
    try:
        address = divided(str(written.get("url", "")))
    except ValueError:
        return  # told at the field
    if address.secrets:
        yield (
            "database.url (value not shown): a password does not belong in the file. Take it out of"
            " the address and give it by PGPASSWORD, PGPASSWORD_FILE or a passfile, or give the"
            " whole address by FLINKBOT_DATABASE_URL"
        )


class DatabaseSettings(Table):
    """Where the bot remembers. The address has no password: that is in `Secrets`."""

    url: Annotated[str, AfterValidator(_shown)] = DEFAULT_URL
