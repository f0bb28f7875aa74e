"""Lent keys: got once, renewed in time, by one request at a time, never beyond their end."""

import asyncio
import logging
from datetime import timedelta

import pytest

from bot.clouds.keys import FixedKeys, KeySigner, LentKeys, Loan
from bot.errors import CloudAuthError, CloudUnavailableError
from tests.fakes.clock import FakeClock

AHEAD = timedelta(minutes=15)
LIFE = timedelta(hours=6)
REFUSED = CloudAuthError("no", cloud="test", operation="Look")


class Bank:
    """Lends keys-1, keys-2, ... for `life`, or fails when it is told to; may be made to wait."""

    operation = "lending"

    def __init__(self, clock):
        self.lent = 0
        self.asked = 0
        self.life = LIFE
        self.fails = None
        self.was_asked = asyncio.Event()
        self.opens = asyncio.Event()
        self.opens.set()
        self._clock = clock

    async def __call__(self):
        self.asked += 1
        self.was_asked.set()
        await self.opens.wait()
        if self.fails:
            raise self.fails
        self.lent += 1
        return Loan(f"keys-{self.lent}", self._clock() + self.life)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def bank(clock):
    return Bank(clock)


@pytest.fixture
def keys(bank, clock):
    return LentKeys(bank, now=clock, ahead=AHEAD)


async def present(keys):
    await keys.ready()
    return keys.present()


async def test_keys_are_kept_until_shortly_before_their_end(keys, clock):
    assert await present(keys) == "keys-1"
    clock.tick((LIFE - AHEAD).total_seconds() - 1)
    assert await present(keys) == "keys-1"
    clock.tick(1)
    assert await present(keys) == "keys-2"


async def test_keys_that_end_soon_are_kept_for_half_of_what_is_left(keys, bank, clock):
    bank.life = timedelta(minutes=10)

    await present(keys)
    clock.tick(299)
    assert await present(keys) == "keys-1"
    clock.tick(1)
    assert await present(keys) == "keys-2"


async def test_many_requests_at_once_ask_once(keys, bank):
    assert set(await asyncio.gather(*(present(keys) for _ in range(8)))) == {"keys-1"}
    assert bank.asked == 1


async def test_nobody_waits_for_newer_keys_while_the_present_ones_are_good(keys, bank, clock):
    await present(keys)
    clock.tick((LIFE - AHEAD).total_seconds())
    bank.opens.clear()
    bank.was_asked.clear()
    renewing = asyncio.create_task(present(keys))
    await bank.was_asked.wait()

    async with asyncio.timeout(1):
        assert await present(keys) == "keys-1"
    bank.opens.set()
    assert await renewing == "keys-2"


async def test_good_keys_outlive_a_failed_renewal_which_is_tried_again_later(
    keys, bank, clock, caplog
):
    await present(keys)
    bank.fails = CloudUnavailableError("down", cloud="test", operation="lending")
    clock.tick((LIFE - AHEAD).total_seconds())

    with caplog.at_level(logging.WARNING, logger="bot.clouds.keys"):
        assert await present(keys) == "keys-1"
        assert await present(keys) == "keys-1"
    clock.tick(59)
    assert await present(keys) == "keys-1"
    assert bank.asked == 2
    assert "could not be renewed yet: test lending: down" in caplog.text
    assert "keys-1" not in caplog.text
    clock.tick(1)
    bank.fails = None
    assert await present(keys) == "keys-2"


async def test_keys_are_not_used_beyond_their_end(keys, bank, clock):
    await present(keys)
    bank.fails = CloudUnavailableError("down", cloud="test", operation="lending")
    clock.tick(LIFE.total_seconds() - 1)
    assert await present(keys) == "keys-1"
    clock.tick(1)

    with pytest.raises(CloudUnavailableError):
        await keys.ready()
    assert bank.asked == 3, "the end of the old ones is a reason to ask at once"


async def test_without_keys_the_same_answer_is_given_for_a_while(keys, bank, clock):
    bank.fails = CloudUnavailableError("down", cloud="test", operation="lending")
    for _ in range(3):
        with pytest.raises(CloudUnavailableError, match="down"):
            await keys.ready()
    assert bank.asked == 1

    clock.tick(5)
    bank.fails = None
    assert await present(keys) == "keys-1"


async def test_keys_that_ended_while_nobody_asked_are_replaced(keys, bank, clock):
    await present(keys)
    clock.tick(LIFE.total_seconds() + 1)
    assert await present(keys) == "keys-2"

    bank.life = timedelta(0)
    clock.tick(LIFE.total_seconds())
    assert await present(keys) == "keys-3"
    assert await present(keys) == "keys-4", "what is lent for no time is asked for again"


async def test_refused_keys_are_replaced_unless_they_are_new(keys, clock):
    await present(keys)

    assert keys.renews(REFUSED)
    assert await present(keys) == "keys-1"
    clock.tick(60)
    assert keys.renews(REFUSED)
    assert await present(keys) == "keys-2"


async def test_a_lenders_own_refusal_is_final(keys, clock):
    await present(keys)
    clock.tick(60)

    assert not keys.renews(CloudAuthError("no role", cloud="test", operation="lending"))
    assert await present(keys) == "keys-1"


async def test_fixed_keys_are_ready_and_never_renewed():
    fixed = FixedKeys("keys")

    assert await present(fixed) == "keys"
    assert not fixed.renews(REFUSED)


async def test_a_signer_hands_on_what_its_keys_need(keys, clock):
    class Plain(KeySigner):
        def stamps(self, method, target, headers, body):
            return {"key": self._keys.present()}

    signer = Plain(keys)
    await signer.ready()
    assert signer.stamps("GET", "/", {}, b"") == {"key": "keys-1"}
    clock.tick(60)
    assert signer.renews(REFUSED)
    await signer.ready()
    assert signer.stamps("GET", "/", {}, b"") == {"key": "keys-2"}


def test_a_loan_shows_no_keys(clock):
    assert "hunter2" not in repr(Loan("hunter2", clock()))
