"""From the settings to the clouds: one client for every target, closed when the bot ends."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clouds import huawei
from bot.clouds.alibaba import AlibabaTarget, Credentials, open_alibaba
from bot.clouds.alibaba.temporary import STS, PodRole, ServerRole
from bot.clouds.huawei.temporary import ServerAgency
from bot.clouds.keys import Keys, LentKeys
from bot.settings import Auth, secrets
from bot.settings import targets as configured

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AsyncExitStack

    from bot.settings import Settings
    from bot.updates.dli.ports import RestartCloud
    from bot.updates.ports import HotUpdateCloud, JobCloud

_ALIBABA_AHEAD, _HUAWEI_AHEAD = timedelta(minutes=15), timedelta(minutes=40)
"""When new keys are asked for, as the vendors' own clients do."""


@dataclass(frozen=True, slots=True)
class Clouds:
    """The clouds of all targets, by what can be done there."""

    hot_update: dict[str, HotUpdateCloud] = field(default_factory=dict)
    restart: dict[str, RestartCloud] = field(default_factory=dict)

    @property
    def every(self) -> dict[str, JobCloud]:
        """Give all of them, by target."""
        return {**self.hot_update, **self.restart}


def open_clouds(
    settings: Settings,
    stack: AsyncExitStack,
    hot_update: Callable[[HotUpdateCloud], HotUpdateCloud],
    restart: Callable[[RestartCloud], RestartCloud],
) -> Clouds:
    """Open what is configured; `hot_update` and `restart` may put something before a client.

    Raises:
        ConfigurationError: an address or a credential cannot be used.

    """
    clouds, marking = Clouds(), _marking_key(settings)
    for name, target in settings.targets.items():
        proof = settings.secrets.credentials.get(name)
        if isinstance(target, configured.HuaweiTarget):
            dli = _huawei(name, target, proof, marking)
            stack.push_async_callback(dli.aclose)
            clouds.restart[name] = restart(dli)
        else:
            flink = open_alibaba(
                _place(name, target), _keys(name, target, proof), prints_key=marking
            )
            stack.push_async_callback(flink.aclose)
            clouds.hot_update[name] = hot_update(flink)
    return clouds


def _now() -> datetime:
    return datetime.now(UTC)


def _marking_key(settings: Settings) -> bytes | None:
    """Give what secrets are marked with, so that it does not hang on keys that come and go."""
    if not settings.secrets.secret_keys:
        return None
    secret = settings.secrets.secret_keys[0].get_secret_value()
    return hashlib.sha256(f"flinkbot marks of secrets {secret}".encode()).digest()


def _place(name: str, target: configured.AlibabaTarget) -> AlibabaTarget:
    return AlibabaTarget(
        name=name,
        region=target.region,
        workspace=target.workspace,
        namespace=target.namespace,
        endpoint=target.endpoint,
        vpc=target.vpc,
    )


def _keys(
    name: str, target: configured.AlibabaTarget, proof: secrets.Proof | None
) -> Credentials | Keys[Credentials]:
    match proof:
        case secrets.Credentials():
            return Credentials(*proof.clear)
        case secrets.PodRole():
            role = PodRole(
                role_arn=proof.role_arn,
                provider_arn=proof.oidc_provider_arn,
                token_file=Path(proof.oidc_token_file),
                session=f"flinkbot-{name}",
                now=_now,
                endpoint=_sts(target),
            )
            return LentKeys(role, now=_now, ahead=_ALIBABA_AHEAD)
        case _:
            server = ServerRole(target.ram_role or "", target.metadata_endpoint)
            return LentKeys(server, now=_now, ahead=_ALIBABA_AHEAD)


def _sts(target: configured.AlibabaTarget) -> str:
    regional = f"https://sts-vpc.{target.region}.aliyuncs.com"
    return target.sts_endpoint or (regional if target.vpc else STS)


def _huawei(
    name: str,
    target: configured.HuaweiTarget,
    proof: secrets.Proof | None,
    marking: bytes | None,
) -> huawei.HuaweiCloud:
    place = huawei.HuaweiTarget(
        name=name,
        region=target.region,
        project_id=target.project_id or "",
        endpoint=target.endpoint,
        iam_endpoint=target.iam_endpoint,
    )
    return huawei.open_huawei(place, _identity(target, proof), marks_key=marking)


def _identity(
    target: configured.HuaweiTarget, proof: secrets.Proof | None
) -> huawei.Credentials | huawei.Login | huawei.AccessKeyAuth | Path:
    match proof:
        case secrets.Credentials():
            return huawei.Credentials(*proof.clear)
        case secrets.Login():
            return huawei.Login(
                user=proof.user.get_secret_value(),
                password=proof.password.get_secret_value(),
                account=proof.account.get_secret_value(),
            )
        case _ if target.auth is Auth.ECS:
            agency = ServerAgency(target.metadata_endpoint)
            return huawei.AccessKeyAuth(LentKeys(agency, now=_now, ahead=_HUAWEI_AHEAD), now=_now)
        case _:
            return Path(target.token_file or "")
