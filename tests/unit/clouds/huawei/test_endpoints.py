"""Where the service is: 28 regions by one rule, two exceptions, or what is configured."""

import pytest

from bot.clouds.huawei import HuaweiTarget
from bot.clouds.huawei.endpoints import base_url, iam_url
from bot.errors import ConfigurationError
from bot.settings.regions import KNOWN_REGIONS


def target(region="ap-southeast-3", **more):
    return HuaweiTarget("prod", region, **more)


@pytest.mark.parametrize("region", sorted(KNOWN_REGIONS["huawei"] - {"eu-west-101"}))
def test_a_region_follows_the_rule(region):
    assert base_url(target(region)) == f"https://dli.{region}.myhuaweicloud.com"


def test_there_are_28_regions():
    assert len(KNOWN_REGIONS["huawei"]) == 28


def test_the_european_region_has_a_domain_of_its_own():
    assert base_url(target("eu-west-101")) == "https://dli.eu-west-101.myhuaweicloud.eu"
    assert iam_url(target("eu-west-101")) == "https://iam.eu-west-101.myhuaweicloud.eu"


@pytest.mark.parametrize(
    ("region", "address"),
    [
        ("cn-north-4", "https://iam.cn-north-4.myhuaweicloud.com"),
        ("ru-northwest-2", "https://iam.myhuaweicloud.com"),
        ("af-north-1", "https://iam.myhuaweicloud.com"),
    ],
)
def test_the_identity_service_is_the_regions_or_the_global_one(region, address):
    assert iam_url(target(region)) == address


def test_a_region_that_is_newer_than_this_program_follows_the_rule():
    assert base_url(target("mars-east-1")) == "https://dli.mars-east-1.myhuaweicloud.com"


@pytest.mark.parametrize("region", ["", "x", "AP-SOUTH-1", "a/b-1", "evil.example#-1"])
def test_a_malformed_region_stops_the_start(region):
    with pytest.raises(ConfigurationError, match="is not an id like"):
        base_url(target(region))


def test_both_addresses_can_be_configured():
    ours = target(endpoint="http://127.0.0.1:8080", iam_endpoint="iam.example:444")

    assert base_url(ours) == "http://127.0.0.1:8080"
    assert iam_url(ours) == "https://iam.example:444"


@pytest.mark.parametrize("name", ["endpoint", "iam_endpoint"])
@pytest.mark.parametrize("address", ["http://dli.example", "ftp://x", "https://x/path", "https://"])
def test_an_address_that_cannot_be_used_stops_the_start(name, address):
    with pytest.raises(ConfigurationError, match="target prod"):
        (base_url if name == "endpoint" else iam_url)(target(**{name: address}))
