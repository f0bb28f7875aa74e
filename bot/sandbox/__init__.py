"""The training ground: simulators of the clouds and of Slack. Nothing else imports it."""
