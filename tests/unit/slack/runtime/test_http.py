import asyncio
import time

import pytest

from bot.slack.app import build_app
from bot.slack.background import Background
from bot.slack.client import Identity
from bot.slack.http import Health, Inbound, build_http_app, serve
from bot.slack.replays import Replays
from bot.slack.tally import Abuse, Tally
from tests.unit.slack.runtime.signing import SECRET, command, signed
from tests.unit.slack.runtime.test_tally import Steady

IDENTITY = Identity("U0FLINKBOT", "B0FLINKBOT", "T0SANDBOX", "sandbox", "flinkbot")
FORM = "application/x-www-form-urlencoded"


def with_timestamp(request_, timestamp):
    """Give the request with the timestamp that the signing could not write."""
    request_["headers"]["X-Slack-Request-Timestamp"] = timestamp
    return request_


class Site:
    """The bot's HTTP side, served."""

    def __init__(self, session, server):
        self.session, self.server = session, server

    async def post(self, **request):
        url = f"http://127.0.0.1:{self.server.port}/slack/events"
        async with self.session.post(url, **request) as answer:
            return answer.status, await answer.text()

    async def get(self, path):
        async with self.session.get(f"http://127.0.0.1:{self.server.port}{path}") as answer:
            return answer.status, await answer.json()


@pytest.fixture
def stale():
    return []


@pytest.fixture
def checks():
    return {}


@pytest.fixture
def app(client):
    app = build_app(client=client, identity=IDENTITY, background=Background())

    async def flink(ack, body):
        await ack(f"heard {body['text']}")

    app.command("/flink")(flink)
    return app


@pytest.fixture
def tally():
    return Tally()


@pytest.fixture
def steady():
    return Steady()


@pytest.fixture
async def site(app, session, stale, checks, tally, steady):
    inbound = Inbound(app, SECRET, tally, Replays(steady))
    built = build_http_app(Health(lambda: stale, checks), inbound)
    server = await serve(built, "127.0.0.1", 0)
    yield Site(session, server)
    await server.close()


async def test_a_signed_command_is_answered(site):
    assert await site.post(**signed(command("jobs"))) == (200, "heard jobs")


# Functions, because a signature is good for five minutes only, and collecting may be longer ago.
@pytest.mark.parametrize(
    "make",
    [
        lambda: {"data": command().encode()},
        lambda: signed(command(), secret="another"),
        lambda: signed(command(), timestamp="1531420618"),
        lambda: signed(command(), timestamp="soon"),
        lambda: signed(command(), timestamp="1e9"),
        lambda: signed(command(), timestamp=""),
        lambda: {"data": b"\xff\xfe", "headers": signed(command())["headers"]},
        lambda: {"data": b"[1]", "headers": {"Content-Type": "application/json"}},
        lambda: {"data": b"payload={", "headers": {"Content-Type": FORM}},
        lambda: with_timestamp(signed(command(), timestamp="٣"), "٣"),
    ],
)
async def test_a_request_that_is_not_slacks_gets_401_before_it_is_read(site, make, caplog):
    assert await site.post(**make()) == (401, '{"error": "invalid request"}')
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: signed(command(), secret="another"), Abuse.UNSIGNED),
        (lambda: signed(command(), timestamp=""), Abuse.UNSIGNED),
        (lambda: signed(command(), timestamp="9" * 5000), Abuse.UNSIGNED),
        (lambda: {**signed(command()), "data": b"\xff\xfe"}, Abuse.UNSIGNED),
        (lambda: {**signed(command()), "data": command("stop").encode()}, Abuse.UNSIGNED),
        (lambda: signed(command(), timestamp="1531420618"), Abuse.STALE),
        (lambda: signed(command(), timestamp=str(int(time.time()) + 4000)), Abuse.STALE),
    ],
)
async def test_what_is_not_slacks_is_counted_and_logged_once(site, tally, make, kind, caplog):
    request_ = make()
    for _ in range(3):
        assert (await site.post(**request_))[0] == 401

    assert tally.total(kind) == 3
    assert caplog.text.count("refused (") == 1
    assert f"refused ({kind}): 1, 1 since the start; the last one by 127.0.0.1" in caplog.text


async def test_a_valid_request_is_taken_once_but_for_a_repetition_at_once(site, tally, steady):
    request_ = signed(command("jobs"))
    assert await site.post(**request_) == (200, "heard jobs")
    steady.at = 29.0
    assert await site.post(**request_) == (200, "heard jobs")
    steady.at = 31.0

    assert await site.post(**request_) == (401, '{"error": "invalid request"}')
    assert tally.total(Abuse.REPLAYED) == 1


async def test_slacks_certificate_check_needs_no_signature(site):
    assert await site.post(data=b"ssl_check=1&token=abc") == (200, "")


async def test_slacks_address_check_is_answered(site):
    body = '{"type": "url_verification", "challenge": "3eZbrw1a"}'
    status, text = await site.post(**signed(body, content_type="application/json"))

    assert (status, text) == (200, '{"challenge": "3eZbrw1a"}')


async def test_the_ack_does_not_wait_for_bolts_ten_millisecond_poll(site):
    took = []
    for _ in range(20):
        began = time.perf_counter()
        await site.post(**signed(command()))
        took.append(time.perf_counter() - began)

    assert min(took) < 0.010  # with the poll not a single one can be faster


async def test_no_request_asks_slack_who_we_are(site, slack):
    await asyncio.gather(*(site.post(**signed(command())) for _ in range(5)))

    assert slack.calls("auth.test") == []


def test_an_empty_secret_is_refused_because_anybody_can_sign_with_it(app):
    with pytest.raises(ValueError, match="signing secret"):
        Inbound(app, "")


def test_the_secret_is_not_shown(app):
    assert SECRET not in repr(Inbound(app, SECRET))


async def test_health_follows_the_heartbeats(site, stale):
    assert await site.get("/healthz") == (200, {"status": "ok", "stale": []})
    stale.extend(["deliver", "advance"])
    assert await site.get("/healthz") == (
        503,
        {"status": "stale", "stale": ["advance", "deliver"]},
    )


async def test_readiness_names_what_is_missing(site, checks):
    async def fine():
        return None

    async def broken():
        raise OSError("disk at /secret/path is full")

    async def stopped():
        return "token_revoked"

    assert await site.get("/readyz") == (200, {"status": "ready", "checks": {}})
    checks.update(database=fine, slack=fine)
    assert await site.get("/readyz") == (
        200,
        {"status": "ready", "checks": {"database": "ok", "slack": "ok"}},
    )
    checks.update(database=broken, slack=stopped, work=fine)
    assert await site.get("/readyz") == (
        503,
        {
            "status": "not ready",
            "checks": {"database": "failed (OSError)", "slack": "token_revoked", "work": "ok"},
        },
    )


async def test_in_socket_mode_nothing_is_taken_over_http(session):
    server = await serve(build_http_app(Health(list)), "127.0.0.1", 0)
    site = Site(session, server)

    assert (await site.post(**signed(command())))[0] == 404
    assert (await site.get("/healthz"))[0] == 200
    await server.close()


async def test_a_port_in_use_is_said_at_once(site):
    with pytest.raises(OSError, match="in use"):
        await serve(build_http_app(Health(list)), "127.0.0.1", site.server.port)
