"""What comes from the environment and must never be shown."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Secret(BaseModel):
    """Holds secrets: prints none, and a fault in it shows no value."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Credentials(Secret):
    """An access key; with a security token it is a temporary one."""

    access_key_id: SecretStr
    access_key_secret: SecretStr
    security_token: SecretStr | None = None

    @property
    def clear(self) -> tuple[str, str, str | None]:
        """The three in clear, for what signs."""
        token = self.security_token
        return (
            self.access_key_id.get_secret_value(),
            self.access_key_secret.get_secret_value(),
            token.get_secret_value() if token else None,
        )


class Login(Secret):
    """An IAM user of an account, who gets tokens for a password."""

    user: SecretStr
    password: SecretStr
    account: SecretStr


class PodRole(Secret):
    """A role, and where the token lies that a pod is given to take it. Nothing here is secret."""

    role_arn: str
    oidc_provider_arn: str
    oidc_token_file: str


Proof = Credentials | Login | PodRole
"""What of the environment proves who asks."""


class Secrets(Secret):
    """Everything that comes from the environment."""

    bot_token: SecretStr
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    secret_keys: tuple[SecretStr, ...] = ()
    """Seal what the database keeps: the first seals, any of them opens."""
    database_url: SecretStr | None = None
    """The database's address with its secrets, None when it has none."""
    database_secrets: tuple[SecretStr, ...] = ()
    """What of it has to be masked."""
    credentials: dict[str, Proof] = Field(default_factory=dict)
    """By target; those that need nothing from the environment are not here."""

    def in_clear(self) -> tuple[str, ...]:
        """Give every secret in clear, for nothing but masking it in logs."""
        tables: list[Secret] = [self, *self.credentials.values()]
        values = [value for table in tables for _, value in table]
        values += [*self.secret_keys, *self.database_secrets]
        return tuple(v.get_secret_value() for v in values if isinstance(v, SecretStr))
