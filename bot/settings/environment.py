"""The environment's half of the configuration: the secrets, and what overrides the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.settings.database import DEFAULT_URL, Address, divided
from bot.settings.proofs import proof_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

BOT_TOKEN = "SLACK_BOT_TOKEN"  # noqa: S105 - a variable's name
APP_TOKEN = "SLACK_APP_TOKEN"  # noqa: S105 - a variable's name
SIGNING_SECRET = "SLACK_SIGNING_SECRET"  # noqa: S105 - a variable's name
SECRET_KEY = "FLINKBOT_SECRET_KEY"  # noqa: S105 - a variable's name
API_URL = "SLACK_API_URL"
DATABASE_URL = "FLINKBOT_DATABASE_URL"
DATABASE_PASSWORD = "PGPASSWORD"  # noqa: S105 - a variable's name
OVERRIDES: Mapping[tuple[str, ...], str] = {
    ("slack", "api_url"): API_URL,
    ("database", "url"): DATABASE_URL,
}

_PURPOSE = {
    BOT_TOKEN: "the bot token (xoxb-...), needed always",
    APP_TOKEN: 'the app-level token (xapp-...), needed when [slack] mode is "socket"',
    SIGNING_SECRET: 'the signing secret, needed when [slack] mode is "http"',
}
_SHORTEST_KEY = 32
_FEWEST_CHARACTERS = 10
_NEEDED = {"socket": (BOT_TOKEN, APP_TOKEN), "http": (BOT_TOKEN, SIGNING_SECRET)}
_OTHER_TOKEN = {BOT_TOKEN: ("xapp-", APP_TOKEN), APP_TOKEN: ("xoxb-", BOT_TOKEN)}


class Environment:
    """Reads variables, each also through NAME_FILE, and collects what is wrong with them."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._faults: list[str] = []
        self._missing: dict[str, list[str]] = {}

    @property
    def faults(self) -> list[str]:
        """Every fault so far; a variable that several things need is told once."""
        return self._faults + [
            f"{name}: not set; {' and '.join(purposes)}."
            f" {name}_FILE may name a file that holds it instead"
            for name, purposes in self._missing.items()
        ]

    def text(self, name: str) -> str | None:
        """Give a variable's text, None when it is not set (or set to nothing)."""
        direct, file = self._given(name), self._given(f"{name}_FILE")
        if direct and file:
            self.fault(f"{name}: {name} and {name}_FILE are both set; keep one")
            return None
        return self._content(name, Path(file)) if file else direct or None

    def secret(self, name: str, *, needed: str = "") -> SecretStr | None:
        """Give a secret; `needed` says what for, and makes its absence a fault."""
        text = self.text(name)
        if text is None:
            if needed and not self.is_set(name):
                self._missing.setdefault(name, []).append(needed)
            return None
        wrong, other = _OTHER_TOKEN.get(name, ("", ""))
        if wrong and text.startswith(wrong):
            self.fault(f"{name}: holds a token that starts with {wrong}; that one is {other}")
        return SecretStr(text)

    def is_set(self, name: str) -> bool:
        """Tell whether a variable is given, itself or as a file."""
        return bool(self._given(name) or self._given(f"{name}_FILE"))

    def secret_keys(self) -> tuple[SecretStr, ...]:
        """Give the keys that seal what the database keeps, the newest first."""
        keys = (self.text(SECRET_KEY) or "").replace(",", " ").split()
        if any(len(key) < _SHORTEST_KEY or len(set(key)) < _FEWEST_CHARACTERS for key in keys):
            self.fault(
                f"{SECRET_KEY}: a key must be at least {_SHORTEST_KEY} random characters, such as"
                " `openssl rand -base64 32` prints; several, the newest first, have blanks or"
                " commas between them"
            )
        return tuple(map(SecretStr, keys))

    def _given(self, name: str) -> str:
        return self._variables.get(name, "").strip()

    def _content(self, name: str, file: Path) -> str | None:
        try:
            text = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not text in UTF-8"
            self.fault(f"{name}_FILE: {str(file)!r} cannot be read: {why}")
            return None
        if not text:
            self.fault(f"{name}_FILE: {str(file)!r} is empty")
        return text or None

    def fault(self, text: str) -> None:
        """Note what is wrong, once."""
        if text not in self._faults:
            self._faults.append(text)


class EnvironmentSource(PydanticBaseSettingsSource):
    """Gives the settings what the environment says; `document` is the file, as read."""

    def __init__(
        self,
        settings_cls: type[BaseSettings],
        environment: Environment,
        document: Mapping[str, Any],
    ) -> None:
        super().__init__(settings_cls)
        self._environment = environment
        self._document = document

    def get_field_value(  # the base class asks for it; `__call__` gives all fields at once
        self,
        field: FieldInfo,  # noqa: ARG002
        field_name: str,
    ) -> tuple[Any, str, bool]:
        """Give one field's value."""
        return self().get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Give overrides and secrets, shaped like the settings."""
        values: dict[str, Any] = {"secrets": self._secrets()}
        for (table, key), name in OVERRIDES.items():
            text = self._environment.text(name)
            if text is not None:
                values[table] = {key: text}
        return values

    def _secrets(self) -> dict[str, Any]:
        mode = table(self._document, "slack").get("mode", "socket")
        needed = _NEEDED.get(mode, (BOT_TOKEN,)) if isinstance(mode, str) else (BOT_TOKEN,)
        read = {
            name: self._environment.secret(name, needed=_PURPOSE[name] if name in needed else "")
            for name in _PURPOSE
        }
        proofs = {
            name: proof_of(name, target, self._environment)
            for name, target in table(self._document, "targets").items()
            if isinstance(target, dict)
        }
        return {
            # An absent token is already a fault; the empty one only keeps it from being told twice.
            "bot_token": read[BOT_TOKEN] or SecretStr(""),
            "app_token": read[APP_TOKEN],
            "signing_secret": read[SIGNING_SECRET],
            "secret_keys": self._environment.secret_keys(),
            **self._secrets_of_database(),
            "credentials": {name: proof for name, proof in proofs.items() if proof is not None},
        }

    def _secrets_of_database(self) -> dict[str, Any]:
        address = database_address(self._environment, self._document)
        if address is None or not address.secrets:
            return {}
        return {
            "database_url": SecretStr(address.clear),
            "database_secrets": tuple(map(SecretStr, address.values)),
        }


def database_address(environment: Environment, document: Mapping[str, Any]) -> Address | None:
    """Give where the database is, None of an address that is not usable (told at the field)."""
    given = environment.text(DATABASE_URL) or table(document, "database").get("url", DEFAULT_URL)
    try:
        return divided(given).with_password(environment.text(DATABASE_PASSWORD))
    except (TypeError, ValueError):
        return None


def table(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Give a table of the file as read; an empty one if there is none."""
    found = document.get(name)
    return found if isinstance(found, dict) else {}
