"""Hold the repository to its own promises: layout, sizes, documents, pins."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import __version__
from bot.flink.update import TRANSITIONS, State
from bot.settings.targets import MODELS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
TOP_LEVEL = {"pyproject.toml", "README.md", "bot", "tests", "manifest.yml", "Dockerfile"} | {
    "LICENSE",
    "CHANGELOG.md",
    "requirements.txt",
    "requirements-dev.txt",
}
LEFTOVERS = {"flinkbot.toml", "uv.lock", "htmlcov", "build", "dist"}


def ours() -> Iterator[Path]:
    """Give every text file of the project, with or without git around it."""
    dotfiles = [ROOT / ".ci/run", ROOT / ".gitignore", ROOT / ".dockerignore"]
    top = [path for name in sorted(TOP_LEVEL) if (path := ROOT / name).is_file()]
    packages = [*(ROOT / "bot").rglob("*"), *(ROOT / "tests").rglob("*")]
    for path in (*dotfiles, *top, *packages):
        if (
            path.is_file()
            and "__pycache__" not in path.parts
            and path.suffix not in {".png", ".pyc"}
        ):
            yield path


def modules() -> list[Path]:
    return sorted((ROOT / "bot").rglob("*.py"))


def test_the_top_level_stays_small() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}

    assert {
        f for f in found - TOP_LEVEL - LEFTOVERS if not re.search(r"\.(sqlite3.*|egg-info)$", f)
    } == set()


def test_no_file_is_too_long() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in modules()
    }

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    assert {
        f"{path.relative_to(ROOT)}:{function.name}": length
        for path in modules()
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := code_lines(function)) > LONGEST_FUNCTION
    } == {}


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count from `def` to the end, less the docstring: to state a contract costs nothing."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or 0) - docstring.lineno + 1)


def test_a_functions_length_is_all_of_it_but_the_docstring() -> None:
    told = ast.parse(
        "@decorated\ndef move(\n    self,\n    to,\n):\n"
        '    """Move.\n\n    Raises:\n    """\n    self.at = to\n\n    return self\n'
    ).body[0]
    untold = ast.parse("async def move(self):\n    return self\n").body[0]

    assert isinstance(told, ast.FunctionDef)
    assert isinstance(untold, ast.AsyncFunctionDef)
    assert (code_lines(told), code_lines(untold)) == (7, 2)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_why_it_exists(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))

    assert ast.get_docstring(tree) or not tree.body


# Split so that this file does not find itself.
FOREIGN = [
    "py" + "pi.org",
    "python" + "hosted",
    "index" + "-url=",
    "--find" + "-links",
    "npm" + "js.",
    "/work" + "/",
    "/root" + "/",
    "/ho" + "me/",
]


def test_no_file_names_a_registry_or_a_path_of_somebodys_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in ours()
        for word in FOREIGN
        if word in path.read_text(encoding="utf-8")
    ]

    assert found == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_hashes_and_names_no_source(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()

    entries = [line for line in lines if not line.startswith("    --hash=sha256:")]
    pinned = re.compile(r"[a-z0-9.-]+(\[[a-z]+\])?==[^ ;]+( ; [^\\]+)? \\")
    assert [line for line in entries if not pinned.fullmatch(line)] == []
    assert len(lines) > len(entries)


def declared(*groups: str) -> set[str]:
    wanted = [*PYPROJECT["project"]["dependencies"]]
    wanted += [entry for group in groups for entry in PYPROJECT["dependency-groups"][group]]
    return {re.split(r"[\[<>=~! ]", entry)[0].lower() for entry in wanted}


def pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"(?m)^([a-z0-9.-]+)(?:\[[a-z]+\])?==([^ ;]+)", text))


def test_the_pins_cover_what_is_declared_and_agree_with_each_other() -> None:
    runtime, dev = pins("requirements.txt"), pins("requirements-dev.txt")

    assert declared() <= runtime.keys()
    assert declared("test", "lint") <= dev.keys()
    assert {name: dev.get(name) for name in runtime} == runtime


# The README


def sh_blocks() -> list[str]:
    return re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


def test_the_first_screen_holds_the_two_commands() -> None:
    run, test = sh_blocks()[:2]

    assert README.index(test) < README.index("\n## ")
    assert run.strip().endswith(".venv/bin/flinkbot sandbox")
    assert ".venv/bin/pytest --cov" in test
    assert "requirements.txt" in run
    assert "requirements-dev.txt" in test


def test_one_command_alone_is_the_test_command_that_ci_runs() -> None:
    assert len([block for block in sh_blocks() if ".venv/bin/pytest" in block]) == 1


def test_the_diagram_shows_exactly_the_states_and_transitions() -> None:
    diagram = README.split("stateDiagram-v2\n")[1].split("```")[0]
    arrows = re.findall(r"(?m)^ +(\S+) --> ([a-z_]+|\[\*\])(?::.*)?$", diagram)
    assert len(arrows) == len(diagram.strip().splitlines())

    shown = {state: {to for origin, to in arrows if origin == state} for state in State}
    expected = {
        state: {str(to) for to in targets} or {"[*]"} for state, targets in TRANSITIONS.items()
    }
    assert shown == expected
    assert {to for origin, to in arrows if origin == "[*]"} == {"planned"}
    assert {name for arrow in arrows for name in arrow} - {"[*]"} == {str(state) for state in State}


def test_every_link_inside_the_readme_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", README)
    headings = re.findall(r"(?m)^#+ (.+)$", README)
    anchors = {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings
    }

    inside = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert inside
    assert [link for link in inside if link[0] == "#" and link[1:] not in anchors] == []
    assert [link for link in inside if link[0] != "#" and not (ROOT / link).is_file()] == []


def test_the_readmes_configuration_uses_keys_that_exist() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    targets = [t for block in blocks for t in tomllib.loads(block)["targets"].values()]

    assert {target["cloud"] for target in targets} == set(MODELS)
    for target in targets:
        assert target.keys() <= MODELS[target["cloud"]].model_fields.keys()


# Delivery


def test_the_changelog_has_a_place_for_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert "## [Unreleased]" in changelog or f"## [{__version__}]" in changelog


def test_the_licence_is_the_one_declared() -> None:
    assert PYPROJECT["project"]["license"] == "Apache-2.0"
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence


def test_the_image_runs_the_bot_as_nobody_and_copies_only_what_exists() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    copied = [
        name
        for sources in re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", dockerfile)
        for name in sources.split()
    ]
    assert copied
    assert [
        name for name in copied if not (ROOT / name).exists() or f"!{name}" not in allowed
    ] == []
    assert 'ENTRYPOINT ["flinkbot"]\nCMD ["run"]\n' in dockerfile
    assert "\nUSER 10001:10001\n" in dockerfile


def test_the_ci_script_is_sound_bash_and_can_be_run() -> None:
    script = ROOT / ".ci/run"

    assert script.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", str(script)], check=True)  # noqa: S607
