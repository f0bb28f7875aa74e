"""The drawer at the side: the traffic as it came by, and every trouble that can be made."""

import re

import aiohttp
import pytest
import pytest_asyncio

from bot.sandbox.dli import Account, DliSimulator
from bot.sandbox.stage import CHANNEL, VARIABLES
from tests.acceptance.world import JOB
from tests.browser.pages import expect

AUTHORISED = {"Authorization": f"Bearer {VARIABLES['SLACK_BOT_TOKEN']}"}
SLACK_CARDS = [
    ("Drop the next answer", "chat.postMessage", "drops"),
    ("Start a storm of 429", "any method", 429),
    ("Fail the next calls", "any method", 500),
    ("Revoke the token", "token_revoked", "token_revoked"),
]


class Drawer:
    """The drawer of a page, on one of its tabs."""

    def __init__(self, page):
        self.page = page
        self.root = page.page.get_by_role("complementary", name="Sandbox tools")

    async def opened(self, name):
        """Open it by its button in the header."""
        await self.page.page.get_by_role("button", name=name, exact=True).click()
        await expect(self.root.get_by_role("tab", name=name)).to_be_focused()
        return self

    async def press(self, name):
        """Press a button."""
        await self.root.get_by_role("button", name=name, exact=True).click()

    @property
    def open_troubles(self):
        return self.root.get_by_role("list", name="Open troubles").get_by_role("listitem")

    @property
    def requests(self):
        return self.root.get_by_role("list", name=re.compile("^Requests")).locator("> li:visible")

    async def job(self, name=JOB, cloud="Alibaba Cloud"):
        """Unfold a job of a cloud."""
        jobs = self.root.get_by_role("list", name=f"Jobs in {cloud}").get_by_role("listitem")
        row = jobs.filter(has_text=name).first
        await row.get_by_text(name, exact=True).click()
        return row


@pytest_asyncio.fixture(loop_scope="session")
async def traffic(ada):
    """Give the traffic, open."""
    return await Drawer(ada).opened("Traffic")


@pytest_asyncio.fixture(loop_scope="session")
async def trouble(ada):
    """Give the panel of troubles, open."""
    return await Drawer(ada).opened("Make trouble")


# --- traffic --------------------------------------------------------------------------------


async def test_a_slash_command_is_seen_with_what_was_asked_and_answered(ada, traffic):
    await ada.type("/flink status")
    entry = traffic.requests.filter(has_text="slash_commands").filter(has_text="status").first
    await expect(entry).to_contain_text("200")
    await entry.get_by_text("slash_commands").click()
    asked = entry.get_by_role("region", name="Request of slash_commands")
    await expect(asked).to_contain_text('"command": "/flink"')
    await expect(asked).to_contain_text('"text": "status"')
    await expect(traffic.root).not_to_contain_text(VARIABLES["SLACK_BOT_TOKEN"])
    await ada.accessible()


async def test_the_traffic_is_filtered_paused_and_cleared(ada, traffic):
    await ada.type("/flink")
    await expect(traffic.requests.filter(has_text="slash_commands").first).to_be_visible()
    await traffic.root.get_by_label("Direction").select_option(label="From the app")
    await expect(traffic.requests.filter(has_text="slash_commands")).to_have_count(0)
    await traffic.root.get_by_label("Direction").select_option(label="Both directions")
    await traffic.root.get_by_label("Kind").select_option(label="slash_commands")
    kinds = traffic.requests.filter(has_not_text="slash_commands")
    await expect(kinds).to_have_count(0)
    await traffic.root.get_by_label("Only errors").check()
    await expect(traffic.root).to_contain_text("No request matches the filters.")
    await ada.accessible()
    await traffic.root.get_by_label("Only errors").uncheck()
    await traffic.press("Clear")
    await expect(traffic.root).to_contain_text("Nothing yet.")
    await traffic.press("Pause")
    await ada.type("/flink jobs")
    await ada.message(JOB)
    await expect(traffic.requests).to_have_count(0)
    await traffic.press("Pause")
    await expect(traffic.requests.filter(has_text="jobs")).to_have_count(1)


