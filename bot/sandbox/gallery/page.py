"""The page itself: what is there before anything happened, its menus, and its tools."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.flink.update import State
from bot.sandbox.alibaba.faults import Fault, FaultKind
from bot.sandbox.gallery import cards, samples
from bot.sandbox.stage import CHANNEL
from bot.updates.messages import MessageKind

if TYPE_CHECKING:
    from bot.sandbox.gallery.studio import Studio

NAMES = (
    *("page-empty", "page-commands", "page-people", "page-shortcuts", "page-message-menu"),
    *("page-confirm", "page-traffic", "page-trouble", "page-trouble-job", "page-no-answer"),
)
EYES = ("", "dark", "narrow")


async def take(studio: Studio) -> None:
    """Take them all."""
    await studio.clear()
    await studio.everywhere("page-empty", "A channel in which nothing was said yet")
    await _menus(studio)
    await _question(studio)
    await _tools(studio)
    await _unanswered(studio)


async def _menus(studio: Studio) -> None:
    page = await studio.look("")
    await page.get_by_label("Message or slash command").fill("/flink ")
    await page.get_by_role("listbox", name="Commands").wait_for()
    await studio.whole("page-commands", "What a command can be, while it is typed")
    await page.get_by_label("Message or slash command").fill("")
    for button, name, caption in (
        ("You are", "page-people", "Who one is, in which language"),
        ("Shortcuts", "page-shortcuts", "Shortcuts from anywhere"),
    ):
        await page.get_by_role("button", name=button).first.click()
        await page.get_by_role("menu").wait_for()
        await studio.whole(name, caption)
        await page.keyboard.press("Escape")
    studio.stage.slack.person("lin").say(CHANNEL, f"Who looks after {samples.JOB} today?")
    message = page.get_by_role("article").last
    await message.hover()
    await message.get_by_role("button", name="Message actions").click()
    await page.get_by_role("menu").wait_for()
    await studio.whole("page-message-menu", "What can be done with a message")


async def _question(studio: Studio) -> None:
    """The question before something is called off."""
    await studio.clear()
    at = samples.now()
    queued = samples.update_in(State.QUEUED, at, queued_at=at - timedelta(seconds=2), progress={})
    await studio.post(cards.rendered(MessageKind.CARD, queued))
    for eyes in EYES:
        page = await studio.look(eyes)
        await page.get_by_role("button", name="Cancel update").click()
        await page.get_by_role("dialog").wait_for()
        await studio.whole("page-confirm", "A question before a dangerous button", eyes)


async def _tools(studio: Studio) -> None:
    """What went over the wire, and the panel that makes trouble."""
    await studio.command("/flink jobs orders")
    await studio.clear()
    studio.stage.slack.person("lin").say(CHANNEL, "What if the cloud drops the line?")
    progress = {"status": "HOT_UPDATING", "answer_lost": True}
    update = samples.update_in(State.RUNNING, samples.now(), step="poll", progress=progress)
    await studio.post(cards.rendered(MessageKind.CARD, update))
    studio.stage.alibaba.inject(Fault(operation="HotUpdateJob", kind=FaultKind.DROP_AFTER))
    for eyes in EYES:
        page = await studio.look(eyes)
        tools = page.get_by_role("complementary", name="Sandbox tools")
        await page.get_by_role("button", name="Traffic").click()
        await tools.locator("summary", has_text="/flink jobs orders").first.click()
        await studio.whole("page-traffic", "The raw traffic", eyes)
        await tools.get_by_role("tab", name="Make trouble").click()
        await tools.get_by_text("1 open trouble").wait_for()
        await studio.whole("page-trouble", "The panel that makes trouble", eyes)
        job = tools.locator("details.deployment summary", has_text=samples.JOB).first
        await job.click()
        await job.evaluate("(one) => one.scrollIntoView({ block: 'center' })")
        await studio.whole("page-trouble-job", "What can befall one job", eyes)
        if eyes == EYES[-1]:
            await tools.get_by_role("button", name="Back to normal").click()
            await tools.get_by_text("Nothing is wrong at the moment.").wait_for()
        await tools.get_by_role("button", name="Close the sandbox tools").click()


async def _unanswered(studio: Studio) -> None:
    """What Slack says of an app that does not answer."""
    await studio.clear()
    page = await studio.look("")
    slack = studio.stage.slack
    await slack.dispatch.use(None)
    await page.get_by_label("Message or slash command").fill("/flink jobs")
    await page.get_by_role("button", name="Send").click()
    await page.get_by_role("status").filter(has_text="/flink").wait_for()
    await studio.whole("page-no-answer", "A command while the bot does not answer")
    await slack.deliver_to(f"http://127.0.0.1:{studio.stage.bot.port}/slack/events")
