"""Where pictures are taken: the stage, browsers that look at it, and a list of what was taken."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.gallery.chromium import open_chromium
from bot.sandbox.stage import CHANNEL, VARIABLES, open_stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable
    from pathlib import Path

    from playwright.async_api import Browser, Locator, Page

    from bot.sandbox.slack.person import Person
    from bot.sandbox.stage import Stage
    from bot.slack.payload import Payload

SPEED = 8.0
_PATIENCE = 20.0
_EYES: dict[str, dict[str, Any]] = {
    "": {"viewport": {"width": 1280, "height": 860}},
    "dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 390, "height": 844}},
    "tall": {"viewport": {"width": 1100, "height": 1700}, "bypass_csp": True},
}
_WHOLE = "dialog, dialog :not(.popup) { max-height: none !important; }"
_AT_REST = """() => Promise.all([document.fonts.ready, ...document.getAnimations()
    .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
    .map((one) => one.finished.catch(() => {}))])"""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file, the group it is shown in, and what is to be seen."""

    file: str
    group: str
    caption: str


@dataclass(slots=True)
class Studio:
    """What the groups work with. Pictures show what Ada sees."""

    folder: Path
    stage: Stage
    client: AsyncWebClient
    pages: dict[str, Page]
    taken: list[Picture] = field(default_factory=list)
    group: str = ""

    @property
    def ada(self) -> Person:
        """Give the person who looks."""
        return self.stage.slack.person("ada")

    async def clear(self, channel: str = CHANNEL) -> None:
        """Close every modal and empty the channel."""
        if self.ada.views:
            await self.ada.close(self.ada.views[0], everything=True)
        for message in self.stage.slack.workspace.messages(channel):
            self.stage.slack.workspace.delete(message)

    async def post(self, payload: Payload, *, thread_ts: str = "", channel: str = CHANNEL) -> str:
        """Post as the bot does, past the strict Slack's checks; give the timestamp."""
        answer = await self.client.chat_postMessage(
            channel=channel,
            text=payload.text,
            blocks=payload.blocks,
            thread_ts=thread_ts or None,
        )
        return str(answer["ts"])

    async def open(self, view: dict[str, Any]) -> None:
        """Open a modal as the bot does, past the strict Slack's checks."""
        trigger = self.stage.slack.workspace.triggers.issue(self.ada.user.id)
        await self.client.views_open(trigger_id=trigger, view=view)

    async def command(self, line: str, title: str = "") -> None:
        """Let Ada type a command; wait for the modal with that title, else for an answer."""
        slack = self.stage.slack
        before = len(slack.ephemerals(self.ada.user.id))
        await self.ada.command(CHANNEL, line)
        if title:
            await self.top(title)
        else:
            await slack.wait_for(lambda: slack.ephemerals(self.ada.user.id)[before:], _PATIENCE)

    async def top(self, title: str, words: str = "") -> None:
        """Wait until the modal with that title and those words is on top."""
        await self.stage.slack.wait_for(lambda: self._is_top(title, words), _PATIENCE)

    def _is_top(self, title: str, words: str) -> bool:
        views = self.ada.views
        return bool(views) and views[-1].title == title and words in views[-1].words()

    async def told(self, words: str) -> None:
        """Wait for a message in the channel."""
        slack = self.stage.slack
        await slack.wait_for(
            lambda: [one for one in slack.messages(CHANNEL) if words in one.words()], _PATIENCE
        )

    async def message(self, name: str, caption: str) -> None:
        """Take the newest message of the channel; the page shows it by itself, if it is there."""
        page = self.pages["tall"]
        if page.url != self._address(CHANNEL):
            await self.look("tall")
        newest = self.stage.slack.workspace.messages(CHANNEL)[-1]
        row = page.locator(f'article[data-ts="{newest.ts}"]')
        await row.wait_for()
        await self._take(name, caption, page, row)

    async def modal(self, name: str, caption: str, *, fresh: bool = True) -> None:
        """Take the modal on top, whole; not `fresh`: as the page shows it already."""
        page = await self.look("tall") if fresh else self.pages["tall"]
        await page.add_style_tag(content=_WHOLE)
        await self._take(name, caption, page, page.get_by_role("dialog").last)

    async def everywhere(self, name: str, caption: str, *, place: str = CHANNEL) -> None:
        """Take the whole page: light, dark and narrow."""
        for eyes in ("", "dark", "narrow"):
            await self.look(eyes, place)
            await self.whole(name, caption, eyes)

    async def whole(self, name: str, caption: str, eyes: str = "") -> None:
        """Take the whole page as those eyes see it now."""
        file = "-".join(filter(None, (name, eyes)))
        said = f"{caption} ({eyes})" if eyes else caption
        await self._take(file, said, self.pages[eyes], None)

    async def home(self, name: str, caption: str, view: dict[str, Any], words: str) -> None:
        """Take the Home tab, light, dark and narrow, once it shows the words of the view."""
        for eyes in ("", "dark", "narrow"):
            page = await self.look(eyes, f"D{self.ada.user.id[1:]}")
            filled = self._published()
            await page.get_by_role("tab", name="Home").click()
            # The bot fills the tab that was opened; what is to be shown comes after that.
            await filled
            await self.client.views_publish(user_id=self.ada.user.id, view=view)
            panel = page.get_by_role("tabpanel", name="Home")
            await panel.get_by_text(words).first.wait_for()
            await self.whole(name, caption, eyes)

    def _published(self) -> Awaitable[object]:
        """Wait for the next time that the bot fills a Home tab."""
        slack = self.stage.slack
        before = len(slack.calls("views.publish"))
        return slack.wait_for(lambda: slack.calls("views.publish")[before:], _PATIENCE)

    async def look(self, eyes: str, place: str = CHANNEL) -> Page:
        """Load the page anew, so that it shows the present state."""
        page = self.pages[eyes]
        await page.goto("about:blank")
        await page.goto(self._address(place))
        await page.get_by_role("main").first.wait_for(state="attached")
        shown = page.get_by_role("dialog") if self.ada.views else page.get_by_role("log").first
        await shown.wait_for()
        return page

    def _address(self, place: str) -> str:
        return f"{self.stage.slack_url}/#{self.ada.user.id}/{place}"

    async def _take(self, name: str, caption: str, page: Page, part: Locator | None) -> None:
        await page.evaluate(_AT_REST)
        path = self.folder / f"{name}.png"
        if part is None:
            await page.screenshot(path=path, animations="disabled")
        else:
            await part.screenshot(path=path, animations="disabled")
        self.taken.append(Picture(path.name, self.group, caption))


@asynccontextmanager
async def open_studio(folder: Path) -> AsyncIterator[Studio]:
    """Start everything; pictures go into the folder.

    Raises:
        ConfigurationError: there is no browser on this machine.

    """
    async with AsyncExitStack() as stack:
        browser = await stack.enter_async_context(open_chromium())
        stage = await stack.enter_async_context(open_stage(speed=SPEED, rate_limits=False))
        pages = {eyes: await _page(browser, options) for eyes, options in _EYES.items()}
        client = AsyncWebClient(
            token=VARIABLES["SLACK_BOT_TOKEN"], base_url=stage.slack.api_url, retry_handlers=[]
        )
        yield Studio(folder, stage, client, pages)


async def _page(browser: Browser, options: dict[str, Any]) -> Page:
    context = await browser.new_context(reduced_motion="reduce", locale="en-US", **options)
    return await context.new_page()
