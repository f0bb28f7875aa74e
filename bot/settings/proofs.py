"""Which variables hold what proves to a cloud who asks, target by target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from bot.settings.secrets import Credentials, Login, PodRole, Proof
from bot.settings.targets import (
    DEFAULT_KEY_ID,
    DEFAULT_KEY_SECRET,
    DEFAULT_SECURITY_TOKEN,
    Auth,
    HuaweiTarget,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.settings.environment import Environment

    Variables = tuple[str, str, str]

VENDORS: Variables = ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN")
TERRAFORMS: Variables = ("HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_SECURITY_TOKEN")
_ROLE = {
    "role_arn": "ALIBABA_CLOUD_ROLE_ARN",
    "oidc_provider_arn": "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
    "oidc_token_file": "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
}


def proof_of(name: str, target: Mapping[str, Any], environment: Environment) -> Proof | None:
    """Read what a target needs from the environment; None if it is nothing, or the file is wrong.

    `target` is the table as read, not checked yet. What is missing becomes a fault.
    """
    reader = _Reader(f"needed by targets.{name}", target, environment)
    match (target.get("cloud"), target.get("auth", Auth.KEY)):
        case ("alibaba", Auth.KEY):
            return reader.alibaba_key()
        case ("alibaba", Auth.OIDC):
            return reader.pod_role()
        case ("huawei", Auth.KEY):
            return reader.huawei_key()
        case ("huawei", Auth.TOKEN) if "token_file" not in target:
            return reader.login()
    return None


class _Reader:
    """Reads one target's variables."""

    def __init__(self, purpose: str, target: Mapping[str, Any], environment: Environment) -> None:
        self._purpose = purpose
        self._target = target
        self._environment = environment

    def alibaba_key(self) -> Credentials:
        # The standard token belongs to the standard key; beside another key it would spoil it.
        own_key = "access_key_id_env" in self._target and "security_token_env" not in self._target
        token = "" if own_key else self._variable("security_token_env", DEFAULT_SECURITY_TOKEN)
        return Credentials(
            access_key_id=self._needed(self._variable("access_key_id_env", DEFAULT_KEY_ID)),
            access_key_secret=self._needed(
                self._variable("access_key_secret_env", DEFAULT_KEY_SECRET)
            ),
            security_token=self._token(token),
        )

    def huawei_key(self) -> Credentials:
        named = "access_key_env" in self._target or "secret_key_env" in self._target
        access_key, secret_key, token = self._standard()
        if named:
            access_key = self._variable("access_key_env", "")
            secret_key = self._variable("secret_key_env", "")
            token = self._variable("security_token_env", "")
        return Credentials(
            access_key_id=self._needed(access_key),
            access_key_secret=self._needed(secret_key),
            security_token=self._token(token),
        )

    def _standard(self) -> Variables:
        """Choose the vendor's variables, or Terraform's where only those are set; never mix."""
        for variables in (VENDORS, TERRAFORMS):
            if any(self._environment.is_set(name) for name in variables[:2]):
                return variables
        self._purpose += f" ({TERRAFORMS[0]} and {TERRAFORMS[1]} would do as well)"
        return VENDORS

    def login(self) -> Login:
        user, password, account = (
            self._needed(self._variable(key, HuaweiTarget.model_fields[key].default))
            for key in ("user_env", "password_env", "account_env")
        )
        return Login(user=user, password=password, account=account)

    def pod_role(self) -> PodRole:
        """What the file does not say is in the variables that Alibaba's webhook gives a pod."""
        found = {
            key: str(self._target.get(key) or self._needed(variable).get_secret_value())
            for key, variable in _ROLE.items()
        }
        return PodRole(**found)

    def _token(self, name: str) -> SecretStr | None:
        needed = self._purpose if "security_token_env" in self._target else ""
        return self._environment.secret(name, needed=needed) if name else None

    def _needed(self, name: str) -> SecretStr:
        read = self._environment.secret(name, needed=self._purpose) if name else None
        return read or SecretStr("")

    def _variable(self, key: str, default: str) -> str:
        """Give a variable's name, empty when the file holds none that could be one."""
        name = self._target.get(key, default)
        plausible = isinstance(name, str) and name.isascii() and name.isidentifier()
        return str(name) if plausible and name == name.upper() else ""
