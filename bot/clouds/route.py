"""How a request leaves this machine: through which proxy, and which authorities are trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

_SERVERS_OWN = frozenset({"169.254.169.254", "100.100.100.200"})
"""Where the clouds answer their own servers: a proxy would be told of another machine's keys."""
_NETLOC = re.compile(r"([A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Route:
    """Where requests go, whom they trust on the way, and whether a proxy passes them on."""

    base_url: str
    tls: ssl.SSLContext
    proxy: str | None = field(default=None, repr=False)


def route_to(base_url: str, tls: ssl.SSLContext | None = None) -> Route:
    """Give the way to an address, as the environment has it.

    Raises:
        ConfigurationError: the proxy is of a kind that is not supported.

    """
    address = base_url.rstrip("/")
    return Route(address, tls or _default_tls(), _proxy_for(address))


def _proxy_for(base_url: str) -> str | None:
    """Give the proxy that the environment names for an address, None to go straight.

    HTTPS_PROXY, ALL_PROXY and NO_PROXY are how companies let a process out, so they count; but
    nothing that is sent to this machine itself, or is told to it alone, may go through a proxy.
    Asked once, for all connections: the HTTP clients would each read NO_PROXY a little differently.
    """
    address = urlsplit(base_url)
    host = address.hostname or ""
    if is_loopback(host) or host in _SERVERS_OWN or proxy_bypass(address.netloc):
        return None
    proxies = getproxies()
    proxy = proxies.get(address.scheme) or proxies.get("all")
    if not proxy:
        return None
    whole = proxy if "://" in proxy else f"http://{proxy}"
    if urlsplit(whole).scheme not in {"http", "https"}:
        msg = f"the proxy that the environment names for {host} is not an http or https address"
        raise ConfigurationError(msg)
    return whole


def checked_endpoint(target: str, endpoint: str) -> str:
    """Give the address that the configuration of a target names, as `https://host[:port]`.

    Raises:
        ConfigurationError: it is no such address, or http to another machine.

    """
    parts = urlsplit(endpoint if "://" in endpoint else f"https://{endpoint}")
    plain = parts.path in {"", "/"} and not parts.query and _NETLOC.fullmatch(parts.netloc)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not plain:
        msg = f'target {target}: endpoint {endpoint!r} is not like "https://host:port"'
        raise ConfigurationError(msg)
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        msg = f"target {target}: endpoint {endpoint!r}: http is for loopback addresses only"
        raise ConfigurationError(msg)
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(host: str) -> bool:
    """Tell whether a host name surely means this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@cache
def _default_tls() -> ssl.SSLContext:
    """Load the authorities (or SSL_CERT_FILE's) once: it takes longer than all else at start."""
    return httpx.create_ssl_context()
