"""A freeze in the page: everybody reads it, a form shows it, Apply waits for its end."""

from bot.sandbox.stage import TARGET
from tests.acceptance.world import JOB


async def test_a_freeze_stops_what_is_new_until_somebody_lifts_it(stage, ada, lin):
    await ada.type(f"/flink freeze {TARGET} release day for 2h")
    for person in (ada, lin):
        await person.message(f"froze {TARGET} until", "Reason: release day.", "unfreeze")
    await ada.accessible()

    form = await lin.screen(f"/flink update {JOB}", "Change a job")
    await form.says(f"Frozen: {TARGET}. Nothing new may begin.", "Reason: release day.")
    await lin.accessible()
    await form.fill("Parallelism", "8")
    await form.press("Review")
    review = await lin.modal("Review the change", f"Frozen: {TARGET}")
    await lin.accessible()
    await review.press("Apply")
    review = await lin.modal("Review the change", f"Frozen: {TARGET}")

    await ada.type(f"/flink unfreeze {TARGET}")
    await lin.message(f"lifted the freeze of {TARGET}")
    await review.press("Apply")
    await lin.modal("Applying")
    await ada.message("Succeeded", JOB)
