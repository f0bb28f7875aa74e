"""Where the database is, from file and environment, and that nobody sees its password."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigurationError
from bot.logs import Redaction
from bot.settings import load_database
from bot.settings.database import divided
from tests.unit.settings.bench import Load, fault_of

WORD = "hunter2/?#@%"
PLANTED = "postgresql://bot:hunter2%2F%3F%23%40%25@db.example.org:5433/flinkbot?sslmode=require"
SHOWN = "postgresql://bot@db.example.org:5433/flinkbot?sslmode=require"


def in_file(url: str) -> str:
    return f'[database]\nurl = "{url}"\n'


# Addresses


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql://db/flinkbot", "postgresql://db/flinkbot"),
        ("postgres://bot@db/flinkbot", "postgresql://bot@db/flinkbot"),
        ("postgresql+psycopg://bot@db:6432/flinkbot", "postgresql://bot@db:6432/flinkbot"),
        ("postgresql://[::1]:5432/flinkbot", "postgresql://[::1]:5432/flinkbot"),
        ("postgresql:///x?host=/run/postgresql", "postgresql:///x?host=/run/postgresql"),
        ("postgresql:///x?host=a:1&host=b:2", "postgresql:///x?host=a:1&host=b:2"),
        (
            "postgresql://db/x?sslmode=verify-full&sslrootcert=/ca.pem&passfile=/run/pgpass",
            "postgresql://db/x?sslmode=verify-full&sslrootcert=/ca.pem&passfile=/run/pgpass",
        ),
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("sqlite+aiosqlite:////data/x.db", "sqlite+aiosqlite:////data/x.db"),
    ],
)
def test_what_names_a_database_is_taken_from_the_file(load: Load, given: str, shown: str) -> None:
    settings = load(in_file(given))

    assert settings.database.url == settings.database_url == shown


@pytest.mark.parametrize(
    "url",
    [
        "mysql://bot:hunter2@db/flinkbot",
        "hunter2",
        "postgresql://bot:hunter2@db",
        "postgresql://bot:hunter2@db/",
        "postgresql://bot:hunt/er2@db/flinkbot",
        "postgresql://bot:hunter2@@db/flinkbot",
        "postgresql://bot:hunter2@db:port/flinkbot",
        "postgresql://bot:hunter2@a:1,b:2/flinkbot",
        "postgresql://bot:hunter2@db/flink bot",
        "postgresql+asyncpg://bot:hunter2@db/flinkbot",
        "sqlite+aiosqlite://bot:hunter2@db/x",
    ],
)
@pytest.mark.parametrize("source", ["file", "environment"])
def test_what_names_none_is_a_fault_that_shows_nothing_of_it(
    load: Load, url: str, source: str
) -> None:
    if source == "file":
        fault = fault_of(load, in_file(url))
        assert "- database.url (value not shown): must be " in fault
    else:
        fault = fault_of(load, "", {"FLINKBOT_DATABASE_URL": url})
        assert "- FLINKBOT_DATABASE_URL (value not shown): must be " in fault

    assert "postgresql://USER@HOST:PORT/DATABASE" in fault
    assert ("are written %2F" in fault) == url.startswith("postgres")
    assert "hun" not in fault


# Passwords


@pytest.mark.parametrize("option", ["password", "sslpassword", "oauth_client_secret"])
def test_a_password_in_the_file_is_a_fault_that_says_where_it_belongs(
    load: Load, option: str
) -> None:
    for url in ("postgresql://u:hunter2@db/x", f"postgresql://db/x?{option}=hunter2"):
        fault = fault_of(load, in_file(url))

        assert "(1 fault)" in fault
        assert "database.url (value not shown): a password does not belong in the file" in fault
        assert "PGPASSWORD" in fault
        assert "hunter2" not in fault


def test_it_is_one_also_where_the_environment_goes_before_the_file(load: Load) -> None:
    fault = fault_of(
        load,
        in_file("postgresql://u:hunter2@db/x"),
        {"FLINKBOT_DATABASE_URL": "postgresql://db/y"},
    )

    assert "a password does not belong in the file" in fault
    assert "hunter2" not in fault


@pytest.mark.parametrize("from_file", [False, True])
def test_a_password_from_the_environment_opens_and_is_never_seen(
    load: Load, tmp_path: Path, from_file: bool
) -> None:
    (tmp_path / "url").write_text(PLANTED + "\n")
    environ = (
        {"FLINKBOT_DATABASE_URL_FILE": str(tmp_path / "url")}
        if from_file
        else {"FLINKBOT_DATABASE_URL": PLANTED}
    )

    settings = load("", environ)

    assert settings.database.url == SHOWN
    assert settings.database_url == f"{SHOWN}&password={quote(WORD, safe='')}"
    assert f"Database: {SHOWN}" in settings.summary()
    for text in (repr(settings), str(settings.summary()), repr(settings.secrets)):
        assert "hunter2" not in text
    masked = str(Redaction(settings.secret_values())(None, "", {"event": f"{PLANTED} {WORD}"}))
    assert "hunter2" not in masked


@pytest.mark.parametrize("variable", ["PGPASSWORD", "PGPASSWORD_FILE"])
def test_a_password_may_come_beside_the_address(load: Load, tmp_path: Path, variable: str) -> None:
    (tmp_path / "password").write_text("hunter2\n")
    value = str(tmp_path / "password") if variable.endswith("_FILE") else "hunter2"

    settings = load(in_file("postgresql://bot@db/x"), {variable: value})

    assert settings.database_url == "postgresql://bot@db/x?password=hunter2"
    assert "hunter2" in settings.secret_values()
    assert "hunter2" not in repr(settings)


def test_the_addresss_own_password_goes_before_the_one_beside_it(load: Load) -> None:
    both = {"FLINKBOT_DATABASE_URL": "postgresql://u:first@db/x", "PGPASSWORD": "second"}

    assert load("", both).database_url == "postgresql://u@db/x?password=first"


def test_a_file_needs_no_password(load: Load) -> None:
    settings = load("", {"PGPASSWORD": "hunter2"})

    assert settings.database_url == "sqlite+aiosqlite:///flinkbot.sqlite3"
    assert settings.secrets.database_url is None


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_password_comes_back_as_it_was(password: str) -> None:
    address = divided(f"postgresql://u:{quote(password, safe='')}@db/x")

    again = divided(address.clear)
    assert dict(again.secrets) == dict(address.secrets) == {"password": password}
    assert repr(address) == "Address(shown='postgresql://u@db/x')"


# Alone


def test_of_a_database_alone_neither_tokens_nor_targets_are_asked(tmp_path: Path) -> None:
    file = tmp_path / "flinkbot.toml"
    file.write_text(in_file("postgresql://bot@db/x"))

    address = load_database(file, {"PGPASSWORD": "hunter2"})

    assert address.shown == "postgresql://bot@db/x"
    assert address.clear == "postgresql://bot@db/x?password=hunter2"


def test_the_variable_alone_needs_no_file(tmp_path: Path) -> None:
    environ = {
        "FLINKBOT_DATABASE_URL": "postgresql://db/x",
        "FLINKBOT_CONFIG": str(tmp_path / "none.toml"),
    }

    assert load_database(None, environ).shown == "postgresql://db/x"


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="does not exist"):
        load_database(None, {"FLINKBOT_CONFIG": str(tmp_path / "none.toml")})
    with pytest.raises(ConfigurationError, match="does not exist"):
        load_database(tmp_path / "none.toml", {"FLINKBOT_DATABASE_URL": "postgresql://db/x"})


def test_without_anything_it_is_the_default() -> None:
    assert load_database(None, {}).shown == "sqlite+aiosqlite:///flinkbot.sqlite3"


@pytest.mark.parametrize(
    ("environ", "fault"),
    [
        ({}, "database.url (value not shown): a password does not belong in the file"),
        (
            {"FLINKBOT_DATABASE_URL": "postgresql://u:hunter2@db"},
            "FLINKBOT_DATABASE_URL (value not shown): must be",
        ),
        ({"PGPASSWORD_FILE": "/nowhere"}, "PGPASSWORD_FILE: '/nowhere' cannot be read"),
    ],
)
def test_every_fault_of_a_database_alone_is_told(
    tmp_path: Path, environ: dict[str, str], fault: str
) -> None:
    file = tmp_path / "flinkbot.toml"
    file.write_text(in_file("postgresql://u:hunter2@db/x"))

    with pytest.raises(ConfigurationError) as caught:
        load_database(file, environ)

    assert fault in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_wrong_table_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "flinkbot.toml"
    file.write_text("[database]\nulr = 5\n")

    with pytest.raises(
        ConfigurationError, match=r'database\.ulr = 5: unknown key; did you mean "ur'
    ):
        load_database(file, {})
