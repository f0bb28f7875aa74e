from bot.clouds.texts import clean


def test_a_text_is_put_on_one_line_and_cut():
    assert clean("a\n b\t c") == "a b c"
    assert clean("x" * 400) == "x" * 299 + "…"


def test_a_secret_is_masked_before_the_text_is_cut():
    told = clean("a" * 280 + " token=0123456789abcdef0123456789abcdef")

    assert "0123" not in told
