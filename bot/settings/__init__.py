"""Read the configuration once, whole, at start; nothing else in Flinkbot reads the environment."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from bot.errors import ConfigurationError
from bot.settings.database import Address, DatabaseSettings, faults_of_database, is_postgres
from bot.settings.environment import (
    DATABASE_URL,
    OVERRIDES,
    SECRET_KEY,
    Environment,
    EnvironmentSource,
    database_address,
    table,
)
from bot.settings.faults import described_faults, nearest, unusable
from bot.settings.models import (
    HttpSettings,
    LogFormat,
    LoggingSettings,
    LogLevel,
    ShutdownSettings,
    SlackMode,
    SlackSettings,
    UpdatesSettings,
)
from bot.settings.regions import KNOWN_REGIONS
from bot.settings.rule_checks import faults_between_rules, reachable, rule_labels, rule_warnings
from bot.settings.rule_words import in_words
from bot.settings.rules import Ruled, RuleSettings, RuleTables, policy_of
from bot.settings.secrets import Credentials, Login, PodRole, Secrets
from bot.settings.targets import AlibabaTarget, Auth, HuaweiTarget, Target
from bot.settings.types import TargetName, is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.policy.rules import Rule

__all__ = [
    "Address",
    "AlibabaTarget",
    "Auth",
    "Credentials",
    "DatabaseSettings",
    "HttpSettings",
    "HuaweiTarget",
    "LogFormat",
    "LogLevel",
    "LoggingSettings",
    "Login",
    "PodRole",
    "RuleSettings",
    "Ruled",
    "Secrets",
    "Settings",
    "ShutdownSettings",
    "SlackMode",
    "SlackSettings",
    "UpdatesSettings",
    "find_config",
    "load_database",
    "load_policy",
    "load_settings",
]

CONFIG_VARIABLE = "FLINKBOT_CONFIG"
_PLACE = ("cloud", "region", "workspace", "namespace", "project_id")
"""What tells where a target's jobs are."""
DEFAULT_CONFIG = Path("flinkbot.toml")


class Settings(BaseSettings):
    """The whole configuration, checked. Every table but `secrets` is a table of the file."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True
    )

    slack: SlackSettings = SlackSettings()
    http: HttpSettings = HttpSettings()
    database: DatabaseSettings = DatabaseSettings()
    targets: Annotated[dict[TargetName, Target], Field(min_length=1)]
    rules: RuleTables = ()
    updates: UpdatesSettings = UpdatesSettings()
    shutdown: ShutdownSettings = ShutdownSettings()
    logging: LoggingSettings = LoggingSettings()
    secrets: Secrets

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say what is probably not meant, though it can be used."""
        return tuple(self._warnings())

    @property
    def policy(self) -> tuple[Rule, ...]:
        """Give the core's rules, in the order in which they are asked."""
        return policy_of(self.rules, self.targets)

    @property
    def database_url(self) -> str:
        """The database's address with its password, for nothing but opening it."""
        whole = self.secrets.database_url
        return whole.get_secret_value() if whole else self.database.url

    @property
    def shares_database(self) -> bool:
        """Tell whether the database can have several replicas: it is then upgraded by command."""
        return is_postgres(self.database.url)

    def secret_values(self) -> tuple[str, ...]:
        """Give every secret in clear, for nothing but masking it in logs."""
        return self.secrets.in_clear()

    def summary(self) -> tuple[str, ...]:
        """Describe the configuration in lines that may be shown to anybody."""
        return (
            f"Slack: {self.slack.mode} mode, {self.slack.api_url}",
            f"HTTP: {self.http.host}:{self.http.port}",
            f"Database: {self.database.url}",
            *(
                f"Target {name}: {', '.join([target.place, *target.people, target.proof])}"
                for name, target in self.targets.items()
            ),
            *(f"Rule {written.name}: {in_words(written.rule)}" for written in self.rules),
            f"Secret key: {_keys_described(len(self.secrets.secret_keys))}",
            f"Logging: {self.logging.level}, {self.logging.format}",
        )

    def _warnings(self) -> Iterator[str]:
        yield from self._slack_warnings()
        rules = [written.rule for written in self.rules]
        for name, target in self.targets.items():
            known = KNOWN_REGIONS[target.cloud]
            if target.region not in known:
                guess = nearest(target.region, known)
                meant = f'; did you mean "{guess}"?' if guess else ""
                yield f'targets.{name}.region = "{target.region}" is not a known region{meant}'
            if target.nobody and not reachable(rules, name, target):
                yield (
                    f"targets.{name}: nobody may change anything there;"
                    " allow_users and allow_channels must both name somebody, or a rule allow it"
                )
        yield from rule_warnings(rules, self.targets)
        yield from self._key_warnings()

    def _key_warnings(self) -> Iterator[str]:
        if self.secrets.secret_keys:
            return
        for name, target in self.targets.items():
            if target.cloud == "huawei":
                yield f"targets.{name}: without {SECRET_KEY}, changes that hold secrets are refused"
            elif target.auth is not Auth.KEY:
                yield (
                    f"targets.{name}: without {SECRET_KEY}, what stands for secrets in a review"
                    " can be guessed"
                )

    def _slack_warnings(self) -> Iterator[str]:
        address = urlsplit(self.slack.api_url)
        if address.scheme == "http" and not is_loopback(address.hostname or ""):
            yield f"slack.api_url = {self.slack.api_url}: tokens travel unencrypted"
        for name, secret, prefix in (
            ("SLACK_BOT_TOKEN", self.secrets.bot_token, "xoxb-"),
            ("SLACK_APP_TOKEN", self.secrets.app_token, "xapp-"),
        ):
            if secret is not None and not secret.get_secret_value().startswith(prefix):
                yield f"{name} does not start with {prefix}"


