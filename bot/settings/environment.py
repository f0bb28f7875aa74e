"""The environment's half of the configuration: the secrets, and what overrides the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.settings.models import DEFAULT_KEY_ID, DEFAULT_KEY_SECRET, DEFAULT_SECURITY_TOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

BOT_TOKEN = "SLACK_BOT_TOKEN"  # noqa: S105 - a variable's name
APP_TOKEN = "SLACK_APP_TOKEN"  # noqa: S105 - a variable's name
SIGNING_SECRET = "SLACK_SIGNING_SECRET"  # noqa: S105 - a variable's name
API_URL = "SLACK_API_URL"
DATABASE_URL = "FLINKBOT_DATABASE_URL"
OVERRIDES: Mapping[tuple[str, ...], str] = {
    ("slack", "api_url"): API_URL,
    ("database", "url"): DATABASE_URL,
}

_PURPOSE = {
    BOT_TOKEN: "the bot token (xoxb-...), needed always",
    APP_TOKEN: 'the app-level token (xapp-...), needed when [slack] mode is "socket"',
    SIGNING_SECRET: 'the signing secret, needed when [slack] mode is "http"',
}
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
            self._fault(f"{name}: {name} and {name}_FILE are both set; keep one")
            return None
        return self._content(name, Path(file)) if file else direct or None

    def secret(self, name: str, *, needed: str = "") -> SecretStr | None:
        """Give a secret; `needed` says what for, and makes its absence a fault."""
        text = self.text(name)
        if text is None:
            if needed and not (self._given(name) or self._given(f"{name}_FILE")):
                self._missing.setdefault(name, []).append(needed)
            return None
        wrong, other = _OTHER_TOKEN.get(name, ("", ""))
        if wrong and text.startswith(wrong):
            self._fault(f"{name}: holds a token that starts with {wrong}; that one is {other}")
        return SecretStr(text)

    def _given(self, name: str) -> str:
        return self._variables.get(name, "").strip()

    def _content(self, name: str, file: Path) -> str | None:
        try:
            text = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not text in UTF-8"
            self._fault(f"{name}_FILE: {str(file)!r} cannot be read: {why}")
            return None
        if not text:
            self._fault(f"{name}_FILE: {str(file)!r} is empty")
        return text or None

    def _fault(self, text: str) -> None:
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
        mode = _table(self._document, "slack").get("mode", "socket")
        needed = _NEEDED.get(mode, (BOT_TOKEN,)) if isinstance(mode, str) else (BOT_TOKEN,)
        read = {
            name: self._environment.secret(name, needed=_PURPOSE[name] if name in needed else "")
            for name in _PURPOSE
        }
        return {
            # An absent token is already a fault; the empty one only keeps it from being told twice.
            "bot_token": read[BOT_TOKEN] or SecretStr(""),
            "app_token": read[APP_TOKEN],
            "signing_secret": read[SIGNING_SECRET],
            "credentials": {
                name: self._credentials(name, target)
                for name, target in _table(self._document, "targets").items()
                if isinstance(target, dict) and target.get("cloud") == "alibaba"
            },
        }

    def _credentials(self, name: str, target: dict[str, Any]) -> dict[str, SecretStr | None]:
        key_id, key_secret, token = (
            _variable(target, key, default)
            for key, default in (
                ("access_key_id_env", DEFAULT_KEY_ID),
                ("access_key_secret_env", DEFAULT_KEY_SECRET),
                ("security_token_env", DEFAULT_SECURITY_TOKEN),
            )
        )
        # The standard token belongs to the standard key; beside another key it would spoil it.
        own_key = "access_key_id_env" in target and "security_token_env" not in target
        purpose = f"needed by targets.{name}"
        return {
            "access_key_id": self._key(key_id, needed=purpose),
            "access_key_secret": self._key(key_secret, needed=purpose),
            "security_token": (
                None
                if own_key or not token
                else self._environment.secret(
                    token, needed=purpose if "security_token_env" in target else ""
                )
            ),
        }

    def _key(self, name: str, *, needed: str) -> SecretStr:
        read = self._environment.secret(name, needed=needed) if name else None
        return read or SecretStr("")


def _table(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = document.get(name)
    return table if isinstance(table, dict) else {}


def _variable(target: Mapping[str, Any], key: str, default: str) -> str:
    """Give a variable's name, empty when the file holds none that could be one."""
    name = target.get(key, default)
    plausible = isinstance(name, str) and name.isascii() and name.isidentifier()
    return str(name) if plausible and name == name.upper() else ""
