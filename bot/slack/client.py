"""The connection to Slack's Web API: opened once, shared, never repeating a call by itself."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import stamina
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ConfigurationError
from bot.slack.reactions import Failure, Reaction, diagnose

if TYPE_CHECKING:
    from collections.abc import Mapping

SLACK_URL = "https://slack.com/api/"
SCOPES = (
    "commands",
    "chat:write",
    "im:write",
    "channels:history",
    "groups:history",
    "im:history",
    "mpim:history",
    "files:read",
    "files:write",
    "usergroups:read",
    "users:read",
)
"""What the manifest asks for; the history scopes are needed to look before posting again."""

_log = logging.getLogger(__name__)
_CALL_TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
_CURES = {
    "invalid_auth": "it is not a token of this Slack; copy it again",
    "not_authed": "it is empty",
    "account_inactive": "its app was removed or its owner deactivated; install the app again",
    "token_revoked": "it was revoked; install the app again and use the new token",
    "token_expired": "it expired; this bot needs an app without token rotation",
    "not_allowed_token_type": "it is a token of another kind",
    "missing_scope": "it lacks a scope; add it and install the app again",
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in the workspace its token belongs to."""

    bot_user_id: str
    bot_id: str
    team_id: str
    team: str
    name: str
    missing_scopes: tuple[str, ...] = ()


def open_session() -> aiohttp.ClientSession:
    """Open the one session for all calls to Slack; the SDK would open a connection per call."""
    return aiohttp.ClientSession(timeout=_CALL_TIMEOUT)


def open_slack_client(token: str, base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Give a client that never repeats a call by itself: its default would post twice."""
    url = normalised(base_url)
    client = AsyncWebClient(
        token=token,
        base_url=url,
        timeout=int(_CALL_TIMEOUT.total or 0),
        session=session,
        retry_handlers=[],
        logger=quiet_logger("slack_sdk.web"),
    )
    if is_loopback(url):
        client.proxy = None  # the SDK takes it from the environment, whatever the address
    return client


def normalised(base_url: str) -> str:
    """Give a base URL the one trailing slash that the SDK needs."""
    return f"{base_url.rstrip('/')}/"


def is_loopback(url: str) -> bool:
    """Tell whether an address surely means this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def quiet_logger(name: str) -> logging.Logger:
    """Give a library's logger with a level of its own.

    The SDK and Bolt compare `logger.level` itself, so one that inherits its level (NOTSET) makes
    them format every request and answer, tokens of modals included, for a line nobody writes.
    """
    logger = logging.getLogger(name)
    logger.setLevel(logging.WARNING)
    return logger


async def identify(client: AsyncWebClient, *, attempts: int = 5) -> Identity:
    """Ask Slack who we are, patiently; warn of scopes that are missing.

    Raises:
        ConfigurationError: the token is refused, or Slack cannot be reached.

    """
    try:
        async for attempt in stamina.retry_context(
            on=_may_pass, attempts=attempts, timeout=60.0, wait_initial=0.5, wait_max=10.0
        ):
            with attempt:
                answer = await client.auth_test()
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        raise token_error("SLACK_BOT_TOKEN", client.base_url, diagnose(error)) from error
    return _identity(answer.data, answer.headers)


def token_error(variable: str, base_url: str, failure: Failure) -> ConfigurationError:
    """Say what is wrong with a token, or with the way to Slack."""
    if failure.reaction is Reaction.STOP:
        cure = _CURES.get(failure.code, "Slack refuses it")
        return ConfigurationError(f"{variable}: {cure} ({failure.code})")
    return ConfigurationError(f"slack.api_url = {base_url}: no usable answer ({failure})")


def _may_pass(error: Exception) -> bool:
    if isinstance(error, SlackApiError | aiohttp.ClientError | TimeoutError):
        return diagnose(error).reaction is Reaction.RETRY_LATER
    return False


def _identity(data: object, headers: Mapping[str, str]) -> Identity:
    match data:
        case {"user_id": str(user_id), "bot_id": str(bot_id), "team_id": str(team_id)}:
            found = Identity(
                bot_user_id=user_id,
                bot_id=bot_id,
                team_id=team_id,
                team=_text(data, "team"),
                name=_text(data, "user"),
                missing_scopes=_missing(headers),
            )
        case _:
            msg = "SLACK_BOT_TOKEN: not a bot token (xoxb-...)"
            raise ConfigurationError(msg)
    if found.missing_scopes:
        _log.warning(
            "the Slack app lacks scopes that manifest.yml asks for: %s. Add them and install the"
            " app again.",
            ", ".join(found.missing_scopes),
        )
    return found


def _text(data: object, key: str) -> str:
    return str(data.get(key, "")) if isinstance(data, dict) else ""


def _missing(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Compare with what Slack says it granted; what it does not say counts as granted."""
    granted = next((v for k, v in headers.items() if k.lower() == "x-oauth-scopes"), None)
    if granted is None:
        return ()
    known = {scope.strip() for scope in granted.split(",")}
    return tuple(scope for scope in SCOPES if scope not in known)
