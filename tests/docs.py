"""Documents made from the code: `python -m tests.docs` writes them, a test holds them to it."""

from pathlib import Path

from bot.flink.dli.catalogue import SETTINGS, groups_of, settings_of
from bot.flink.dli.setting import JobType, Kind, Restore
from bot.slack.modals.dli.form import group_title

REPOSITORY = Path(__file__).parent.parent
_JOBS = {
    frozenset({JobType.SQL}): "SQL",
    frozenset({JobType.JAR}): "Jar",
    frozenset(JobType): "both",
}
_RESTORES = {
    Restore.UNAFFECTED: "not touched",
    Restore.SUPPORTED: "supported",
    Restore.UNSUPPORTED: "**not supported**",
    Restore.UNDOCUMENTED: "not documented",
}


def dli_settings():
    """Every setting of DLI jobs that can be changed, by group."""
    jobs = [group for kind in JobType for group in groups_of(kind)]
    lines = [
        "# Settings of DLI jobs",
        "",
        "What the form for jobs on Huawei Cloud DLI offers, by the names of the API. Settings that",
        "act live are taken by a running job; all others at its next start. *State* is what the",
        "vendor says of restoring it after the setting has changed.",
    ]
    for group in dict.fromkeys(jobs):
        rows = dict.fromkeys(row for kind in JobType for row in settings_of(kind, group))
        lines += [
            "",
            f"## {group_title(group)}",
            "",
            "| Setting | In the API | Jobs | Value | Default | Acts | State |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *(_row(setting) for setting in rows),
        ]
    pages = dict.fromkeys(page for setting in SETTINGS.values() for page in setting.pages)
    return "\n".join([*lines, "", "Sources: " + ", ".join(f"<{page}>" for page in pages), ""])


def _row(setting):
    cells = (
        setting.label,
        f"`{setting.name}`",
        _JOBS[setting.jobs],
        _value(setting),
        f"`{setting.default}`" if setting.default else "",
        "live" if setting.live else "next start",
        _RESTORES[setting.restore],
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _value(setting):
    words = {
        Kind.COUNT: "whole number",
        Kind.CORES: "number",
        Kind.MEMORY: "size",
        Kind.FLAG: "on or off",
        Kind.CHOICE: ", ".join(f"`{one}`" for one in setting.choices),
        Kind.NUMBERED_CHOICE: ", ".join(f"`{one}`" for one in setting.choices),
        Kind.TEXT: "text",
        Kind.LINES: "one entry a line",
        Kind.DOCUMENT: "JSON",
        Kind.SCRIPT: "SQL",
    }
    said = [words[setting.kind]]
    if setting.minimum is not None or setting.maximum is not None:
        said.append(_range(setting.minimum, setting.maximum))
    if setting.longest is not None:
        said.append(f"up to {setting.longest:,} characters")
    if setting.unit:
        said.append(f"in {setting.unit}")
    if setting.form_in_words:
        said.append(setting.form_in_words)
    return "; ".join(said)


def _range(minimum, maximum):
    if maximum is None:
        return f"from {minimum:g}"
    if minimum is None:
        return f"up to {maximum:g}"
    return f"{minimum:g} to {maximum:,g}"


DOCUMENTS = {"bot/flink/dli/settings.md": dli_settings}


def main():
    """Write them all."""
    for name, make in DOCUMENTS.items():
        (REPOSITORY / name).write_text(make(), "utf-8")


if __name__ == "__main__":
    main()
