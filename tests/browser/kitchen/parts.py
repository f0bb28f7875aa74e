"""Short names for Block Kit's parts, so that the kitchen sink reads like a list."""


def plain(words):
    return {"type": "plain_text", "text": words}


def mrkdwn(words):
    return {"type": "mrkdwn", "text": words}


def option(name, description="", **more):
    described = {"description": plain(description)} if description else {}
    return {"text": plain(name), "value": name.lower().replace(" ", "-"), **described, **more}


def options(*names):
    return [option(name) for name in names]


def group(label, *names):
    return {"label": plain(label), "options": options(*names)}


def field(name, label, element, **more):
    """An input block whose block_id and action_id are one name."""
    element = {"action_id": name, **element}
    return {"type": "input", "block_id": name, "label": plain(label), "element": element, **more}


def button(action, words, **more):
    return {"type": "button", "action_id": action, "text": plain(words), "value": action, **more}


def actions(name, *elements):
    return {"type": "actions", "block_id": name, "elements": list(elements)}


def section(words="", **more):
    return {"type": "section", **({"text": mrkdwn(words)} if words else {}), **more}


def header(words, level=1):
    return {"type": "header", "text": plain(words), "level": level}


def context(*elements):
    return {"type": "context", "elements": list(elements)}


def image(words, url="https://pictures.example/flink.png"):
    return {"type": "image", "image_url": url, "alt_text": words}


def confirm(title="Are you sure?", **more):
    words = {"text": mrkdwn("The job *restarts* and its `state` is kept."), **more}
    return {"title": plain(title), "confirm": plain("Do it"), "deny": plain("Leave it"), **words}


def words(text, **style):
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def rich(*parts):
    return {"type": "rich_text", "elements": list(parts)}


def line(*elements):
    return {"type": "rich_text_section", "elements": list(elements)}


def bullets(indent, *items, style="bullet", **more):
    shape = {"type": "rich_text_list", "style": style, "indent": indent}
    return {**shape, "elements": [line(words(item)) for item in items], **more}


def raw(cell):
    if isinstance(cell, dict):
        return cell
    if isinstance(cell, str):
        return {"type": "raw_text", "text": cell}
    return {"type": "raw_number", "value": cell, "text": f"{cell:,}"}


def modal(title, blocks, **more):
    return {"type": "modal", "title": plain(title), "blocks": blocks, **more}
