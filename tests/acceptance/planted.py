"""The world with a secret of its own in every place that could hold one, and a search for them."""

import io
import json
import logging
import re
from dataclasses import replace
from enum import StrEnum

import aiohttp
from sqlalchemy import inspect, text

from bot.bootstrap import open_bot
from bot.logs import configure_logging
from bot.sandbox.stage import CHANNEL, PROJECT, REGION, VARIABLES
from bot.settings import load_settings
from bot.store.export import exported
from bot.store.reading import entries, snapshot
from tests.acceptance.lake import QUICK_DLI, TABLE, Lake
from tests.acceptance.world import JOB, TIMES

ORDERS, SESSIONS = "dwd_orders", "clickstream_sessions"
CREDENTIALS = {
    name: VARIABLES[name]
    for name in (
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "HUAWEICLOUD_SDK_SK",
        "FLINKBOT_SECRET_KEY",
    )
}


class Secret(StrEnum):
    """What is planted, each in one place of its own."""

    DATABASE = "planted-in-database-address-01"
    SQL_BEFORE = "planted-in-running-sql-02"
    SQL_AFTER = "planted-in-uploaded-sql-03"
    ARGUMENT_BEFORE = "planted-in-running-arguments-04"
    ARGUMENT_AFTER = "planted-in-typed-arguments-05"
    LOOKUP = "planted-in-address-in-arguments-06"
    RUNTIME = "planted-in-runtime-config-07"
    CONF = "planted-in-flink-conf-08"
    CONF_EDITED = "planted-in-edited-flink-conf-09"
    SAVEPOINT = "planted-in-savepoint-path-10"
    REASON = "planted-in-reason-11"
    RAISED = "planted-in-exception-12"


REASON_KEY = "LTAI5tPlantedReason14abcd"
"""Looks like an access key by itself."""
EVERY = {**CREDENTIALS, **{one.name: one.value for one in Secret}, "REASON_KEY": REASON_KEY}


