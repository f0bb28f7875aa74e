import asyncio

import pytest

from bot.errors import CloudUnavailableError, UserError
from bot.flink.snapshot import DeploymentRef, DeploymentSummary
from bot.notes import Code
from bot.updates.directory import Directory
from tests.fakes.clock import T0, FakeClock

DOWN = CloudUnavailableError("down", cloud="fake", operation="ListDeployments")


class ListOnly:
    """A cloud of which only the list is asked."""

    def __init__(self, target, *jobs):
        self.jobs = [
            DeploymentSummary(DeploymentRef(target, f"{target}-{name}"), name, status)
            for name, status in jobs
        ]
        self.error = None

    async def deployments(self):
        if self.error:
            raise self.error
        return self.jobs


@pytest.fixture
def prod():
    return ListOnly(
        "prod", ("orders", "RUNNING"), ("old-orders", "FAILED"), ("my-orders", "RUNNING")
    )


@pytest.fixture
async def directory(prod):
    staging = ListOnly("staging", ("orders", "RUNNING"), ("billing", "RUNNING"))
    made = Directory({"prod": prod, "staging": staging}, FakeClock())
    await made.refresh()
    return made


def test_names_that_begin_so_come_first_then_running_ones(directory):
    listing = directory.search("prod", "ORDERS")

    assert [d.name for d in listing.found] == ["orders", "my-orders", "old-orders"]
    assert (listing.total, listing.read_at, listing.trouble) == (3, T0, None)


def test_a_long_list_is_cut_and_counted(directory):
    listing = directory.search("prod", limit=2)

    assert (len(listing.found), listing.total) == (2, 3)


async def test_an_unreachable_cloud_keeps_its_last_list_and_says_so(directory, prod, caplog):
    prod.error = DOWN
    await directory.refresh()
    await directory.refresh()

    listing = directory.search("prod")

    assert len(listing.found) == 3
    assert listing.trouble.code is Code.CLOUD_UNAVAILABLE
    assert caplog.text.count("cannot be read") == 1


async def test_a_cloud_that_comes_back_clears_the_trouble(directory, prod):
    prod.error = DOWN
    await directory.refresh()
    prod.error = None
    await directory.refresh()

    assert directory.search("prod").trouble is None


def test_a_typed_name_finds_its_one_deployment(directory):
    assert directory.find("Orders ", ["prod"]).ref.deployment_id == "prod-orders"
    assert directory.find("bill", ["prod", "staging"]).name == "billing"
    assert directory.get("prod", "prod-orders").name == "orders"


@pytest.mark.parametrize(
    ("name", "targets", "code"),
    [
        ("orders", ["prod", "staging"], Code.AMBIGUOUS_JOB),
        ("order", ["prod"], Code.AMBIGUOUS_JOB),
        ("nothing", ["prod"], Code.UNKNOWN_JOB),
    ],
)
def test_a_name_that_is_not_one_job_is_said(directory, name, targets, code):
    with pytest.raises(UserError) as caught:
        directory.find(name, targets)

    assert caught.value.note.code is code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("*Billing* is slow, see billing.", "billing"),
        ("my-orders lags", "my-orders"),  # and not the "orders" in it
        ("billing and my-orders lag", None),
        ("orders lags", None),  # there is one on either target
        ("my-orders-2 and billings", None),
        ("", None),
    ],
)
def test_a_text_names_a_job_only_if_it_says_one_whole_name(directory, text, found):
    named = directory.named_in(text)

    assert (named.name if named else None) == found


async def test_a_name_is_not_called_unknown_when_the_list_could_not_be_read(prod):
    prod.error = DOWN
    directory = Directory({"prod": prod}, FakeClock())
    await directory.refresh()

    with pytest.raises(UserError) as caught:
        directory.find("orders", ["prod"])

    assert caught.value.note.code is Code.CLOUD_UNAVAILABLE


async def test_a_target_that_is_not_configured_has_no_jobs(prod):
    directory = Directory({"prod": prod}, FakeClock())
    await directory.refresh()
    assert directory.search("gone").found == ()
    assert directory.get("gone", "prod-orders") is None


async def test_who_asks_right_after_a_start_waits_for_the_first_reading(prod):
    directory = Directory({"prod": prod}, FakeClock())
    waiting = asyncio.create_task(directory.first_read())
    await directory.refresh()
    await waiting
    assert directory.search("prod").total == len(prod.jobs)


async def test_the_first_reading_is_not_waited_for_forever(prod):
    directory = Directory({"prod": prod}, FakeClock(), first_read_seconds=0.01)
    await directory.first_read()
    assert directory.search("prod").found == ()


async def test_a_job_that_is_not_listed_yet_is_looked_for_in_a_list_read_anew(directory, prod):
    new = DeploymentSummary(DeploymentRef("prod", "prod-new"), "payments", "RUNNING")
    prod.jobs.append(new)

    assert await directory.look_up("payments", ["prod", "staging"]) == new
    assert directory.find("payments", ["prod"]) == new


async def test_an_id_that_is_not_listed_yet_is_looked_for_in_a_list_read_anew(directory, prod):
    new = DeploymentSummary(DeploymentRef("prod", "prod-new"), "payments", "RUNNING")
    prod.jobs.append(new)

    assert await directory.look_up_id("prod", "prod-new") == new
    assert await directory.look_up_id("prod", "prod-newer") is None
    assert await directory.look_up_id("gone", "prod-new") is None


async def test_what_is_listed_or_is_ambiguous_asks_no_cloud(directory, prod):
    prod.error = DOWN

    assert (await directory.look_up("billing", ["prod", "staging"])).name == "billing"
    assert (await directory.look_up_id("prod", "prod-orders")).name == "orders"
    with pytest.raises(UserError) as refused:
        await directory.look_up("orders", ["prod", "staging"])
    assert refused.value.note.code is Code.AMBIGUOUS_JOB
    assert directory.search("prod").trouble is None


async def test_a_job_that_no_list_has_is_said_to_be_unknown(directory):
    with pytest.raises(UserError) as refused:
        await directory.look_up("no-such-job", ["prod"])

    assert refused.value.note.code is Code.UNKNOWN_JOB
