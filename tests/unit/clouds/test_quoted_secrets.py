"""What a cloud quotes of a secret is masked, because the secret was met when the job was read."""

import pytest

from bot.clouds.alibaba.fingerprints import Fingerprints
from bot.clouds.huawei.marks import Marks
from bot.clouds.texts import clean
from bot.redaction import MASK


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fs.oss.accessKeySecret", "quoted-conf-of-a-test"),
        ("env.java.opts", "-Dstore.password=quoted-options-of-a-test"),
    ],
)
def test_of_a_setting_of_alibaba_cloud(name, value):
    Fingerprints(b"key").setting(name, value)

    assert clean(f"{value} is not allowed") == f"{MASK} is not allowed"


def test_an_ordinary_setting_stays_legible():
    Fingerprints(b"key").setting("table.exec.state.ttl", "36 hours and more")

    assert clean("36 hours and more is not allowed") == "36 hours and more is not allowed"


@pytest.mark.parametrize(
    ("name", "text", "secret"),
    [
        ("sql_body", "'password' = 'quoted-sql-of-a-test'", "quoted-sql-of-a-test"),
        ("entrypoint_args", "--password quoted-argument-of-a-test", "quoted-argument-of-a-test"),
        ("sql_body", f"{'-- x' * 9000}\n'secret' = 'quoted-long-sql'", "quoted-long-sql"),
    ],
)
def test_of_a_definition_on_dli(name, text, secret):
    Marks(b"key").of(name, text)

    assert clean(f"cannot use {secret} here") == f"cannot use {MASK} here"


def test_a_secret_at_the_place_where_a_text_is_cut_is_not_told_by_half():
    Fingerprints(b"key").setting("password", "cut-in-two-of-a-test")

    assert "cut-in" not in clean("x" * 290 + " cut-in-two-of-a-test")
