"""Which of the two databases an address names, and that a wrong one shows nothing."""

import pytest

from bot.errors import ConfigurationError
from bot.store.postgres import address, connect_arguments, unusable
from bot.store.urls import is_postgres, parsed


@pytest.mark.parametrize(
    ("url", "shared"),
    [
        ("sqlite:///x", False),
        ("sqlite+aiosqlite:////data/x", False),
        ("postgres://db/x", True),
        ("postgresql://db/x", True),
        ("postgresql+psycopg://bot@db:5433/x?sslmode=require", True),
    ],
)
def test_an_address_names_a_file_or_a_server(url, shared):
    assert is_postgres(parsed(url)) is shared


@pytest.mark.parametrize(
    "url", ["hunter2", "mysql://bot:hunter2@db/x", "postgresql+asyncpg://u:hunter2@db/x", "://"]
)
def test_another_one_is_refused_by_its_scheme_alone(url):
    with pytest.raises(ConfigurationError, match="is not supported; allowed: ") as refused:
        parsed(url)

    assert "hunter2" not in str(refused.value)


SECRET = parsed("postgresql://bot:hunter2@db:5433/x?sslpassword=s3cret&connect_timeout=1")


def test_the_engine_gets_the_address_without_secrets_and_the_connection_gets_them():
    bare, given = address(SECRET), connect_arguments(SECRET)

    assert bare.render_as_string(hide_password=False) == (
        "postgresql+psycopg://bot@db:5433/x?connect_timeout=1"
    )
    assert (given["password"], given["sslpassword"]) == ("hunter2", "s3cret")
    assert "connect_timeout" not in given  # the address itself says it
    assert given["target_session_attrs"] == "read-write"


def test_the_password_among_the_options_goes_before_that_of_the_user():
    both = parsed("postgresql://bot:first@db/x?password=second")

    assert connect_arguments(both)["password"] == "second"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://u:hunter2@db:5433/x", "db:5433"),
        ("postgresql://u:hunter2@db/x", "db"),
        ("postgresql://u:hunter2@/x", "the local server"),
        ("postgresql://u:hunter2@/x?host=/run/pg", "/run/pg"),
        ("postgresql://u:hunter2@/x?host=a:1&host=b:2", "a:1, b:2"),
    ],
)
def test_a_database_that_cannot_be_used_is_named_without_its_password(url, place):
    said = str(unusable(parsed(url), "why"))

    assert said == f"database.url: PostgreSQL database 'x' at {place} cannot be used: why"
