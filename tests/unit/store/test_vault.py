"""What an update needs as it is: kept sealed, given back, and never readable in the file."""

from datetime import timedelta

import pytest

from bot.errors import UserError
from bot.notes import Code
from bot.store import open_store
from bot.store.sealing import Sealer
from bot.store.vault import SqlVault
from tests.fakes.clock import FakeClock
from tests.unit.store.bench import plan_of, url_of

KEY, OTHER = "k" * 32, "o" * 32
SQL = "CREATE TABLE a WITH ('password' = 'hunter2'); -- 密"


@pytest.fixture
async def vault_of(tmp_path):
    clock = FakeClock()
    async with open_store(url_of(tmp_path), now=clock) as store:
        await store.updates.add(plan_of("u1"), [])

        def vault(*keys):
            return SqlVault(store.database, Sealer(keys), clock)

        vault.clock, vault.folder = clock, tmp_path
        yield vault


def written(folder):
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_what_was_kept_comes_back_as_it_was(vault_of):
    values = {"sql_body": SQL, "desc": None, "name": ""}
    await vault_of(KEY).put("u1", "asked", values)
    assert await vault_of(KEY).get("u1", "asked") == values
    assert await vault_of(KEY).get("u1", "before") is None


async def test_a_secret_is_not_in_the_file(vault_of):
    await vault_of(KEY).put("u1", "asked", {"sql_body": SQL})
    assert b"hunter2" not in written(vault_of.folder)


async def test_without_a_key_a_secret_is_refused_and_everything_else_is_kept(vault_of):
    with pytest.raises(UserError) as refused:
        await vault_of().put("u1", "asked", {"sql_body": SQL, "desc": "x"})
    assert refused.value.note.code is Code.SECRET_KEY_NEEDED
    assert refused.value.note.args["fields"] == "sql_body"
    assert b"hunter2" not in written(vault_of.folder)

    await vault_of().put("u1", "asked", {"desc": "plain", "smn_topic": None})
    assert await vault_of().get("u1", "asked") == {"desc": "plain", "smn_topic": None}


@pytest.mark.parametrize("text", ["--pwd hunter2", '[{"value":"hunter2","key":"s3.secret-key"}]'])
async def test_what_is_shown_as_a_mark_is_not_kept_without_a_key(vault_of, text):
    with pytest.raises(UserError):
        await vault_of().put("u1", "asked", {"entrypoint_args": text})
    assert b"hunter2" not in written(vault_of.folder)


async def test_the_first_values_under_a_name_stay(vault_of):
    vault = vault_of(KEY)
    await vault.put("u1", "asked", {"desc": "first"})
    await vault.put("u1", "asked", {"desc": "second"})
    assert await vault.get("u1", "asked") == {"desc": "first"}


async def test_keys_can_be_replaced(vault_of):
    await vault_of(OTHER).put("u1", "asked", {"desc": "x"})
    assert await vault_of(KEY, OTHER).get("u1", "asked") == {"desc": "x"}
    assert await vault_of(KEY).get("u1", "asked") is None
    assert await vault_of().get("u1", "asked") is None


async def test_what_is_old_is_forgotten(vault_of):
    vault = vault_of(KEY)
    await vault.put("u1", "asked", {"desc": "x"})
    await vault.forget(vault_of.clock())
    assert await vault.get("u1", "asked") is not None
    await vault.forget(vault_of.clock() + timedelta(seconds=1))
    assert await vault.get("u1", "asked") is None


def test_two_seals_of_one_text_differ():
    assert Sealer([KEY]).seal("x") != Sealer([KEY]).seal("x")
