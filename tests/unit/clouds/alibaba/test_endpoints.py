import pytest

from bot.clouds.alibaba import AlibabaTarget
from bot.clouds.alibaba.endpoints import base_url
from bot.errors import ConfigurationError
from bot.settings.regions import KNOWN_REGIONS


def target(region="cn-hangzhou", endpoint=None, vpc=False):
    return AlibabaTarget("prod", region, "w", "n", endpoint, vpc)


@pytest.mark.parametrize("region", [*sorted(KNOWN_REGIONS["alibaba"]), "me-central-1"])
def test_a_regions_address_follows_from_its_name_also_when_it_is_new(region):
    assert base_url(target(region)) == f"https://ververica.{region}.aliyuncs.com"


def test_inside_the_vendors_network_the_address_is_another():
    assert base_url(target(vpc=True)) == "https://ververica-vpc.cn-hangzhou.aliyuncs.com"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://gateway.example.com:8443", "https://gateway.example.com:8443"),
        ("gateway.example.com", "https://gateway.example.com"),
        ("http://127.0.0.1:3991/", "http://127.0.0.1:3991"),
        ("http://localhost:3991", "http://localhost:3991"),
        ("http://[::1]:3991", "http://[::1]:3991"),
    ],
)
def test_an_own_endpoint_wins(given, used):
    assert base_url(target(region="", endpoint=given)) == used


@pytest.mark.parametrize(
    "given",
    [
        "http://gateway.example.com",
        "ftp://127.0.0.1",
        "https://",
        "https://host/path",
        "https://host?x=1",
        "https://user:pw@host",
        "https://two hosts",
        "https://host:port",
    ],
)
def test_an_endpoint_that_leaks_or_makes_no_sense_is_refused(given):
    with pytest.raises(ConfigurationError, match="target prod"):
        base_url(target(endpoint=given))


@pytest.mark.parametrize("region", ["", "hangzhou", "cn-hangzhou.evil.com/", "CN-HANGZHOU"])
def test_a_region_that_is_no_id_is_refused(region):
    with pytest.raises(ConfigurationError, match="region"):
        base_url(target(region))
