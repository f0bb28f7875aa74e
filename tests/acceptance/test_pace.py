"""The bot at its own pace before a Slack that limits calls as the real one does."""

from bot.sandbox.check import PLAYS
from bot.sandbox.stage import open_stage


async def test_the_bot_never_calls_slack_more_often_than_it_may():
    async with open_stage(speed=20.0) as stage:
        for name in ("hot_update", "update_sql", "start"):
            await PLAYS[name](stage, stage.slack.person("ada"))
        answers = [call.reply for call in stage.slack.api.calls]
    assert len(answers) > 10
    assert [answer.body for answer in answers if answer.body.get("ok") is not True] == []
