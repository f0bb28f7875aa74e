// The list that a combobox opens: groups of options, the marked one, and what is said instead.

import { el } from "./dom.js";
import { icon } from "./icons.js";

/** A listbox in a panel of its own. */
export class Listbox {
  constructor(id, { many, label, picked, marked }) {
    Object.assign(this, { id, picked, marked });
    this.items = [];
    this.at = -1;
    this.list = el("div", { role: "listbox", id, "aria-label": `Options: ${label}`, "aria-multiselectable": many ? "true" : null, tabindex: "-1" });
    this.note = el("p", { class: "note", role: "status" });
    // A press on the list must not take the focus out of the field.
    this.panel = el("div", { class: "popup list", popover: "manual", onmousedown: (event) => event.preventDefault() }, this.list, this.note);
  }

  /** Say something in place of options. */
  say(words, busy = false) {
    this.items = [];
    this.list.replaceChildren();
    this.list.hidden = true;
    this.note.textContent = words;
    this.note.classList.toggle("loading", busy);
    this.point(-1);
  }

  /** Show what a source answered; `full`: why nothing more can be chosen. */
  show(answer, chosen, full = "") {
    if (answer.error) return this.say(answer.error);
    if (answer.note) return this.say(answer.note);
    const groups = (answer.groups ?? answer).filter((group) => group.items.length);
    if (!groups.length) return this.say("No results");
    this.items = groups.flatMap((group) => group.items);
    this.list.hidden = false;
    this.note.classList.remove("loading");
    this.note.textContent = full;
    const values = new Set(chosen.map((item) => item.value));
    let place = 0;
    this.list.replaceChildren(...groups.map((group, number) => this.group(group, number, () => place++, values, full)).flat());
    const first = this.items.findIndex((item) => values.has(item.value));
    return this.point(Math.max(0, first));
  }

  group({ label, items }, number, next, values, full) {
    const options = items.map((item) => this.option(item, next(), values.has(item.value), full));
    if (!label) return options;
    const id = `${this.id}-group-${number}`;
    return [el("div", { role: "group", "aria-labelledby": id }, el("div", { class: "group", id, role: "presentation" }, label), options)];
  }

  option(item, place, selected, full) {
    return el("div", {
      role: "option", id: `${this.id}-${place}`, "data-value": item.value, "aria-selected": String(selected),
      "aria-disabled": full && !selected ? "true" : null,
      onmouseenter: () => this.point(place), onclick: () => this.picked(item),
    }, item.lead?.() ?? null, el("span", { class: "words" }, el("span", {}, item.label), item.description ? " " : null, item.description ? el("span", { class: "quiet" }, item.description) : null),
    selected ? icon("check") : null);
  }

  move(by) {
    if (!this.items.length) return;
    this.point((this.at + by + this.items.length) % this.items.length);
    this.scroll();
  }

  point(place) {
    this.at = place;
    this.list.querySelector(".marked")?.classList.remove("marked");
    const option = this.list.querySelectorAll("[role=option]")[place];
    option?.classList.add("marked");
    this.marked(option?.id ?? null);
  }

  scroll() {
    this.list.querySelector(".marked")?.scrollIntoView({ block: "nearest" });
  }

  pickMarked() {
    if (this.items[this.at]) this.picked(this.items[this.at]);
  }
}
