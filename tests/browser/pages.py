"""The page as a person uses it: only roles, labels and words, as a screen reader has them."""

import re

from bot.sandbox.stage import CHANNEL

try:
    from axe_playwright_python.async_playwright import Axe
    from playwright.async_api import expect

    expect.set_options(timeout=15_000)
except ImportError:  # the fixture `browser` says so, and skips
    Axe = expect = None

_REPLIES = re.compile(r"^\d+ repl(y|ies)")
_AT_REST = """() => Promise.all(
    document.getAnimations()
        .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
        .map((one) => one.finished.catch(() => {})))"""


async def without_violations(page):
    """Check a page for accessibility, once nothing moves any more."""
    await page.evaluate(_AT_REST)
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


class PersonPage:
    """One person's browser. `page` is Playwright's."""

    def __init__(self, page, url, user):
        self.page, self.url, self.user = page, url, user
        self.channel = ""

    async def open(self, channel=CHANNEL):
        """Go to a channel."""
        self.channel = channel
        await self.page.goto(f"{self.url}/#{self.user.id}/{channel}")
        await expect(self.composer).to_be_visible()

    async def reload(self):
        """Press F5."""
        await self.page.reload()
        await expect(self.composer).to_be_visible()

    @property
    def log(self):
        return self.page.get_by_role("log", name="Messages")

    @property
    def messages(self):
        return self.log.get_by_role("article")

    @property
    def composer(self):
        # A modal hides what is behind it from the roles, not from the labels.
        return self.page.get_by_label("Message or slash command")

    @property
    def thread(self):
        return self.page.get_by_role("complementary", name="Thread")

    async def type(self, line):
        """Type into the channel's composer and send it."""
        await self.composer.fill(line)
        await self.page.get_by_role("button", name="Send", exact=True).click()

    async def screen(self, line, title="Review the change"):
        """Type a command; give the modal that it leads to."""
        await self.type(line)
        return await self.modal(title)

    async def modal(self, title, containing=""):
        """Wait for the modal with a title and some words."""
        modal = Modal(self.page, title)
        await expect(modal.root).to_be_visible()
        if containing:
            await expect(modal.root).to_contain_text(containing)
        return modal

    async def no_modal(self):
        """Wait until no modal is open."""
        await expect(self.page.get_by_role("dialog")).to_have_count(0)

    async def message(self, *words, where=None):
        """Wait for the newest message with all of these words; give it."""
        found = (where or self.log).get_by_role("article")
        for one in words:
            found = found.filter(has_text=one)
        await expect(found.last).to_be_visible()
        return found.last

    async def reply(self, *words):
        """Wait for a message in the open thread."""
        return await self.message(*words, where=self.thread)

    async def open_thread(self, message):
        """Open the thread of a message."""
        await message.get_by_text(_REPLIES).click()
        await expect(self.thread).to_be_visible()

    async def press(self, message, name, times=1):
        """Press a button of a message, by what a screen reader says (its beginning is enough)."""
        await button(message, name).click(click_count=times)

    async def answer_dialog(self, name):
        """Press a button of the "are you sure" dialog."""
        confirm = self.page.get_by_role("dialog").last
        await confirm.get_by_role("button", name=name, exact=True).click()

    async def accessible(self):
        """Check what is shown now with axe."""
        await without_violations(self.page)


class Modal:
    """The modal that is open, by its title."""

    def __init__(self, page, title):
        self.page, self.title = page, title
        self.root = page.get_by_role("dialog", name=title, exact=True)

    def field(self, label):
        """Give a field; "(optional)" behind its label need not be named."""
        return self.root.get_by_label(re.compile(rf"^{re.escape(label)}( \(optional\))?$"))

    async def fill(self, label, value):
        """Type into a field."""
        await self.field(label).fill(value)

    async def choose(self, label, option, typed=None):
        """Type into a combobox and choose what it offers."""
        box = self.root.get_by_role("combobox", name=label)
        await box.click()
        if typed is not None:
            await box.fill(typed)
        await self.page.get_by_role("option", name=option).first.click()

    async def select(self, label, option):
        """Choose in a select of few options, drawn by the browser or by the page."""
        box = self.root.get_by_role("combobox", name=label)
        if await box.evaluate("(one) => one.tagName") == "SELECT":
            await box.select_option(label=option)
        else:
            await self.choose(label, option)

    async def tick(self, name):
        """Tick a box."""
        await self.root.get_by_role("checkbox", name=name).check()

    async def press(self, name, times=1):
        """Press a button, by its whole name or the beginning of it."""
        await button(self.root, name).click(click_count=times)

    async def says(self, *words):
        """Wait until all of these words stand in it."""
        for one in words:
            await expect(self.root).to_contain_text(one)

    async def wrong(self, label, words):
        """Wait until a field is marked as wrong, and the words are told at it."""
        await expect(self.field(label)).to_have_attribute("aria-invalid", "true")
        await expect(self.field(label)).to_have_accessible_description(re.compile(re.escape(words)))

    async def holds(self, label, value):
        """Wait until a field holds a value."""
        await expect(self.field(label)).to_have_value(value)


def button(where, name):
    """Find a button by its name or the beginning of it."""
    return where.get_by_role("button", name=re.compile(rf"^{re.escape(name)}\b")).last
