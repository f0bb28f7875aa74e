"""The simulated Slack, the kitchen's app behind it, and a person's page."""

import asyncio
from contextlib import AsyncExitStack

from bot.sandbox.slack import SlackSimulator
from tests.browser.kitchen.app import KitchenApp
from tests.browser.pages import Modal, PersonPage, expect

SECRET = "a-signing-secret"
TOKEN = "xoxb-of-a-test"
WIDE = {"width": 1280, "height": 900}
PATIENCE = 1.5  # seconds the app has to acknowledge


class Inbox(list):
    """What the app received; one can wait for more."""

    def __init__(self):
        super().__init__()
        self._news = asyncio.Event()

    def append(self, body):
        super().append(body)
        self._news.set()

    async def first(self, wanted):
        """Wait for the first that is wanted; take it out."""
        async with asyncio.timeout(5):
            while True:
                for body in self:
                    if wanted(body):
                        self.remove(body)
                        return body
                self._news.clear()
                await self._news.wait()


class Kitchen:
    """`async with Kitchen(browser) as kitchen`."""

    def __init__(self, browser):
        self.browser = browser
        self.errors = []
        """What the page's console complained about."""
        self.expected = []
        """Parts of complaints that a test provokes."""
        self._closing = AsyncExitStack()

    async def __aenter__(self):
        self.slack = SlackSimulator(
            bot_token=TOKEN, app_token="xapp-1", signing_secret=SECRET, ack_seconds=PATIENCE
        )
        await self.slack.start()
        self._closing.push_async_callback(self.slack.stop)
        self.app = KitchenApp(self.slack.api_url, TOKEN, SECRET)
        self.app.seen = Inbox()
        await self.slack.deliver_to(await self.app.start())
        self._closing.push_async_callback(self.app.stop)
        self.ada = self.slack.person("ada")
        return self

    async def __aexit__(self, *exception):
        await self._closing.aclose()

    async def open(self, **options):
        """Give the page as Ada sees it. `options` are Playwright's."""
        options = {"viewport": WIDE, "reduced_motion": "reduce", "locale": "en-US", **options}
        context = await self.browser.new_context(**options)
        self._closing.push_async_callback(context.close)
        context.set_default_timeout(5_000)
        context.on("console", self._logged)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        page = PersonPage(await context.new_page(), self.slack.base_url, self.ada.user)
        await page.open()
        return page

    def _logged(self, message):
        if message.type == "error" and not any(part in message.text for part in self.expected):
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    async def modal(self, page, name):
        """Let a person open one of the app's modals."""
        await page.type(f"/kitchen {name}")
        modal = Modal(page.page, "Kitchen sink")
        await expect(modal.root).to_be_visible()
        return modal

    async def message(self, page, name):
        """Let the app post one of its messages; give it as the page shows it."""
        await page.type(f"/serve {name}")
        shown = page.messages.filter(has=page.page.locator(".block")).last
        await expect(shown).to_be_visible()
        return shown

    async def action(self, action_id):
        """Wait until the app heard of an action; give it."""
        body = await self.app.seen.first(
            lambda body: (
                body["type"] == "block_actions" and body["actions"][0]["action_id"] == action_id
            )
        )
        return body["actions"][0]

    async def submission(self):
        """Wait until the app got a view; give what stands in its fields."""
        body = await self.app.seen.first(lambda body: body["type"] == "view_submission")
        values = body["view"]["state"]["values"]
        return {block: next(iter(held.values())) for block, held in values.items()}

    async def closing(self):
        """Wait until the app heard that a view was closed."""
        return await self.app.seen.first(lambda body: body["type"] == "view_closed")