def _keys_described(count: int) -> str:
    if not count:
        return "none"
    return "set" if count == 1 else f"set, {count - 1} older one{'s' * (count > 2)} still opens"


def find_config(path: Path | None, environ: Mapping[str, str] | None = None) -> Path:
    """Decide which file to read: the given one, else FLINKBOT_CONFIG, else ./flinkbot.toml."""
    variables = os.environ if environ is None else environ  # noqa: TID251 - the one place
    named = variables.get(CONFIG_VARIABLE, "")
    found = path or (Path(named) if named else DEFAULT_CONFIG)
    if not found.is_file():
        raise ConfigurationError(
            f"{found} does not exist (or is no file). Give a configuration with --config FILE,"
            f" {CONFIG_VARIABLE}, or as ./{DEFAULT_CONFIG};"
            " `flinkbot config example` prints one to start from."
        )
    return found


def load_settings(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the whole configuration.

    Raises:
        ConfigurationError: it cannot be used; the text lists every fault, and no secret.

    """
    variables = os.environ if environ is None else environ  # noqa: TID251 - the one place
    file = find_config(path, variables)
    document = _read(file)
    environment = Environment(variables)
    faults = list(_faults_between_tables(document.toml_data))
    settings = None
    try:
        settings = _build(document, environment)
    except ValidationError as error:
        overridden = {key for key, name in OVERRIDES.items() if environment.text(name)}
        faults += described_faults(
            error.errors(include_url=False), Settings, overridden, rule_labels(document.toml_data)
        )
    faults += environment.faults
    if settings is None or faults:
        raise unusable(file, faults)
    return settings


def load_policy(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Ruled:
    """Read and check targets and rules, and nothing that needs a secret.

    Raises:
        ConfigurationError: as of `load_settings`.

    """
    file = find_config(path, environ)
    document = _read(file).toml_data
    faults = list(_faults_between_tables(document))
    ruled = None
    try:
        ruled = Ruled.model_validate(document)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        faults += described_faults(errors, Ruled, frozenset(), rule_labels(document))
    if ruled is None or faults:
        raise unusable(file, faults)
    return ruled


def load_database(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Address:
    """Read where the database is, and nothing else: no token, no target has to be there.

    Raises:
        ConfigurationError: as of `load_settings`.

    """
    variables = os.environ if environ is None else environ  # noqa: TID251 - the one place
    environment = Environment(variables)
    given = environment.text(DATABASE_URL)
    file = None
    if path or (not given and (variables.get(CONFIG_VARIABLE) or DEFAULT_CONFIG.is_file())):
        file = find_config(path, variables)
    document = _read(file).toml_data if file else {}
    address = database_address(environment, document)
    faults = [*_faults_of_database(document, given), *environment.faults]
    if address is None or faults:
        raise unusable(file or "the environment", faults)
    return address


def _faults_of_database(document: Mapping[str, Any], given: str | None) -> Iterator[str]:
    written = table(document, "database")
    yield from faults_of_database(written)
    try:
        DatabaseSettings.model_validate(written | ({"url": given} if given else {}))
    except ValidationError as error:
        found = error.errors(include_url=False)
        for each in found:
            each["loc"] = ("database", *each["loc"])
        yield from described_faults(found, Settings, {("database", "url")} if given else set())


def _read(file: Path) -> TomlConfigSettingsSource:
    try:
        return TomlConfigSettingsSource(Settings, file)
    except OSError as error:
        raise unusable(file, [f"it cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise unusable(file, ["it is not text in UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise unusable(file, [f"it is not valid TOML: {error}"]) from error


def _build(document: TomlConfigSettingsSource, environment: Environment) -> Settings:
    source = EnvironmentSource(Settings, environment, document.toml_data)
    return Settings(_build_sources=((source, document), {}))


def _faults_between_tables(document: Mapping[str, Any]) -> Iterator[str]:
    if "secrets" in document:
        yield "secrets: secrets do not belong in the file; they come from the environment"
    yield from faults_of_database(table(document, "database"))
    seen: dict[tuple[object, ...], str] = {}
    for name, target in table(document, "targets").items():
        if not isinstance(target, dict):
            continue
        place = tuple(repr(target.get(key)) for key in _PLACE)
        if place in seen:
            what = "project" if target.get("cloud") == "huawei" else "namespace"
            yield (
                f"targets.{name}: the same {what} as targets.{seen[place]};"
                " two targets could change one job at the same time"
            )
        seen.setdefault(place, name)
    yield from faults_between_rules(document)
