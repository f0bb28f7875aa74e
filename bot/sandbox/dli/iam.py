"""The part of the identity service that DLI's clients need: tokens, and the project of a region.

https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bot.sandbox.dli.refusals import Code, GatewayError, IamError

if TYPE_CHECKING:
    from bot.sandbox.dli.model import Document
    from bot.sandbox.dli.verify import Account

TOKEN_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Project:
    """Where everything lives."""

    id: str
    region: str


class Iam:
    """Issues tokens for one account, and knows which are still good."""

    def __init__(self, account: Account, project: Project) -> None:
        self._account = account
        self._project = project
        self._tokens: dict[str, datetime] = {}

    def issue(self, body: Document, now: datetime) -> tuple[str, Document]:
        """Trade a password for a token; give it and what is told about it."""
        identity = _member(body, "auth", "identity")
        if "password" not in (identity.get("methods") or []):
            raise IamError(400, "Bad Request", "The methods must include password.")
        user = _member(identity, "password", "user")
        self._check(user)
        self._check_scope(_member(body, "auth").get("scope"))
        token, expires_at = f"MIIsandbox{uuid4().hex}", now + TOKEN_LIFE
        self._tokens[token] = expires_at
        return token, {
            "token": {
                "expires_at": f"{expires_at:%Y-%m-%dT%H:%M:%S.%f}Z",
                "issued_at": f"{now:%Y-%m-%dT%H:%M:%S.%f}Z",
                "methods": ["password"],
                "project": {
                    "id": self._project.id,
                    "name": self._project.region,
                    "domain": {"name": self._account.domain},
                },
                "user": {
                    "name": self._account.user,
                    "domain": {"name": self._account.domain},
                },
                "roles": [{"id": "0", "name": "dli_adm"}],
            }
        }

    def check_token(self, token: str, now: datetime) -> None:
        """Accept a token or say why not.

        Raises:
            GatewayError: with HTTP 401.

        """
        expires_at = self._tokens.get(token)
        if expires_at is None or now >= expires_at:
            raise GatewayError(Code.BAD_TOKEN, "The token must be updated.", 401)

    def expire_tokens(self) -> None:
        """Forget every token, as after a change of the password."""
        self._tokens.clear()

    def projects(self, name: str | None) -> Document:
        """List the projects of a name; a region's own has the region's name."""
        found = {
            "id": self._project.id,
            "name": self._project.region,
            "domain_id": "sandbox-domain",
            "enabled": True,
        }
        listed = [found] if name in {None, self._project.region} else []
        return {"projects": listed, "links": {"self": "/v3/projects"}}

    def _check(self, user: Document) -> None:
        account = self._account
        named = (
            user.get("name") == account.user
            and _member(user, "domain").get("name") == account.domain
        )
        given = str(user.get("password", "")).encode()
        if not named or not hmac.compare_digest(given, account.password.encode()):
            raise IamError(401, "Unauthorized", "The username or password is wrong.")

    def _check_scope(self, scope: Any) -> None:
        project = scope.get("project") if isinstance(scope, dict) else None
        wanted = project.get("id", project.get("name")) if isinstance(project, dict) else None
        if wanted not in {self._project.id, self._project.region}:
            raise IamError(400, "Bad Request", "The scope names no project of this account.")


def _member(body: Document, *names: str) -> Document:
    for name in names:
        found = body.get(name)
        if not isinstance(found, dict):
            raise IamError(400, "Bad Request", f"The request has no {name}.")
        body = found
    return body
