"""What hands do, in the tests of fields."""


async def keys(page, *pressed):
    """Press keys, one after the other."""
    for key in pressed:
        await page.page.keyboard.press(key)


async def choose(modal, label, *options):
    """Open a list by mouse and click options in it."""
    await modal.field(label).click()
    for option in options:
        await modal.root.get_by_role("option", name=option).click()


async def pressed_in(kitchen, cook, place):
    """Show what sends at once, where it is asked for."""
    if place == "message":
        return await kitchen.message(cook, "pressed")
    return (await kitchen.modal(cook, "pressed")).root
