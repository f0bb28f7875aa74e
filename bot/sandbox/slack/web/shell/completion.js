// What a slash command can be, while it is typed.

import { el, uid } from "../dom.js";
import { page } from "./store.js";

/** Completes in `field`; the list stands in `frame`. `fill(text)` puts a choice into the field. */
export class Completion {
  constructor(field, frame, fill) {
    Object.assign(this, { field, fill, items: [], at: -1 });
    this.id = uid("commands");
    this.list = el("div", { class: "completion-list", role: "listbox", id: this.id, "aria-label": "Commands" });
    this.panel = el("div", { class: "completion", hidden: true, onmousedown: (event) => event.preventDefault() },
      el("p", { class: "completion-title", "aria-hidden": "true" }, "Commands", el("span", { class: "quiet" }, el("kbd", {}, "↑"), el("kbd", {}, "↓"), " to choose, ", el("kbd", {}, "Tab"), " to take")), this.list);
    frame.prepend(this.panel);
    for (const [name, value] of Object.entries({ "aria-autocomplete": "list", "aria-haspopup": "listbox" })) field.setAttribute(name, value);
    field.addEventListener("input", () => this.look());
    field.addEventListener("blur", () => this.close());
  }

  get open() {
    return !this.panel.hidden;
  }

  /** Look at what is typed, and offer what it may become. */
  look() {
    const typed = this.field.value;
    this.items = typed.startsWith("/") && !typed.includes("\n") ? offers(typed) : [];
    if (!this.items.length) return this.close();
    this.panel.hidden = false;
    this.field.setAttribute("aria-controls", this.id);
    this.list.replaceChildren(...this.items.map((item, place) => el("div", { class: "completion-item", role: "option", id: `${this.id}-${place}`, "aria-selected": "false", onclick: () => this.take(place) },
      el("span", { class: "completion-words" }, el("strong", {}, item.text), " ", el("span", { class: "quiet usage" }, item.usage)), el("span", { class: "quiet" }, item.note))));
    const first = this.items[0].text;
    return this.point(!typed.includes(" ") && first !== typed ? 0 : -1);
  }

  point(place) {
    this.at = place;
    [...this.list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === place)));
    if (place < 0) return this.field.removeAttribute("aria-activedescendant");
    this.list.children[place].scrollIntoView({ block: "nearest" });
    return this.field.setAttribute("aria-activedescendant", `${this.id}-${place}`);
  }

  close() {
    this.panel.hidden = true;
    this.items = [];
    this.field.removeAttribute("aria-controls");
    this.field.removeAttribute("aria-activedescendant");
  }

  take(place) {
    const { text } = this.items[place];
    this.close();
    this.fill(`${text} `);
    this.look();
  }

  /** Give what a key does, or nothing where it is the field's own. */
  keys(event) {
    if (!this.open) return null;
    const count = this.items.length;
    const acts = {
      ArrowDown: () => this.point((this.at + 1) % count),
      ArrowUp: () => this.point((Math.max(this.at, 0) + count - 1) % count),
      Escape: () => this.close(),
    };
    if (event.key === "Tab" && !event.shiftKey) return () => this.take(Math.max(0, this.at));
    if (event.key === "Enter" && this.at >= 0) return () => this.take(this.at);
    return acts[event.key] ?? null;
  }
}

function offers(typed) {
  const commands = page.state.commands ?? [];
  if (!typed.includes(" ")) {
    return commands.filter((one) => one.command.startsWith(typed)).map((one) => ({ text: one.command, usage: one.usage_hint, note: one.description }));
  }
  const [name, rest, ...more] = typed.split(" ");
  const command = commands.find((one) => one.command === name);
  if (!command || more.length) return [];
  return words(command.usage_hint).filter((word) => word.startsWith(rest) && word !== rest).map((word) => ({ text: `${name} ${word}`, usage: "", note: "" }));
}

/** Read the words of a hint such as "[jobs | update | help]". */
function words(hint = "") {
  const inner = /^\[([^\]]+)\]$/.exec(hint.trim())?.[1] ?? "";
  return inner.split("|").map((word) => word.trim()).filter((word) => /^[\w-]+$/.test(word));
}
