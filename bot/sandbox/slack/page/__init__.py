"""The page's side of the simulator: what the browser reads and what a person does in it.

    GET  /                  the page; its files under /web/
    GET  /sandbox/state     ?user=U…: everything this person sees
    GET  /sandbox/changes   server-sent events: a number, new at every change
    GET  /sandbox/traffic   ?since=N: requests between Slack and the app; waits for a new one

What a person does; bodies and answers are JSON:

    POST /sandbox/say       {user, channel, text, thread}: an ordinary message
    POST /sandbox/command   {user, channel, text} → {ok, shown, reason}
    POST /sandbox/shortcut  {user, callback_id, channel?, ts?} → {ok, shown, reason}
    POST /sandbox/home      {user, tab?}: the app's Home tab is opened
    POST /sandbox/click     {user, <place>, block, action, value} → {ok, shown, reason}
    POST /sandbox/choose    {user, <place>, block, action, value} → {ok, shown, reason}
    POST /sandbox/suggest   {user, <place>, block, action, typed} → {options} or {error}
    POST /sandbox/submit    {user, view} → {errors, closed, shown, reason}
    POST /sandbox/close     {user, view, everything}
    POST /sandbox/locale    {user, locale}
    POST /sandbox/upload    ?user=U…&name=…, raw bytes as body → the file object

What one does to the workspace and the clouds:

    POST /sandbox/trouble   {method, kind, times?, error?, retry_after?}, see `troubles`
    POST /sandbox/calm      {}: forget all troubles
    POST /sandbox/archive   {channel, archived}
    POST /sandbox/invite    {channel, present}: whether the bot is a member
    POST /sandbox/disconnect {}: ask every socket to reconnect
    ANY  /sandbox/clouds/<name>/<rest>   that cloud's own /sandbox/<rest>

`<place>` is `view` (an id) or `channel` and `ts`. What cannot be done (the view is closed, the
button is gone) is answered 409 with `{"error": words}`, what is no JSON 415.
"""

from bot.sandbox.slack.page.page import FILES, Page
from bot.sandbox.slack.page.stage import Stage

__all__ = ["FILES", "Page", "Stage"]
