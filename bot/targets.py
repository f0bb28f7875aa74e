"""From the settings to the clouds: one client for every target, closed when the bot ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clouds import huawei
from bot.clouds.alibaba import AlibabaTarget, Credentials, open_alibaba
from bot.settings import secrets
from bot.settings import targets as configured

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AsyncExitStack

    from bot.settings import Settings
    from bot.updates.dli.ports import RestartCloud
    from bot.updates.ports import HotUpdateCloud, JobCloud


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
    clouds = Clouds()
    for name, target in settings.targets.items():
        proof = settings.secrets.credentials.get(name)
        if isinstance(target, configured.HuaweiTarget):
            dli = _huawei(name, target, proof)
            stack.push_async_callback(dli.aclose)
            clouds.restart[name] = restart(dli)
        else:
            flink = open_alibaba(_place(name, target), _key(proof))
            stack.push_async_callback(flink.aclose)
            clouds.hot_update[name] = hot_update(flink)
    return clouds


def _place(name: str, target: configured.AlibabaTarget) -> AlibabaTarget:
    return AlibabaTarget(
        name=name,
        region=target.region,
        workspace=target.workspace,
        namespace=target.namespace,
        endpoint=target.endpoint,
        vpc=target.vpc,
    )


def _key(proof: secrets.Secret | None) -> Credentials:
    assert isinstance(proof, secrets.Credentials)  # noqa: S101 - the settings insist on it
    token = proof.security_token
    return Credentials(
        proof.access_key_id.get_secret_value(),
        proof.access_key_secret.get_secret_value(),
        token.get_secret_value() if token else None,
    )


def _huawei(
    name: str, target: configured.HuaweiTarget, proof: secrets.Secret | None
) -> huawei.HuaweiCloud:
    place = huawei.HuaweiTarget(
        name=name,
        region=target.region,
        project_id=target.project_id or "",
        endpoint=target.endpoint,
        iam_endpoint=target.iam_endpoint,
    )
    return huawei.open_huawei(place, _identity(target, proof))


def _identity(
    target: configured.HuaweiTarget, proof: secrets.Secret | None
) -> huawei.Credentials | huawei.Login | Path:
    match proof:
        case secrets.Credentials():
            token = proof.security_token
            return huawei.Credentials(
                proof.access_key_id.get_secret_value(),
                proof.access_key_secret.get_secret_value(),
                token.get_secret_value() if token else None,
            )
        case secrets.Login():
            return huawei.Login(
                user=proof.user.get_secret_value(),
                password=proof.password.get_secret_value(),
                account=proof.account.get_secret_value(),
            )
        case _:
            return Path(target.token_file or "")