async def test_the_drawer_is_remembered_and_left_with_escape(ada, traffic):
    await ada.reload()
    await expect(traffic.root).to_be_visible()
    await traffic.root.get_by_role("tab", name="Traffic").press("ArrowRight")
    await expect(traffic.root.get_by_role("tab", name="Make trouble")).to_be_focused()
    await expect(traffic.root).to_contain_text("Nothing is wrong at the moment.")
    await ada.page.keyboard.press("Escape")
    await expect(traffic.root).to_be_hidden()
    opener = ada.page.get_by_role("button", name="Make trouble")
    await expect(opener).to_be_focused()
    await ada.reload()
    await expect(traffic.root).to_be_hidden()


@pytest.mark.parametrize("name", ["Traffic", "Make trouble"])
async def test_on_a_narrow_screen_the_drawer_takes_all_of_it(stage, name):
    page = await stage.open("ada", viewport={"width": 390, "height": 844}, color_scheme="dark")
    drawer = await Drawer(page).opened(name)
    box = await drawer.root.bounding_box()
    assert (box["x"], box["width"]) == (0, 390)
    assert await drawer.root.evaluate("(one) => one.scrollWidth") == 390
    await page.accessible()


# --- Slack ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("button", "told", "met"), SLACK_CARDS)
async def test_slack_does_what_the_card_says_until_all_is_normal(
    stage, ada, trouble, button, told, met
):
    stage.allowed |= {"token_revoked", "ratelimited", "internal_error", "fatal_error"}
    await trouble.press(button)
    await expect(trouble.open_troubles).to_contain_text([re.compile(re.escape(told))])
    await ada.accessible()
    assert await _post(stage) == met
    await trouble.press(button)
    await trouble.press("Back to normal")
    await expect(trouble.root).to_contain_text("Nothing is wrong at the moment.")
    assert await _post(stage) == "ok"


async def _post(stage):
    """Post as the bot does; give "ok", the error, the status, or that no answer came."""
    url = f"{stage.slack.api_url}chat.postMessage"
    body = {"channel": CHANNEL, "text": "hello"}
    async with aiohttp.ClientSession(headers=AUTHORISED) as session:
        try:
            async with session.post(url, json=body) as answer:
                if answer.status != 200:
                    return answer.status
                told = await answer.json()
                return "ok" if told["ok"] else told["error"]
        except aiohttp.ServerDisconnectedError:
            return "drops"


async def test_a_channel_is_archived_and_brought_back_by_the_same_button(stage, ada, trouble):
    channels = stage.slack.workspace.channels
    await trouble.press("Archive #data-jobs")
    back = trouble.root.get_by_role("button", name="Bring #data-jobs back")
    await expect(back).to_be_focused()
    assert channels[CHANNEL].is_archived
    await ada.page.keyboard.press("Enter")
    await expect(trouble.root.get_by_role("button", name="Archive #data-jobs")).to_be_visible()
    assert not channels[CHANNEL].is_archived


async def test_the_bot_is_taken_out_of_a_channel_and_let_in_again(ada, trouble):
    await trouble.press("Remove Flinkbot from #data-jobs")
    main = ada.page.get_by_role("main")
    await expect(main).to_contain_text("Flinkbot is not in this channel and cannot post here.")
    await trouble.press("Add Flinkbot to #data-jobs")
    await expect(main).to_contain_text("Flinkbot is here")


# --- clouds ---------------------------------------------------------------------------------


async def test_the_next_hot_update_fails_and_then_succeeds_again(stage, ada, trouble):
    job = await trouble.job()
    await job.get_by_label("Its next hot update").select_option(label="fails, the job goes on")
    await expect(trouble.open_troubles).to_have_text(
        [f"Alibaba Cloud: {JOB}: its next hot update fails, the job goes on"]
    )
    await ada.accessible()
    await (await ada.screen(f"/flink rescale {JOB} 8")).press("Apply")
    await (await ada.modal("Applying")).press("Close")
    await ada.message("Failed", JOB)
    await trouble.press("Back to normal")
    await expect(trouble.open_troubles).to_have_count(0)
    assert stage.cloud.named(JOB).behaviour.outcome == "succeed"


async def test_a_hot_update_is_made_slow(stage, trouble):
    job = await trouble.job()
    seconds = job.get_by_label("Hot update takes (s)")
    await seconds.fill("90")
    await seconds.press("Tab")
    await expect(trouble.open_troubles).to_have_text(
        [f"Alibaba Cloud: {JOB}: hot update takes 90 s"]
    )
    assert stage.cloud.named(JOB).behaviour.duration_s == 90


