"""Which way requests leave this machine."""

import pytest

from bot.clouds.route import _default_tls, route_to
from bot.errors import ConfigurationError
from tests.fakes.raw_server import RawServer, http
from tests.unit.clouds.calling import READ, WRITE, sent, transport_to, unused_port

CLOUD = "https://ververica.cn-hangzhou.aliyuncs.com"


@pytest.fixture(autouse=True)
def no_proxy_at_all(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("name", "value", "proxy"),
    [
        ("HTTPS_PROXY", "http://proxy:3128", "http://proxy:3128"),
        ("https_proxy", "http://proxy:3128", "http://proxy:3128"),
        ("HTTPS_PROXY", "proxy:3128", "http://proxy:3128"),
        ("ALL_PROXY", "https://proxy:3128", "https://proxy:3128"),
        ("HTTP_PROXY", "http://proxy:3128", None),
        ("HTTPS_PROXY", "", None),
    ],
)
def test_the_proxy_is_the_environments(name, value, proxy, monkeypatch):
    monkeypatch.setenv(name, value)

    assert route_to(CLOUD).proxy == proxy


@pytest.mark.parametrize("exempt", ["*", "10.0.0.1,.aliyuncs.com", CLOUD[8:]])
def test_what_the_environment_exempts_goes_straight(exempt, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", exempt)

    assert route_to(CLOUD).proxy is None


def test_other_exemptions_do_not_count(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", "10.0.0.1,.myhuaweicloud.com")

    assert route_to(CLOUD).proxy == "http://proxy:3128"


def test_a_proxy_of_another_kind_is_refused_at_the_start_without_its_password(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "socks5://someone:proxy-word@proxy:1080")

    with pytest.raises(ConfigurationError, match="not an http or https address") as caught:
        route_to(CLOUD)

    assert "proxy-word" not in str(caught.value)


def test_a_password_of_a_proxy_is_not_shown(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://someone:proxy-word@proxy:3128")

    assert "proxy-word" not in repr(route_to(CLOUD))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"])
def test_this_machine_is_reached_without_a_proxy(host, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "http://proxy:3128")

    assert route_to(f"http://{host}:8080").proxy is None


@pytest.mark.parametrize("call", [READ, WRITE], ids=["read", "write"])
async def test_a_proxy_of_the_environment_is_not_used_for_this_machine(call, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{await unused_port()}")
    async with RawServer(lambda _: http(200, b"ok")) as server:
        assert await sent(transport_to(server.url), call) == "ok"
        assert await sent(transport_to(server.url.replace("127.0.0.1", "localhost")), call) == "ok"


def test_the_authorities_of_the_environment_are_trusted(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    _default_tls.cache_clear()
    try:
        trusted = route_to(CLOUD).tls.cert_store_stats()
    finally:
        _default_tls.cache_clear()

    assert trusted["x509"] == 1
