"""The kinds of values that the configuration file holds, each with its rule and its words."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_METADATA_HOSTS = frozenset({"169.254.169.254", "100.100.100.200"})
"""Where a cloud answers its own servers, without TLS, on a link that leaves them nowhere else."""


def is_loopback(host: str) -> bool:
    """Tell whether a host name surely means this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _split(text: str) -> tuple[str, str, str, str]:
    """Split an address into scheme, host, host with port, path; refuse what none needs."""
    parts = urlsplit(text)
    _ = parts.port  # a port that is no number is noticed only when it is read
    odd = parts.query or parts.fragment or "@" in parts.netloc or re.search(r"\s", text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or odd:
        raise ValueError
    return parts.scheme, parts.hostname, parts.netloc, parts.path


def _endpoint(text: str) -> str:
    try:
        scheme, host, netloc, path = _split(text if "://" in text else f"https://{text}")
    except ValueError:
        path, scheme, host, netloc = "?", "", "", ""
    if path.strip("/"):
        msg = 'must be "https://HOST" or "https://HOST:PORT", nothing behind it'
        raise ValueError(msg)
    if scheme == "http" and not is_loopback(host):
        msg = "http:// is allowed for loopback addresses only (127.0.0.1, ::1, localhost)"
        raise ValueError(msg)
    return f"{scheme}://{netloc}"


def _metadata_endpoint(text: str) -> str:
    try:
        scheme, host, netloc, path = _split(text)
    except ValueError:
        path, scheme, host, netloc = "?", "", "", ""
    local = host in _METADATA_HOSTS or is_loopback(host)
    if path.strip("/") or scheme != "http" or not local:
        msg = 'must be "http://169.254.169.254", "http://100.100.100.200" or a loopback address'
        raise ValueError(msg)
    return f"{scheme}://{netloc}"


def _slack_url(text: str) -> str:
    try:
        scheme, _, netloc, path = _split(text)
    except ValueError:
        msg = 'must be an address such as "https://slack.com/api/"'
        raise ValueError(msg) from None
    return f"{scheme}://{netloc}{path.rstrip('/')}/"


def matching(pattern: str, allowed: str) -> AfterValidator:
    """Accept texts of one shape; `allowed` says in words which."""

    def check(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            msg = f"must be {allowed}"
            raise ValueError(msg)
        return text

    return AfterValidator(check)


def as_set(given: object) -> object:
    """Read a list of texts, or one text alone, as a set."""
    if isinstance(given, str):
        return frozenset({given})
    if isinstance(given, list) and all(isinstance(item, str) for item in given):
        return frozenset(given)
    return given


_CHANNEL = r"[CGD][A-Z0-9]+"
_USER = r"[UW][A-Z0-9]+"

Variable = Annotated[
    str, matching(r"[A-Z_][A-Z0-9_]*", "the name of an environment variable, not the key itself")
]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
TargetName = Annotated[
    str, matching(r"[a-z0-9][a-z0-9-]{0,39}", "1 to 40 of a-z, 0-9 and -, not starting with -")
]
Endpoint = Annotated[str, AfterValidator(_endpoint)]
MetadataEndpoint = Annotated[str, AfterValidator(_metadata_endpoint)]
SlackUrl = Annotated[str, AfterValidator(_slack_url)]
HostName = Annotated[str, matching(r"[A-Za-z0-9.:_-]+", "a host name or an IP address")]
FilePath = Annotated[str, matching(r"\S(?:.*\S)?", "the path of a file")]
Arn = Annotated[
    str, matching(r"acs:ram::[0-9]+:\S+", 'an ARN such as "acs:ram::123456:role/flinkbot"')
]
Region = Annotated[str, matching(r"[a-z]{2,}(?:-[a-z0-9]+)+", 'a region id such as "cn-hangzhou"')]
Environment = Annotated[str, matching(r"\S(?:[^\r\n]{0,38}\S)?", "1 to 40 characters")]
Identifier = Annotated[
    str, matching(r"[A-Za-z0-9][A-Za-z0-9._-]*", "an id of letters, digits, '.', '_' and '-'")
]
SharedChannel = Annotated[
    str,
    matching(r"[CG][A-Z0-9]+", 'a Slack channel id such as "C0123456789", no direct message'),
]
Channel = Annotated[str, matching(_CHANNEL, 'a Slack channel id such as "C0123456789", not a name')]
Users = Annotated[
    frozenset[
        Annotated[
            str,
            matching(rf"{_USER}|\*", 'Slack user ids such as "U0123456789", or "*" for everybody'),
        ]
    ],
    BeforeValidator(as_set),
]
Channels = Annotated[
    frozenset[
        Annotated[
            str,
            matching(rf"{_CHANNEL}|\*", 'Slack channel ids such as "C0123456789", or "*" for all'),
        ]
    ],
    BeforeValidator(as_set),
]


class Table(BaseModel):
    """A table of the file: unknown keys and wrong types are faults, nothing changes later."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, use_enum_values=False
    )
