"""What a person chooses that is a thing of the workspace: people, channels, uploaded files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.slack.nouns import Json
    from bot.sandbox.slack.workspace import Workspace


def chosen_things(workspace: Workspace, user_id: str, element: Json, value: Any) -> Any:
    """Give what an element holds after a choice of ids; other values are given back as they are.

    Raises:
        LookupError: an id is of nothing that this person may choose here.

    """
    kind = str(element["type"]).removeprefix("multi_")
    find = _FINDERS.get(kind)
    if find is None or value in (None, "", []):
        return value
    many = isinstance(value, list)
    found = [find(workspace, user_id, element, str(one)) for one in (value if many else [value])]
    return found if many else found[0]


def _user(workspace: Workspace, _user_id: str, _element: Json, chosen: str) -> str:
    if chosen not in workspace.users:
        raise LookupError(f"{chosen!r} is no user")
    return chosen


def _channel(workspace: Workspace, user_id: str, element: Json, chosen: str) -> str:
    channel = workspace.channels.get(chosen)
    if channel is None or channel.is_im or channel.is_private:
        raise LookupError(f"{chosen!r} is no public channel")
    return _conversation(workspace, user_id, element, chosen)


def _conversation(workspace: Workspace, user_id: str, _element: Json, chosen: str) -> str:
    channel = workspace.channels.get(chosen)
    hidden = channel is None or (
        (channel.is_private or channel.is_im) and user_id not in channel.members
    )
    if hidden:
        raise LookupError(f"{chosen!r} is no conversation of this person")
    return chosen


def _file(workspace: Workspace, user_id: str, element: Json, chosen: str) -> Json:
    try:
        file = workspace.files.get(chosen)
    except RefusedError:
        raise LookupError(f"{chosen!r} was not uploaded") from None
    if file.user != user_id:
        raise LookupError(f"{chosen!r} is somebody else's file")
    document = workspace.files.document(file)
    allowed = element.get("filetypes")
    if allowed and not {document["filetype"], file.name.rpartition(".")[2].lower()} & set(allowed):
        raise LookupError(f"{file.name} is of none of these types: {', '.join(allowed)}")
    return document


_FINDERS: dict[str, Callable[[Workspace, str, Json, str], Any]] = {
    "users_select": _user,
    "channels_select": _channel,
    "conversations_select": _conversation,
    "file_input": _file,
}
