"""Every modal: the form, the review, the details, and what is shown while something is awaited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.flink.update import State
from bot.notes import Code, note
from bot.sandbox.alibaba.faults import Fault, FaultKind
from bot.sandbox.gallery import samples
from bot.slack.ids import Action
from bot.slack.modals import details, launcher, loading, notice, review
from bot.updates import rollback

if TYPE_CHECKING:
    from bot.sandbox.gallery.studio import Studio
    from bot.slack.modals.parts import View

FORM, REVIEW = "Change a job", "Review the change"
_FORMS = (
    ("form-empty", "The form, no job chosen", "/flink update"),
    ("form-job", "The form with a job's live values", f"/flink update {samples.JOB}"),
    ("form-edited", "The form: somebody else saved changes", "/flink update search-index"),
    ("form-not-running", "The form of a job that does not run", "/flink update daily-report"),
    ("form-unknown", "The form: no such job", "/flink update no-such-job"),
    ("form-ambiguous", "The form: more than one job", "/flink rescale re 8"),
    ("form-no-number", "The form: not a number", f"/flink rescale {samples.JOB} many"),
)
_REVIEWS = (
    ("review", "Review of a new parallelism", f"/flink rescale {samples.JOB} 8"),
    ("review-warnings", "Review with warnings", "/flink rescale metrics-rollup 24"),
    ("review-autopilot", "Review: autopilot is on", "/flink rescale recommendations 12"),
    ("review-drift", "Review: edits of others need a yes", "/flink rescale search-index 8"),
    ("review-no-change", "Review: nothing would change", f"/flink rescale {samples.JOB} 4"),
    ("review-blocked", "Review: forbidden", "/flink rescale ledger 8"),
    ("review-blocked-mode", "Review: expert mode", "/flink rescale user-profiles 8"),
)
NAMES = tuple(name for name, _, _ in (*_FORMS, *_REVIEWS))


async def take(studio: Studio) -> None:
    """Take them all."""
    for name, caption, line in _FORMS:
        await studio.clear()
        await studio.command(line, FORM)
        await studio.modal(name, caption)
    await _filled(studio)
    for name, caption, line in _REVIEWS:
        await studio.clear()
        await studio.command(line, REVIEW)
        await studio.modal(name, caption)
        if name in {"review", "review-warnings", "review-drift"}:
            await studio.everywhere(f"page-{name}", caption)
    await _loading(studio)
    await _rendered(studio)


async def _filled(studio: Studio) -> None:
    """Fill the form as a person does: right, with errors, and while searching for a job."""
    await studio.clear()
    await studio.command(f"/flink update {samples.JOB}", FORM)
    page = await studio.look("tall")
    form = page.get_by_role("dialog", name=FORM)
    await form.get_by_label("Parallelism").fill("8")
    await form.get_by_label("Checkpoint interval").fill("5 min")
    await form.get_by_label("Other settings").fill("table.exec.state.ttl: 48 h")
    await form.get_by_label("Reason").fill("More orders than usual this week")
    await studio.modal("form-filled", "The form, filled in", fresh=False)
    await form.get_by_label("Parallelism").fill("0")
    await form.get_by_label("Checkpoint interval").fill("soon")
    await form.get_by_label("Other settings").fill("this is no setting")
    await form.get_by_role("button", name="Review").click()
    await form.get_by_label("Parallelism").and_(page.locator("[aria-invalid=true]")).wait_for()
    await studio.modal("form-errors", "The form: Slack's own check", fresh=False)
    await form.get_by_label("Parallelism").fill("8")
    await form.get_by_role("button", name="Review").click()
    wrong = form.get_by_label("Checkpoint interval").and_(page.locator("[aria-invalid=true]"))
    await wrong.wait_for()
    await studio.modal("form-errors-bot", "The form: what the bot says is wrong", fresh=False)
    await form.get_by_role("combobox", name="Job").click()
    await page.get_by_role("listbox").get_by_role("option").first.wait_for()
    await studio.modal("form-search", "The form: searching for a job", fresh=False)
    await studio.clear()
    await studio.command(f"/flink update {samples.JOB}", FORM)
    await studio.everywhere("page-form", "The form")


async def _loading(studio: Studio) -> None:
    await studio.clear()
    slow = Fault(operation="GetDeployment", kind=FaultKind.DELAY, seconds=2)
    studio.stage.alibaba.inject(slow)
    await studio.command(f"/flink rescale {samples.JOB} 8", "Flinkbot")
    await studio.modal("loading", "While the cloud is asked")
    await studio.top(REVIEW)


async def _rendered(studio: Studio) -> None:
    """What would take long, or an accident, to play."""
    for name, (caption, view) in {**_updates(), **_notices()}.items():
        await studio.clear()
        await studio.open(view)
        await studio.modal(f"modal-{name}", caption)
    await _restore(studio)


def _updates() -> dict[str, tuple[str, View]]:
    at = samples.now()
    planned = samples.update_in(State.PLANNED, at)
    failed = samples.ended_with(Code.VERDICT_FAILED_OLD_RUNNING, at)
    running = samples.update_in(State.RUNNING, at, step="poll")
    back = replace(planned, plan=rollback.marked(planned.plan, failed, failed.plan.asked))
    expires = at + timedelta(minutes=30)
    busy = note(Code.UPDATE_IN_PROGRESS, id="p3v8w1ze", who="U0LIN", since=at.isoformat())
    return {
        "review-production": (
            "Review of a change in production",
            review.build(planned, at, expires, "production"),
        ),
        "review-in-progress": (
            "Review: somebody was quicker",
            review.build(planned, at, expires, problem=busy),
        ),
        "review-rollback": (
            "Review of taking an update back",
            review.build(back, at, expires),
        ),
        "details": (
            "Details of a failed update",
            details.build(failed, samples.events_of(failed), at),
        ),
        "details-running": (
            "Details of a running update",
            details.build(running, samples.events_of(running), at),
        ),
    }


def _notices() -> dict[str, tuple[str, View]]:
    missing = note(
        Code.NOT_ALLOWED, target="production", missing="both", user="U0ADA", channel="C0DATAJOBS"
    )
    return {
        "launcher": ("Launcher, as a modal", launcher.build()),
        "waiting": ("Waiting, in general", loading.build("")),
        "refused": ("A refusal", notice.problem(missing)),
        "incident": ("Something broke", notice.problem("inc-7f3a9c")),
        "applying": (
            "Applied",
            notice.done("Applying", "It starts now. Follow it in <#C0DATAJOBS>."),
        ),
    }


async def _restore(studio: Studio) -> None:
    """A real failure, played: its verdict's buttons lead to the restore and to the retry."""
    await studio.clear()
    await studio.command("/flink rescale payments-fraud 9", REVIEW)
    await studio.ada.submit(studio.ada.views[-1])
    await studio.clear()
    await studio.told("Failed, old settings still run")
    await studio.everywhere("page-failed", "A failed update in its channel")
    slack = studio.stage.slack
    verdict = next(one for one in reversed(slack.messages("data-jobs")) if not one.is_reply)
    await studio.ada.click(verdict, Action.ROLL_BACK)
    await studio.top("Restore saved settings")
    await studio.modal("review-restore", "Review of putting saved settings back")
