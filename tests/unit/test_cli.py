from __future__ import annotations

import errno
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner, Result

from bot import __version__
from bot.cli import Programs, app
from bot.errors import ConfigurationError
from bot.reach import Reached

TARGET = """
[targets.prod]
cloud = "alibaba"
region = "cn-hangzhou"
workspace = "a14bd5d90a1b2c"
namespace = "orders-default"
"""
ENVIRONMENT = {
    "SLACK_BOT_TOKEN": "xoxb-planted",
    "SLACK_APP_TOKEN": "xapp-planted",
    "ALIBABA_CLOUD_ACCESS_KEY_ID": "planted",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "planted",
    "FLINKBOT_CONFIG": None,
    "FLINKBOT_DATABASE_URL": None,
    "PGPASSWORD": None,
    "SLACK_API_URL": None,
}


class Recorder:
    """Stands in for the programs; remembers what was started, fails when told to."""

    def __init__(
        self,
        answer: bool = True,
        error: BaseException | None = None,
        reached: tuple[Reached, ...] = (),
    ) -> None:
        self.started: list[tuple[str, Any]] = []
        self._reached = reached
        self._answer = answer
        self._error = error
        self.programs = Programs(
            bot=self._bot,
            sandbox=self._sandbox,
            check=self._check,
            gallery=self._gallery,
            reach=self._reach,
        )

    def _start(self, name: str, given: Any) -> None:
        self.started.append((name, given))
        if self._error:
            raise self._error

    async def _bot(self, settings: Any) -> None:
        self._start("bot", settings)

    async def _sandbox(self, **given: Any) -> None:
        self._start("sandbox", given)

    async def _check(self, **given: Any) -> bool:
        self._start("check", given)
        return self._answer

    async def _gallery(self, folder: Path) -> None:
        self._start("gallery", folder)

    async def _reach(self, settings: Any) -> tuple[Reached, ...]:
        self._start("reach", settings)
        return self._reached


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "flinkbot.toml"
    file.write_text(TARGET, encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def flinkbot(*args: object, recorder: Recorder | None = None, **env: str | None) -> Result:
    programs = (recorder or Recorder()).programs
    return CliRunner().invoke(
        app, [str(arg) for arg in args], obj=programs, env={**ENVIRONMENT, **env}
    )


def test_the_version_is_told() -> None:
    result = flinkbot("--version")

    assert (result.exit_code, result.stdout) == (0, f"flinkbot {__version__}\n")


def test_python_minus_m_bot_is_the_same_and_loads_nothing_heavy() -> None:
    script = (
        "import runpy, sys\n"
        "sys.argv = ['flinkbot', '--version']\n"
        "try:\n    runpy.run_module('bot', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "heavy = {'pydantic', 'slack_bolt', 'slack_sdk', 'sqlalchemy', 'httpx', 'aiohttp'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout == f"flinkbot {__version__}\n[]\n"


def test_run_gives_the_bot_its_settings(config: Path) -> None:
    recorder = Recorder()

    result = flinkbot("run", "--config", config, recorder=recorder)

    assert result.exit_code == 0
    [(name, settings)] = recorder.started
    assert (name, list(settings.targets)) == ("bot", ["prod"])


def test_run_finds_the_configuration_through_the_environment(config: Path) -> None:
    recorder = Recorder()

    result = flinkbot("run", recorder=recorder, FLINKBOT_CONFIG=str(config))

    assert result.exit_code == 0
    assert len(recorder.started) == 1


def test_run_logs_what_is_probably_not_meant(config: Path) -> None:
    result = flinkbot("run", "--config", config)

    assert "nobody may change anything there" in json.loads(result.stderr)["event"]


@pytest.mark.parametrize("command", [("run",), ("config", "check")])
def test_a_wrong_configuration_is_one_message_and_exit_code_2(
    config: Path, command: tuple[str, ...]
) -> None:
    config.write_text(TARGET + 'regoin = "x"\n', encoding="utf-8")
    recorder = Recorder()

    result = flinkbot(*command, "--config", config, recorder=recorder)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"flinkbot: {config} cannot be used (1 fault):\n- targets.prod")
    assert "Traceback" not in result.stderr
    assert recorder.started == []


def test_a_configuration_error_while_starting_is_told_the_same_way(config: Path) -> None:
    recorder = Recorder(error=ConfigurationError("the database is in use by another process"))

    result = flinkbot("run", "--config", config, recorder=recorder)

    assert result.exit_code == 2
    assert "flinkbot: the database is in use by another process\n" in result.stderr


def test_an_address_in_use_is_explained_with_the_option_that_gives_another(config: Path) -> None:
    taken = OSError(errno.EADDRINUSE, "address already in use")

    sandbox = flinkbot("sandbox", recorder=Recorder(error=taken))
    bot = flinkbot("run", "--config", config, recorder=Recorder(error=taken))

    assert (sandbox.exit_code, bot.exit_code) == (2, 2)
    assert "in use by another program" in sandbox.stderr
    assert "four in a row: choose others with --port" in sandbox.stderr
    assert "in use by another program" in bot.stderr
    assert "[http] port" in bot.stderr


def test_another_failure_is_not_swallowed() -> None:
    result = flinkbot("sandbox", recorder=Recorder(error=OSError(errno.EACCES, "denied")))

    assert isinstance(result.exception, PermissionError)


def test_ctrl_c_ends_quietly() -> None:
    result = flinkbot("sandbox", recorder=Recorder(error=KeyboardInterrupt()))

    assert result.exit_code == 130
    assert "Traceback" not in result.output


def test_config_check_says_what_was_understood_and_shows_no_secret(config: Path) -> None:
    result = flinkbot("config", "check", "--config", config)

    assert result.exit_code == 0
    assert "Target prod: alibaba cn-hangzhou" in result.stdout
    assert f"{config} can be used." in result.stdout
    assert "Warning: targets.prod: nobody may change" in result.stderr
    assert "planted" not in result.output


def test_config_check_says_how_every_target_answered(config: Path) -> None:
    recorder = Recorder(reached=(Reached("prod", 1), Reached("dli", 12)))

    result = flinkbot("config", "check", "--config", config, recorder=recorder)

    assert result.exit_code == 0
    assert "Target prod answers: 1 job\nTarget dli answers: 12 jobs\n" in result.stdout


def test_config_check_fails_when_a_target_cannot_be_used(config: Path) -> None:
    refused = Reached("dli", trouble="the credentials were refused", advice="It asks with: x.")
    recorder = Recorder(reached=(Reached("prod", 1), refused))

    result = flinkbot("config", "check", "--config", config, recorder=recorder)

    assert result.exit_code == 1
    assert "Target dli cannot be used: the credentials were refused\n  It asks" in result.stderr
    assert f"{config} is sound, but not everything that it names can be used." in result.stderr
    assert "can be used.\n" not in result.stdout


def test_config_check_asks_no_cloud_when_told_so(config: Path) -> None:
    recorder = Recorder()

    result = flinkbot("config", "check", "--offline", "--config", config, recorder=recorder)

    assert (result.exit_code, recorder.started) == (0, [])
    assert f"{config} can be used." in result.stdout


def test_config_example_prints_the_example() -> None:
    result = flinkbot("config", "example")

    assert "[targets.production]" in result.stdout


def test_the_sandbox_starts_with_its_documented_defaults() -> None:
    recorder = Recorder()

    flinkbot("sandbox", recorder=recorder)

    assert recorder.started == [("sandbox", {"port": 3990, "open_browser": True, "database": None})]


def test_the_sandbox_takes_port_browser_and_database(tmp_path: Path) -> None:
    recorder = Recorder()

    flinkbot(
        "sandbox",
        "--port",
        4100,
        "--no-browser",
        "--database",
        tmp_path / "s.db",
        recorder=recorder,
    )

    assert recorder.started == [
        ("sandbox", {"port": 4100, "open_browser": False, "database": tmp_path / "s.db"})
    ]


@pytest.mark.parametrize(("answer", "code"), [(True, 0), (False, 1)])
@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_the_check_answers_by_its_exit_code(
    answer: bool, code: int, flags: tuple[str, ...]
) -> None:
    recorder = Recorder(answer=answer)

    result = flinkbot("sandbox", "--check", *flags, recorder=recorder)

    assert result.exit_code == code
    assert recorder.started == [("check", {"json_lines": bool(flags)})]


def test_the_gallery_gets_a_folder_that_exists(tmp_path: Path) -> None:
    recorder = Recorder()

    result = flinkbot("sandbox", "--gallery", tmp_path / "new" / "pictures", recorder=recorder)

    assert result.exit_code == 0
    assert recorder.started == [("gallery", tmp_path / "new" / "pictures")]
    assert (tmp_path / "new" / "pictures").is_dir()


def test_a_gallery_that_has_no_room_or_no_browser_is_one_message_and_exit_code_2(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    no_room = flinkbot("sandbox", "--gallery", tmp_path / "file", recorder=Recorder())
    missing = Recorder(error=ConfigurationError("no Chromium was found on PATH"))
    no_browser = flinkbot("sandbox", "--gallery", tmp_path, recorder=missing)

    assert (no_room.exit_code, no_browser.exit_code) == (2, 2)
    assert f"flinkbot: {tmp_path / 'file'} cannot be made a folder" in no_room.stderr
    assert no_browser.stderr == "flinkbot: no Chromium was found on PATH\n"


@pytest.mark.parametrize(
    "args",
    [("--json",), ("--port", "0"), ("--port", "65533"), ("--check", "--gallery", "somewhere")],
)
def test_flags_that_make_no_sense_are_refused(args: tuple[str, ...]) -> None:
    recorder = Recorder()

    result = flinkbot("sandbox", *args, recorder=recorder)

    assert result.exit_code == 2
    assert recorder.started == []
