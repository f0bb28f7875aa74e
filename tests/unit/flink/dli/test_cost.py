"""What a definition takes from its queue, in both resource models."""

import pytest

from bot.flink.cost import Cost
from bot.flink.dli.cost import estimate_cost

V1 = {"cu_number": "10", "manager_cu_number": "2", "tm_cus": "2"}
V2 = {
    "resource_config_version": "v2",
    "resource_config.parallel_number": "6",
    "resource_config.max_slot": "2",
    "resource_config.jobmanager_resource_spec.cpu": "1",
    "resource_config.jobmanager_resource_spec.memory": "4G",
    "resource_config.taskmanager_resource_spec.cpu": "1.5",
    "resource_config.taskmanager_resource_spec.memory": "12288M",
}


def test_the_first_model_states_its_cus():
    assert estimate_cost(V1) == Cost(10.0, 4, 5)
    assert estimate_cost({"cu_number": "4"}) == Cost(4.0, 3, 4)


def test_the_second_model_pays_for_cores_or_memory_whichever_is_more():
    assert estimate_cost(V2) == Cost(10.0, 3, 4)  # 4 + 3 x 12 GB
    roomy = V2 | {"resource_config.taskmanager_resource_spec.cpu": "8"}
    assert estimate_cost(roomy) == Cost(25.0, 3, 4)
    bare = V2 | {"resource_config.taskmanager_resource_spec.memory": "12"}
    assert estimate_cost(bare) == estimate_cost(V2)  # a bare number is GB


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"cu_number": "many"},
        V1 | {"tm_cus": "0"},
        V2 | {"resource_config.max_slot": "0"},
        {**V2, "resource_config.jobmanager_resource_spec.memory": "much"},
        {"resource_config_version": "v2"},
    ],
)
def test_what_cannot_be_read_is_not_guessed(values):
    assert estimate_cost(values) is None
