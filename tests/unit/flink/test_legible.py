import pytest

from bot.flink.legible import illegible_line, legible


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\ud83d"])
def test_what_nobody_can_keep_or_see_is_found_and_taken_out(bad):
    text = f"first\nsecond {bad} and more"

    assert illegible_line(text) == 2
    assert legible(text) == "first\nsecond \ufffd and more"
    assert legible(text, "") == "first\nsecond  and more"


@pytest.mark.parametrize("good", ["", "a\tb\r\nc\x0cd", "作业 ü 🙂", "\u2028\ufffd"])
def test_everything_else_stays(good):
    assert illegible_line(good) is None
    assert legible(good) == good
