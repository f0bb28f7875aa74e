"""What was pressed, typed and chosen in the browser, and what there was to press."""

from bot.sandbox.slack.inputs import slots

ACTS = ("click", "choose", "suggest", "submit", "command", "shortcut", "home")


class Touched:
    """Collected over a session from what the pages sent. Elements go by `name_of`."""

    def __init__(self):
        self.commands = set()
        """Lines, as typed."""
        self.elements = set()
        """What was clicked, typed into or chosen."""
        self.acts = set()
        self.shortcuts = set()
        self.offered = set()
        """Everything interactive in a message or view that the bot sent with a call."""

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
            self.elements.add(name_of(body["block"], body["action"]))

    def offered_by(self, slack):
        """Take note of what the bot showed."""
        for call in slack.api.calls:
            view = call.arguments.get("view") or {}
            shown = [*(view.get("blocks") or ()), *(call.arguments.get("blocks") or ())]
            self.offered |= {name_of(*slot.ids) for slot in slots(shown)}


def name_of(block, action):
    """Give the name of an element: its action, or its block where all actions are "value".

    The job that a block belongs to stands behind a colon, and is left out.
    """
    return block.partition(":")[0] if action == "value" else action
