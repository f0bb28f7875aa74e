"""What is asked of the identity service: tokens, and the project behind a region's name.

https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bot.clouds.huawei.errors import CLOUD, decode
from bot.clouds.huawei.token import CREATE_TOKEN, Token
from bot.clouds.huawei.wire import IssuedToken, ListedProjects
from bot.clouds.signing import canonical_query
from bot.clouds.transport import Call
from bot.errors import CloudUnavailableError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from bot.clouds.huawei.endpoints import HuaweiTarget
    from bot.clouds.transport import Answer, Transport

_JSON = "application/json"
LIST_PROJECTS = "KeystoneListProjects"


@dataclass(frozen=True, slots=True)
class Login:
    """An IAM user of an account; the account's own HUAWEI ID gets no token."""

    account: str
    user: str
    password: str = field(repr=False)


class TokenOffice:
    """Issues tokens for one user and one project."""

    def __init__(
        self,
        transport: Transport,
        login: Login,
        target: HuaweiTarget,
        now: Callable[[], datetime],
    ) -> None:
        self._transport = transport
        self._login = login
        self._target = target
        self._now = now

    async def __call__(self) -> Token:
        """Trade the password for a token.

        Asking again does no harm, so it is repeated like a read.
        """
        call = Call(
            CREATE_TOKEN,
            "POST",
            "/v3/auth/tokens?nocatalog=true",
            {"content-type": _JSON},
            json.dumps(self._request()).encode(),
        )
        return await self._transport.send(call, self._read)

    def _request(self) -> dict[str, Any]:
        login, target = self._login, self._target
        project = {"id": target.project_id} if target.project_id else {"name": target.region}
        user = {"name": login.user, "password": login.password, "domain": {"name": login.account}}
        return {
            "auth": {
                "identity": {"methods": ["password"], "password": {"user": user}},
                "scope": {"project": project},
            }
        }

    def _read(self, answer: Answer) -> Token:
        now = self._now()
        issued = decode(answer, CREATE_TOKEN, IssuedToken, is_write=False, now=now)
        try:
            expires_at = datetime.fromisoformat(issued.token.expires_at)
            value = answer.headers["x-subject-token"].strip()
        except (ValueError, KeyError) as error:
            message = "an answer without a token or its expiry"
            raise CloudUnavailableError(message, cloud=CLOUD, operation=CREATE_TOKEN) from error
        return Token(value, now, expires_at)


async def project_id_of(
    target: HuaweiTarget, transport: Transport, now: Callable[[], datetime]
) -> str:
    """Give the id of a target's project, looked up by the region's name where it is not said.

    https://support.huaweicloud.com/intl/en-us/api-iam/iam_06_0001.html

    Raises:
        ConfigurationError: there is none, or more than one.
        CloudError: it could not be looked up.

    """
    if target.project_id:
        return target.project_id
    path = f"/v3/projects?{canonical_query({'name': target.region})}"
    call = Call(LIST_PROJECTS, "GET", path, {"content-type": _JSON})

    def read(answer: Answer) -> ListedProjects:
        return decode(answer, LIST_PROJECTS, ListedProjects, is_write=False, now=now())

    found = [project.id for project in (await transport.send(call, read)).projects]
    if len(found) == 1:
        return found[0]
    what = f"names {len(found)} projects ({', '.join(found)})" if found else "names no project"
    msg = f"target {target.name}: region {target.region} {what}: set project_id"
    raise ConfigurationError(msg)
