import pytest

from bot.flink.memory import gibibytes, parse_memory


@pytest.mark.parametrize("text", ["4 GiB", "4Gi", "4g", "4gb", "4096MiB", "4096 mb", "4194304 kb"])
def test_the_same_size_however_it_is_written(text):
    assert gibibytes(text) == 4


@pytest.mark.parametrize(("text", "expected"), [("17", 17), ("17 b", 17), ("17 bytes", 17)])
def test_a_bare_number_is_bytes(text, expected):
    assert parse_memory(text) == expected


@pytest.mark.parametrize("text", ["", "GiB", "four GiB", "4 PiB", "-1 GiB"])
def test_what_is_not_a_size_is_refused(text):
    with pytest.raises(ValueError, match="not a memory size"):
        parse_memory(text)
