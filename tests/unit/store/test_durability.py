"""What a server has confirmed, it has to know after a crash: an intent that it forgets is lost."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from bot.errors import ConfigurationError
from tests.fakes.clock import FakeClock
from tests.unit.store.bench import opened_at


def name_in(url):
    return conninfo_to_dict(url)["dbname"]


@pytest.fixture
def careless(postgres_server):
    """Give a database of its own that waits for nothing."""
    url = postgres_server.fresh()
    name = name_in(url)
    postgres_server.run(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    yield url
    postgres_server.drop(url)


async def test_a_server_that_forgets_what_it_confirmed_is_refused(careless):
    with pytest.raises(ConfigurationError, match=r"synchronous_commit = off.*ALTER ROLE"):
        async with opened_at(careless, FakeClock()):
            pass


async def test_any_other_way_to_confirm_will_do(careless, postgres_server):
    name = name_in(careless)
    for chosen in ("local", "remote_write", "on", "remote_apply"):
        postgres_server.run(f'ALTER DATABASE "{name}" SET synchronous_commit = {chosen}')
        async with opened_at(careless, FakeClock()) as store:
            await store.ping()
