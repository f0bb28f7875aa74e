"""The project behind a region's name."""

import pytest

from bot.clouds.huawei import HuaweiTarget
from bot.clouds.huawei.iam import project_id_of
from bot.errors import CloudForbiddenError, ConfigurationError
from tests.fakes.raw_server import RawServer, json_answer
from tests.unit.clouds.huawei.fake_dli import NOW, FakeDli, transport_to

TARGET = HuaweiTarget("prod", "eu-west-101")
PROJECTS = "GET /v3/projects"


async def looked_up(answer, target=TARGET):
    async with RawServer(FakeDli({PROJECTS: answer})) as server:
        transport = transport_to(server.url)
        try:
            return server, await project_id_of(target, transport, lambda: NOW)
        finally:
            await transport.aclose()


async def test_a_project_is_found_by_its_regions_name():
    document = {"projects": [{"id": "a4a5", "name": "eu-west-101", "enabled": True}], "links": {}}
    server, found = await looked_up(document)

    assert found == "a4a5"
    assert server.requests[0].target == "/v3/projects?name=eu-west-101"
    assert "x-project-id" not in server.requests[0].headers


async def test_a_configured_project_is_not_looked_up():
    server, found = await looked_up({}, HuaweiTarget("prod", "eu-west-101", "b5b6"))

    assert (found, server.requests) == ("b5b6", [])


async def test_no_project_is_a_fault_of_the_configuration():
    with pytest.raises(ConfigurationError, match="names no project: set project_id"):
        await looked_up({"projects": []})


async def test_several_projects_have_to_be_chosen_from():
    with pytest.raises(ConfigurationError, match=r"names 2 projects \(a, b\)"):
        await looked_up({"projects": [{"id": "a"}, {"id": "b"}]})


async def test_who_may_not_list_projects_is_told_the_way_round():
    refusal = json_answer({"error": {"code": 403, "message": "You are not authorized"}}, 403)

    with pytest.raises(CloudForbiddenError, match="the project's id in the configuration"):
        await looked_up(refusal)