class Raw(logging.Handler):
    """Keeps exceptions as they are raised, before anything is masked."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []

    def emit(self, record):
        if record.exc_info and record.exc_info[1] is not None:
            self.lines.append(logging.Formatter().formatException(record.exc_info))
        self.lines += [str(one) for one in _args(record) if isinstance(one, BaseException)]


def _args(record):
    return record.args if isinstance(record.args, tuple) else ()


class Troubled:
    """Alibaba Cloud, but what a test has ordered is raised when a hot update is asked for."""

    def __init__(self, cloud, trouble):
        self._cloud, self._trouble = cloud, trouble

    def __getattr__(self, name):
        return getattr(self._cloud, name)

    async def hot_update(self, job_id):
        if self._trouble:
            raise self._trouble.pop()
        return await self._cloud.hot_update(job_id)


class Planted(Lake):
    """What a test drives and searches."""

    def __init__(self, folder, postgres_url="", *, sealed=True):
        super().__init__(folder)
        self.postgres_url, self.sealed = postgres_url, sealed
        self.log, self.raw = io.StringIO(), Raw()
        self.url = postgres_url or f"sqlite+aiosqlite:///{folder}/flinkbot.sqlite3"
        self.health = ""
        """What whoever watches the process is told; there are no other metrics."""
        self.trouble = []
        """What the next hot updates raise instead of being asked for."""
        self._plant()

    def _plant(self):
        orders, sessions = self.job(ORDERS), self.job(SESSIONS)
        for parts in (orders.parts, orders.runs[-1].parts):
            parts["sql_body"] = parts["sql_body"].replace("sandbox-crm-password", Secret.SQL_BEFORE)
        for parts in (sessions.parts, sessions.runs[-1].parts):
            parts["entrypoint_args"] = (
                f"--topic clicks --gap 30m --password {Secret.ARGUMENT_BEFORE}"
                f" --lookup obs://SANDBOXACCESSKEY00001:{Secret.LOOKUP}@lookups/pages.csv"
            )
            parts["runtime_config"] = json.dumps(
                [{"key": "fs.obs.secret.key", "value": Secret.RUNTIME}]
            )
        deployment = self.cloud.named(JOB)
        for parts in (deployment.parts, deployment.latest_job.parts):
            parts["flinkConf"] = {**parts["flinkConf"], "fs.oss.accessKeySecret": Secret.CONF}

    async def start(self, *, more="", **_):
        table = TABLE.format(
            region=REGION, project=PROJECT, dli=self.clouds["dli"], channel=CHANNEL
        )
        file = self.folder / "flinkbot.toml"
        file.write_text(f"{self.text}\n{table}\n{more}\n{TIMES}")
        settings = load_settings(file, self._variables())
        assert not self.postgres_url or Secret.DATABASE in settings.database_url
        configure_logging("DEBUG", "json", secrets=settings.secret_values(), stream=self.log)
        logging.getLogger().addHandler(self.raw)
        ends = replace(QUICK_DLI, cloud=lambda cloud: Troubled(cloud, self.trouble))
        self.bot = await self._bot.enter_async_context(open_bot(settings, ends=ends))
        await self.slack.deliver_to(f"http://127.0.0.1:{self.bot.port}/slack/events")
        await self.ask("/flink jobs")
        async with aiohttp.ClientSession() as session:
            for path in ("healthz", "readyz"):
                async with session.get(f"http://127.0.0.1:{self.bot.port}/{path}") as answer:
                    self.health += await answer.text()

    def _variables(self):
        chosen = {k: v for k, v in VARIABLES.items() if self.sealed or k != "FLINKBOT_SECRET_KEY"}
        if self.postgres_url:  # the server asks for none, and so takes any
            chosen["FLINKBOT_DATABASE_URL"] = re.sub(
                r"(?<=://)([^:@/]+)@", rf"\1:{Secret.DATABASE}@", self.postgres_url
            )
        return chosen

    async def finished(self, update_id):
        """Wait for an update's last message."""
        return await self.told(update_id)

    def found(self):
        """Give the names of the secrets that are somewhere in clear, with where.

        What a test raises itself holds one; where that exception is told counts.
        """
        places = {
            "log": self.log.getvalue(),
            "exceptions": "\n".join(self.raw.lines),
            "slack": self._shown(),
            "audit": self._audit(),
            "health": self.health,
            "database": self._cells(),
        }
        assert all(places[place] for place in places if place != "exceptions")
        return {
            (place, name): _around(held, value)
            for place, held in places.items()
            for name, value in EVERY.items()
            if value in held and (place, name) != ("exceptions", Secret.RAISED.name)
        }

    def _shown(self):
        """Give all that the bot said: calls of Slack, answers to deliveries, files."""
        called = [call.arguments for call in self.slack.api.calls]
        answered = [
            entry["response"]
            for entry in self.slack.traffic.since(0)
            if entry["direction"] == "to_app"
        ]
        by_url = [
            entry["request"]
            for entry in self.slack.traffic.since(0)
            if entry["direction"] == "from_app"
        ]
        said = [m for c in self.slack.workspace.channels for m in self.slack.messages(c)]
        said += [m for who in ("U0ADA", "U0LIN") for m in self.slack.ephemerals(who)]
        ids = {file["id"] for message in said for file in message.files}
        files = [self.slack.workspace.files.get(one).content.decode() for one in ids]
        words = [message.words() for message in said]
        return json.dumps([called, answered, by_url, words, files], default=str)

    def _audit(self):
        return "".join(
            line for as_csv in (False, True) for line in exported(entries(self.url), as_csv=as_csv)
        )

    def _cells(self):
        """Give every cell; of SQLite the files, with what is in them beside the cells."""
        if not self.postgres_url:
            files = sorted(self.folder.glob("flinkbot.sqlite3*"))
            return "".join(file.read_bytes().decode("latin-1") for file in files)
        with snapshot(self.url) as connection:
            tables = inspect(connection).get_table_names()
            return "\n".join(
                str(row)
                for table in tables
                for row in connection.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608
            )


def _around(held, value):
    at = held.index(value)
    return " ".join(held[max(0, at - 160) : at + len(value) + 40].split())
