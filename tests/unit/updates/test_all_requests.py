"""A retry and a way back go to the kind of cloud that the update is about."""

from dataclasses import dataclass

import pytest

from bot.errors import UserError
from bot.notes import Code
from bot.updates.requests import Requests
from tests.unit.updates.conftest import ANNA, ORDERS


@dataclass
class Kind:
    """Requests of one kind; tells what it was asked."""

    name: str
    targets: tuple = ()

    def serves(self, target):
        return target in self.targets

    async def retry(self, update, asker):
        return (self.name, "retry", update.id, asker.user)

    async def put_back(self, update, asker):
        return (self.name, "put_back", update.id, asker.user)


@pytest.mark.parametrize(("targets", "kind"), [(("prod",), "dli"), (("other",), "hot_update")])
async def test_each_target_has_one_kind(bench, targets, kind):
    planned = await bench.requests.plan(ANNA, ORDERS, {"parallelism": "8"})
    requests = Requests(
        bench.submissions, Kind("hot_update"), Kind("dli", targets), Kind("recheck")
    )

    assert await requests.retry(planned.id, ANNA) == (kind, "retry", planned.id, "U0ANNA")
    assert await requests.put_back(planned.id, ANNA) == (kind, "put_back", planned.id, "U0ANNA")


async def test_an_update_that_nobody_knows_is_said(bench):
    requests = Requests(bench.submissions, Kind("hot_update"), Kind("dli"), Kind("recheck"))
    with pytest.raises(UserError) as error:
        await requests.retry("nope", ANNA)
    assert error.value.note.code is Code.UNKNOWN_UPDATE
