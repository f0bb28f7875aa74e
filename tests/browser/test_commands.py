"""Every command and the launcher's buttons: what is answered, and to whom."""

from bot.sandbox.stage import TARGET
from tests.acceptance.world import JOB
from tests.browser.pages import expect


async def test_the_launcher_leads_everywhere(calm, reader):
    await reader.type("/flink")
    launcher = await reader.message("What do you want to do?")
    await reader.press(launcher, "List the jobs")
    await reader.message("Jobs", JOB, "RUNNING")
    await reader.press(launcher, "Show the newest updates")
    await reader.message("No updates yet.")
    await reader.press(launcher, "List the commands")
    await reader.message(
        "Flinkbot: change running Flink jobs", "/flink rescale <job> <parallelism>"
    )
    await reader.accessible()
    await reader.press(launcher, "Open the form to update a job")
    form = await reader.modal("Change a job", "Choose a job")
    await reader.accessible()
    await form.press("Cancel")


async def test_help_and_a_mistake_are_answered_to_the_person_alone(stage, ada, lin):
    await ada.type("/flink help")
    await ada.message("Only visible to you", "/flink jobs orders")
    await ada.type(f"/flink rescal {JOB} 8")
    mistake = await ada.message("Not understood", f"/flink rescale {JOB} 8")
    await ada.press(mistake, "List the commands")
    await expect(ada.messages.filter(has_text="Flinkbot: change running Flink jobs")).to_have_count(
        2
    )
    await expect(lin.messages).to_have_count(0)


async def test_a_row_of_the_jobs_opens_its_form(calm, reader):
    await reader.type("/flink jobs orders")
    jobs = await reader.message("Jobs matching “orders”", JOB)
    await expect(jobs).not_to_contain_text("payments-fraud")
    await reader.press(jobs, f"Change {JOB}")
    form = await reader.modal("Change a job")
    await form.holds("Parallelism", "4")


async def test_all_jobs_are_listed_whatever_they_are_called(calm, reader):
    await reader.type("/flink jobs")
    jobs = await reader.message("daily-report", "FAILED")
    await expect(jobs).to_contain_text("实时订单宽表")
    await reader.accessible()


async def test_status_of_a_job_shows_what_is_saved_and_leads_to_the_form(calm, reader):
    await reader.type("/flink status search-index")
    status = await reader.message("Saved by zhang.min, not running yet")
    await reader.accessible()
    await reader.press(status, "Change search-index")
    await (await reader.modal("Change a job")).holds("Parallelism", "6")


async def test_status_of_an_update_leads_to_all_that_is_known_of_it(stage, ada):
    review = await ada.screen(f"/flink rescale {JOB} 8")
    await review.press("Apply")
    await (await ada.modal("Applying")).press("Close")
    await ada.message("Succeeded", "observed 8")
    await ada.type("/flink status")
    status = await ada.message("Only visible to you", "Succeeded")
    await ada.press(status, "View update")
    details = await ada.modal("Update")
    await details.says("Timeline", "What ran and was saved before", "4 → 8")
    await ada.accessible()
    await details.press("Close")


async def test_what_is_not_there_is_refused_in_words(calm, reader):
    await reader.type("/flink result hu-unknown")
    await reader.message("⛔", TARGET)
    await reader.type("/flink status no-such-job")
    await reader.message("⛔", "There is no job “no-such-job”")
    await reader.accessible()