async def test_somebody_saves_behind_the_bots_back(stage, ada, trouble):
    job = await trouble.job()
    await job.get_by_text("Save a change behind the bot's back").click()
    await job.get_by_label("Parallelism", exact=True).fill("12")
    await job.get_by_label("Saved by").fill("chen.wei")
    await job.get_by_label("Setting").fill("table.exec.state.ttl")
    await job.get_by_label("Value (empty: unset)").fill("48 h")
    await ada.accessible()
    await job.get_by_role("button", name=f"Save a change of {JOB}").click()
    await expect(job).to_contain_text("unapplied")
    await expect(job).to_contain_text("runs 4, saved 12")
    await expect(job).to_contain_text("chen.wei")
    await expect(job.get_by_label("Parallelism", exact=True)).to_have_value("")
    assert stage.cloud.named(JOB).modifier == "chen.wei"


async def test_a_job_is_restarted(stage, trouble):
    before = stage.cloud.named(JOB).latest_job.id
    job = await trouble.job()
    await job.get_by_role("button", name=f"Restart the job of {JOB}").click()
    await expect(job).not_to_contain_text(before)
    assert stage.cloud.named(JOB).latest_job.id != before


async def test_calls_to_the_cloud_are_broken_on_order(stage, trouble):
    await trouble.root.get_by_text("Break calls to this cloud").click()
    await trouble.root.get_by_label("Operation").select_option(label="HotUpdateJob")
    await trouble.root.get_by_label("What happens").select_option(label="Answers late")
    await trouble.root.get_by_label("Times").fill("2")
    await trouble.root.get_by_label("Seconds", exact=True).fill("0.5")
    await trouble.press("Break it")
    await expect(trouble.open_troubles).to_have_text(
        ["Alibaba Cloud: HotUpdateJob answers late, 2 times"]
    )
    (order,) = stage.alibaba.gateway.faults.pending()
    assert (order.operation, order.kind, order.times, order.seconds) == (
        "HotUpdateJob", "delay", 2, 0.5
    )  # fmt: skip
    await trouble.press("Back to normal")
    await expect(trouble.root).to_contain_text("Nothing is wrong at the moment.")
    assert stage.alibaba.gateway.faults.pending() == []


async def test_the_speed_is_changed_and_a_job_is_found(stage, ada, trouble):
    async with ada.page.expect_response("**/alibaba/settings"):
        await trouble.root.get_by_label("Speed").select_option(value="50")
    assert stage.cloud.speed == 50
    jobs = trouble.root.get_by_role("list", name="Jobs in Alibaba Cloud").locator("> li:visible")
    assert await jobs.count() > 5
    await trouble.root.get_by_label("Find a job").fill("FRAUD")
    await expect(jobs).to_have_count(1)
    await expect(jobs).to_contain_text("payments-fraud")


async def test_what_cannot_be_done_is_said_in_the_clouds_own_words(stage, ada, trouble):
    stage.console_expected.append("422")
    await trouble.root.get_by_text("Break calls to this cloud").click()
    seconds = trouble.root.get_by_label("Times")
    await seconds.evaluate("(one) => { one.removeAttribute('min'); one.value = -1; }")
    await trouble.press("Break it")
    await expect(ada.page.get_by_text("times: Input should be greater")).to_be_visible()


async def test_every_cloud_has_a_section_also_one_that_nobody_knows(stage, ada):
    account = Account(access_key="sandbox", secret_key="sandbox")
    dli = DliSimulator(project_id="p", region="cn-north-4", account=account)
    stage.clouds["dli"] = await dli.start()
    stage.clouds["nebula"] = f"http://127.0.0.1:{stage.bot.port}"  # has no such paths
    stage.console_expected.append("404")
    await ada.reload()
    try:
        trouble = await Drawer(ada).opened("Make trouble")
        name = dli.cloud.jobs()[0].name
        job = await trouble.job(name, "Huawei Cloud DLI")
        await job.get_by_label("Its next start").select_option(label="restarts again and again")
        await expect(trouble.open_troubles).to_have_text(
            [f"Huawei Cloud DLI: {name}: its next start restarts again and again"]
        )
        assert dli.cloud.jobs()[0].behaviour.outcome == "crash_loop"
        unknown = trouble.root.get_by_role("region", name="nebula")
        await expect(unknown).to_contain_text("This cloud does not answer.")
        await ada.accessible()
    finally:
        await ada.page.goto("about:blank")  # it would go on asking the simulator for its state
        await dli.stop()
