from bot.flink.cost import Cost, estimate_cost

VALUES = {
    "parallelism": "4",
    "taskmanager.numberOfTaskSlots": "1",
    "jobmanager.cpu": "2",
    "jobmanager.memory": "4 GiB",
    "taskmanager.cpu": "2",
    "taskmanager.memory": "4 GiB",
}


def test_the_vendors_example_from_4_to_10():
    assert estimate_cost(VALUES) == Cost(cus=10, task_managers=4, ip_addresses=5)
    assert estimate_cost({**VALUES, "parallelism": "10"}) == Cost(22, 10, 11)


def test_memory_decides_when_it_costs_more_than_cores():
    assert estimate_cost({**VALUES, "taskmanager.memory": "16 GiB"}).cus == 17


def test_slots_share_a_taskmanager():
    several = {**VALUES, "taskmanager.numberOfTaskSlots": "3"}

    assert estimate_cost(several).task_managers == 2


def test_a_taskmanager_above_the_largest_size_is_split():
    huge = {**VALUES, "taskmanager.cpu": "32", "taskmanager.memory": "64 GiB"}

    assert estimate_cost(huge).task_managers == 8


def test_what_is_not_known_is_not_guessed():
    assert estimate_cost({"parallelism": "4"}) is None
    assert estimate_cost({**VALUES, "taskmanager.memory": "plenty"}) is None
    assert estimate_cost({**VALUES, "taskmanager.numberOfTaskSlots": "0"}) is None
