"""Requests signed the way Slack signs them."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

SECRET = "a-signing-secret"


def signed(
    body, *, secret=SECRET, timestamp=None, content_type="application/x-www-form-urlencoded"
):
    """Give headers and bytes of a request."""
    content = body.encode() if isinstance(body, str) else body
    stamp = str(int(time.time())) if timestamp is None else timestamp
    base = b"v0:" + stamp.encode() + b":" + content
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    headers = {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
        "Content-Type": content_type,
    }
    return {"headers": headers, "data": content}


def command(text="", **more):
    """Give the body of a slash command."""
    fields = {"command": "/flink", "text": text, "user_id": "U0ADA", "team_id": "T0SANDBOX"}
    return urlencode({**fields, "channel_id": "C0DATAJOBS", "trigger_id": "1.2.3", **more})


def interaction(**payload):
    """Give the body of an interaction."""
    told = {"user": {"id": "U0ADA"}, "team": {"id": "T0SANDBOX"}, **payload}
    return urlencode({"payload": json.dumps(told)})
