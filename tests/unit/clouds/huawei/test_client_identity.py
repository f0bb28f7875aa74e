"""Every way to prove who asks leads to the project, or to a clear error."""

import pytest

from bot.clouds.huawei import Credentials, Login, open_huawei
from bot.clouds.signing import Unsigned
from bot.errors import CloudAuthError, CloudRejectedError, ConfigurationError
from tests.fakes.raw_server import RawServer, json_answer
from tests.unit.clouds.huawei.client_case import DONE, JOBS, PROJECTS, asked, target_at
from tests.unit.clouds.huawei.fake_dli import KEYS, NOW, PROJECT, QUICK, FakeDli

LISTED = {f"GET {JOBS}": {**DONE, "job_list": {"total_count": 0, "jobs": []}}}


def projects(*ids):
    return {"projects": [{"id": one, "name": "ap-southeast-3"} for one in ids]}


async def test_the_project_is_looked_up_once_where_it_is_not_configured():
    async def twice(cloud):
        await cloud.check()
        await cloud.deployments()

    answers = {**LISTED, PROJECTS: projects(PROJECT)}
    requests, _ = await asked(answers, twice, project_id="")

    assert [request.target.partition("?")[0] for request in requests] == [
        "/v3/projects",
        f"/v1.0/{PROJECT}/streaming/jobs",
        f"/v1.0/{PROJECT}/streaming/jobs",
    ]


async def test_a_region_of_several_projects_is_a_fault_of_the_configuration():
    answers = {PROJECTS: projects(PROJECT, "f" * 32)}

    with pytest.raises(ConfigurationError, match="set project_id"):
        await asked(answers, lambda c: c.check(), project_id="")
    with pytest.raises(CloudRejectedError, match="set project_id"):
        await asked(answers, lambda c: c.fetch("131"), project_id="")


async def test_a_check_with_a_wrong_key_says_so():
    with pytest.raises(CloudAuthError, match="the credentials were refused"):
        await asked(LISTED, lambda c: c.check(), Credentials("AK", "wrong"))


async def test_a_user_is_logged_in_and_asks_with_a_token():
    token = json_answer(
        {"token": {"expires_at": "2026-01-03T03:04:05Z"}}, 201, x_subject_token="the-token"
    )

    class WithLogin(FakeDli):
        def __call__(self, request):
            if request.target.startswith("/v3/auth/tokens"):
                return token
            return super().__call__(request)

    async with RawServer(WithLogin(LISTED, {"the-token"})) as server:
        cloud = open_huawei(
            target_at(server.url), Login("acc", "me", "pw"), limits=QUICK, now=lambda: NOW
        )
        await cloud.check()
        await cloud.aclose()

    assert server.requests[-1].headers["x-auth-token"] == "the-token"


async def test_a_token_can_come_from_a_file(tmp_path):
    file = tmp_path / "token"
    file.write_text("file-token\n")

    requests, _ = await asked(LISTED, lambda c: c.check(), file, tokens={"file-token"})

    assert requests[0].headers["x-auth-token"] == "file-token"


async def test_whatever_signs_by_itself_will_do():
    with pytest.raises(CloudAuthError):
        await asked(LISTED, lambda c: c.check(), Unsigned())


@pytest.mark.parametrize(
    ("identity", "project", "named"),
    [
        (Credentials("", "secret"), PROJECT, "access key"),
        (Credentials("AK", "sec ret"), PROJECT, "secret key"),
        (Credentials("AK", "s", "tok\nen"), PROJECT, "security token"),
        (KEYS, "próject", "project id"),
    ],
)
def test_a_value_that_cannot_travel_stops_the_start_without_being_shown(identity, project, named):
    with pytest.raises(ConfigurationError, match=named) as caught:
        open_huawei(target_at("http://127.0.0.1:1", project_id=project), identity)

    assert "sec ret" not in str(caught.value)
