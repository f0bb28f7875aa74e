"""A retry and a way back go to the kind of cloud that the update is about."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.errors import UserError
from bot.notes import Code
from bot.updates.requests import Requests
from tests.unit.updates.conftest import ANNA


@dataclass
class Kind:
    """Requests of one kind; tells what it was asked."""

    name: str
    targets: tuple = ()

    def serves(self, target):
        return target in self.targets

    async def retry(self, update, asker):
        return (self.name, "retry", update.id, asker.user)

    async def roll_back(self, update, asker):
        return (self.name, "roll_back", update.id, asker.user)


def requests_of(bench, *of_dli):
    kinds = (Kind("hot_update"), Kind("dli", of_dli), Kind("recheck"))
    return Requests(bench.submissions, *kinds, now=bench.clock, way_back_for=timedelta(days=30))


@pytest.mark.parametrize(("targets", "kind"), [(("prod",), "dli"), (("other",), "hot_update")])
async def test_each_target_has_one_kind(bench, targets, kind):
    ended = await bench.settle((await bench.applied(parallelism="8")).id)
    requests = requests_of(bench, *targets)

    assert await requests.retry(ended.id, ANNA) == (kind, "retry", ended.id, "U0ANNA")
    assert await requests.roll_back(ended.id, ANNA) == (kind, "roll_back", ended.id, "U0ANNA")


async def test_an_update_that_nobody_knows_is_said(bench):
    requests = requests_of(bench)
    with pytest.raises(UserError) as error:
        await requests.retry("nope", ANNA)
    assert error.value.note.code is Code.UNKNOWN_UPDATE
