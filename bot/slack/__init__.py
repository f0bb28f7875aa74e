"""The Slack edge: what people type, click and read."""
