from __future__ import annotations

import pytest

from bot.redaction import MASK, redact, remember


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("token xoxb-12-ab-CD here", f"token {MASK} here"),
        ("xoxe.xoxp-1-Mi0yLTk and xapp-1-A0-9-ff", f"{MASK} and {MASK}"),
        ("key LTAI5tGkJ3nQ9abc.", f"key {MASK}."),
        ("key STS.NUgYrLnoC37mZZCNnAbez", f"key {MASK}"),
        ("CAISzgJ1q6Ft5B2yfSjIr5bcIdyN", MASK),
        (f"got MIIFxAYJKoZIhvcN{'Aa1-' * 9} back", f"got {MASK} back"),
        (f"pod eyJhbGciOiJSUzI1NiJ9.{'Aa1_' * 9}.c2lnbmF0dXJl", f"pod {MASK}"),
        ("Authorization: ACS3-HMAC-SHA256 Credential=x,Signature=y", f"Authorization: {MASK}"),
        ("Bearer abcdefgh.ijk-l", MASK),
        (
            "POST https://hooks.slack.com/commands/T0/1/xyz now",
            f"POST https://hooks.slack.com/{MASK} now",
        ),
        ("postgresql://bot:hunter2@db/x", f"postgresql://{MASK}@db/x"),
        ('{"token": "verification", "text": "hi"}', f'{{"token": "{MASK}", "text": "hi"}}'),
        ("{'access_key_secret': 'hunter2'}", f"{{'access_key_secret': '{MASK}'}}"),
        ("password=hunter2&x=1", f"password={MASK}&x=1"),
        ("secret key aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0 used", f"secret key {MASK} used"),
        ("aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0aB3dE6gH9j", MASK),
        ("access key K8QWERTYUIOPASDF12GH", f"access key {MASK}"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, clean: str) -> None:
    assert redact(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "job 0b6a5d2c-4f1e-4a3b-9c8d-7e6f5a4b3c2d is RUNNING",
        "request id 1EF03B0C-F44F-47AD-BB48-D002D0F7B8C9",
        "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "flink job 9f0c2d4e6a8b1c3d5e7f9a0b2c4d6e8f",
        "channel C0123456789, user U0123456789, ts 1700000000.123456",
        "execution.checkpointing.interval: 3 min",
        "Slack said token_revoked",
        "MII stands for Mission Impossible II, and eyJ for an open brace",
        "BASIC mode, parallelism 8",
        "https://ververica.cn-hangzhou.aliyuncs.com/api/v2/namespaces/a/jobs",
    ],
)
def test_ordinary_facts_are_left_alone(text: str) -> None:
    assert redact(text) == text


def test_a_secret_that_was_met_is_masked_where_it_stands_alone() -> None:
    text = "the value plain-word-of-a-vault is not allowed"
    assert redact(text) == text
    remember("plain-word-of-a-vault")

    assert redact(text) == f"the value {MASK} is not allowed"


def test_of_a_secret_within_another_nothing_is_left() -> None:
    remember("inner-secret-of-two")
    remember("inner-secret-of-two-and-more")

    assert redact("inner-secret-of-two-and-more") == MASK


def test_a_short_secret_is_not_remembered_because_it_may_be_a_word() -> None:
    remember("default")

    assert redact("the default queue") == "the default queue"


def test_the_thousand_secrets_met_last_are_known() -> None:
    remember("met-before-all-others")
    remember("met-first-and-again")
    for number in range(999):
        if number == 500:
            remember("met-first-and-again")
        remember(f"met-later-{number:04}")

    assert redact("met-before-all-others") == "met-before-all-others"
    assert redact("met-first-and-again met-later-0998") == f"{MASK} {MASK}"
