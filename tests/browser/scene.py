"""The world of the acceptance tests, with browsers that look at its page."""

from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from bot.sandbox.stage import CHANNEL
from tests.acceptance.world import World
from tests.browser.pages import PersonPage

WIDE = {"width": 1280, "height": 860}


class Scene(World):
    """What a test drives and looks at; `open` gives the page as a person sees it."""

    def __init__(self, folder, browser, touched):
        super().__init__(folder)
        self.console_expected = []
        """Parts of the console's errors that a test provokes."""
        self.left_the_machine = []
        self._browser, self._touched = browser, touched
        self._contexts = AsyncExitStack()
        self._console = []

    async def __aexit__(self, *exception):
        await self._contexts.aclose()
        await super().__aexit__(*exception)

    async def start(self, **given):
        """Start the bot; the answer that says it is ready is taken out of the channel."""
        before = {message.ts for message in self.mine(self.ada)}
        await super().start(**given)
        for message in self.mine(self.ada):
            if message.ts not in before:
                self.slack.workspace.delete(message)

    @property
    def slack_url(self):
        return self.slack.base_url

    async def open(self, name, channel=CHANNEL, **options):
        """Open the page for a person in a browser context of their own.

        `options` are Playwright's: viewport, color_scheme, locale, ...
        """
        person = self.slack.person(name)
        options = {"viewport": WIDE, "reduced_motion": "reduce", "locale": "en-US", **options}
        context = await self._browser.new_context(**options)
        self._contexts.push_async_callback(context.close)
        context.set_default_timeout(10_000)
        context.on("request", self._sent)
        context.on("console", self._logged)
        context.on("weberror", lambda error: self._console.append(str(error.error)))
        page = PersonPage(await context.new_page(), self.slack_url, person.user)
        await page.open(channel)
        return page

    def _sent(self, request):
        host = urlsplit(request.url)
        if host.scheme in {"http", "https", "ws", "wss"} and host.hostname != "127.0.0.1":
            self.left_the_machine.append(request.url)
        self._touched.sent(request)

    def _logged(self, message):
        if message.type == "error":
            self._console.append(f"{message.text} ({message.location.get('url', '')})")

    def complaints(self):
        """Give the errors in the consoles that the test did not provoke."""
        return [
            line
            for line in self._console
            if not any(part in line for part in self.console_expected)
        ]

    def forget(self):
        """Begin anew with what was complained about."""
        self._console.clear()
        self.left_the_machine.clear()
        self.slack.api.calls.clear()

    async def tidy(self):
        """Close Ada's modals and take everything out of the channel."""
        await self.alone(self.ada)
        for message in self.slack.workspace.messages(CHANNEL):
            self.slack.workspace.delete(message)
