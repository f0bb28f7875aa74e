"""What was pressed, typed and chosen in the browser, and what there was to press."""

from bot.sandbox.slack.inputs import slots

ACTS = ("click", "choose", "suggest", "submit", "command", "shortcut", "home")


class Touched:
    """Collected over a session from what the pages sent."""

    def __init__(self):
        self.commands = set()
        """Lines, as typed."""
        self.elements = set()
        """(block, action) of what was clicked or chosen, without the job a block belongs to."""
        self.acts = set()
        self.shortcuts = set()
        self.offered = set()
        """(block, action) of everything in a message or view that the bot sent with a call."""

    def sent(self, request):
        """Take note of a request of a page."""
        act = request.url.rpartition("/sandbox/")[2]
        if request.method != "POST" or act not in ACTS:
            return
        body = request.post_data_json
        self.acts.add(act)
        if act == "command":
            self.commands.add(body["text"])
        elif act == "shortcut":
            self.shortcuts.add(body["callback_id"])
        elif act in {"click", "choose"}:
            self.elements.add((_kind(body["block"]), body["action"]))

    def offered_by(self, slack):
        """Take note of what the bot showed."""
        for call in slack.api.calls:
            sent = call.arguments
            view = sent.get("view") or {}
            for slot in slots([*(view.get("blocks") or ()), *(sent.get("blocks") or ())]):
                self.offered.add((_kind(slot.ids[0]), slot.ids[1]))


def _kind(block):
    return block.partition(":")[0]
