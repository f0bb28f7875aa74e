"""The same wishes, weather and deaths for the naive loop, judged in the same way."""

import asyncio
from time import monotonic

from tests.chaos import naive
from tests.chaos.report import Report
from tests.chaos.run import READY_SECONDS, Chaos, with_weather

_LEFT = "SELECT count(*) FROM wishes WHERE state IS NULL"
_SETTLE_SECONDS = 60.0


async def naive_run(folder, *, updates, seed, replicas):
    """Let the naive loop do what it can; give the report."""
    began = monotonic()
    chaos = Chaos(folder, updates, seed)
    async with chaos.open():
        await chaos.database.run(naive.TABLE)
        wishes = await _written(chaos)
        crew = chaos.replicas(naive.serve)
        crew.start(replicas)
        try:
            await asyncio.wait_for(crew.ready.wait(), READY_SECONDS)
            chaos.trouble(on=True)
            await _through(chaos, crew)
        finally:
            await crew.stop()
        report = await _judged(chaos, wishes)
    report.deaths, report.seconds = crew.deaths, monotonic() - began
    return report


async def _written(chaos):
    """Write all wishes down; give them by number."""
    written = {}
    rooms = [room for _, room in chaos.workplace.people]
    for place, wishes in enumerate(chaos.errands):
        after = None
        for wish in wishes:
            row = (after, wish.kind.value, wish.job, chaos.clouds.id_of(wish.job))
            given = naive.given_to(wish, chaos.clouds)
            [(after,)] = await chaos.database.run(
                "INSERT INTO wishes (after, kind, job, ref, room, given)"
                " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
                *(*row, rooms[place % len(rooms)], given),
            )
            written[after] = wish
    return written


async def _through(chaos, crew):
    """Wait until all is done, with the weather of a run; what hangs then stays undone."""
    few = chaos.wanted // 30
    weather = asyncio.create_task(chaos.weather(lambda: 1 - left / chaos.wanted))
    left = chaos.wanted
    while left > few:
        left = await chaos.database.down_to(left - 1, _LEFT)
    await weather
    chaos.trouble(on=False)
    crew.calm_down()
    await chaos.database.down_to(0, _LEFT, seconds=_SETTLE_SECONDS)


async def _judged(chaos, wishes):
    witness, told = chaos.clouds.witness, chaos.workplace.told()
    report = Report("naive loop", again=witness.again(), twice=witness.twice())
    newest = {wish.job: wish for wish in wishes.values()}
    for number, state in await chaos.database.rows("SELECT id, state FROM wishes"):
        wish = wishes[number]
        report.ends[wish.kind.value, state or "no end"] += 1
        if state is None:
            report.endless.append(number)
            continue
        if f"{number}:verdict" not in told:
            report.missing.append(number)
        said = " ".join(message.words() for message in told.get(f"{number}:verdict", ()))
        report.compare(state, wish, chaos.clouds, said, last=newest[wish.job] is wish)
    report.doubled = [key for key, messages in told.items() if len(messages) > 1]
    return with_weather(report, chaos)
