// Every request between Slack and the app, newest first, as it came by.

import { el } from "../dom.js";
import { glyph } from "../shell/glyphs.js";
import { entryRow } from "./entry.js";

const MOST = 500;
const REST = 1500; // milliseconds after a reading that failed

/** Make the panel. It reads only while it is open and not paused. */
export function trafficPanel() {
  return new Traffic();
}

class Traffic {
  constructor() {
    Object.assign(this, { last: 0, entries: [], kinds: new Set(), paused: false, open: false, reading: null });
    this.direction = select("Direction", [["", "Both directions"], ["to_app", "To the app"], ["from_app", "From the app"]]);
    this.kind = select("Kind", [["", "All kinds"]]);
    this.errors = el("input", { type: "checkbox", id: "traffic-errors" });
    this.pause = el("button", { type: "button", class: "button", "aria-pressed": "false", onclick: () => this.turnPause() }, glyph("pause"), el("span", {}, "Pause"));
    this.count = el("p", { class: "quiet small", role: "status" });
    this.list = el("ol", { class: "entries", "aria-label": "Requests, newest first" });
    this.empty = el("p", { class: "nothing quiet" });
    const clear = el("button", { type: "button", class: "button", onclick: () => this.clear() }, "Clear");
    this.node = el("div", { class: "panel traffic" },
      el("div", { class: "filters" }, this.direction.box, this.kind.box,
        el("label", { class: "check", for: "traffic-errors" }, this.errors, "Only errors"), this.count,
        el("span", { class: "filter-buttons" }, this.pause, clear)), this.empty, this.list);
    this.node.addEventListener("change", () => this.filter());
  }

  /** The panel is shown or not. */
  turn(open) {
    if (open === this.open) return;
    this.open = open;
    if (open) this.read();
    else this.reading?.abort();
  }

  async read() {
    if (this.reading) return;
    while (this.open && !this.paused) {
      this.reading = new AbortController();
      const read = await this.ask(this.reading.signal);
      if (!read && this.open && !this.paused) await new Promise((resolve) => { setTimeout(resolve, REST); });
    }
    this.reading = null;
  }

  async ask(signal) {
    try {
      const response = await fetch(`/sandbox/traffic?since=${this.last}`, { signal });
      if (!response.ok) return false;
      const { last, entries } = await response.json();
      // A number smaller than ours: the sandbox was started anew.
      if (last < this.last) this.forget();
      this.last = last;
      this.add(entries);
      return true;
    } catch {
      return false;
    }
  }

  add(entries) {
    const rows = entries.map((entry) => ({ entry, node: entryRow(entry) }));
    this.entries.push(...rows);
    this.list.prepend(...rows.map((row) => row.node).reverse());
    for (const old of this.entries.splice(0, Math.max(0, this.entries.length - MOST))) old.node.remove();
    for (const { entry } of rows) {
      if (this.kinds.has(entry.kind)) continue;
      this.kinds.add(entry.kind);
      this.kind.field.append(el("option", { value: entry.kind }, entry.kind));
    }
    this.filter();
  }

  filter() {
    const [direction, kind, errors] = [this.direction.field.value, this.kind.field.value, this.errors.checked];
    let shown = 0;
    for (const { entry, node } of this.entries) {
      node.hidden = Boolean((direction && entry.direction !== direction) || (kind && entry.kind !== kind) || (errors && entry.ok));
      if (!node.hidden) shown += 1;
    }
    const all = this.entries.length;
    this.count.textContent = shown === all ? `${all} ${all === 1 ? "request" : "requests"}` : `${shown} of ${all} requests`;
    this.empty.hidden = shown > 0;
    this.empty.textContent = all ? "No request matches the filters." : "Nothing yet. Type a command, and watch what Slack and the app say to each other.";
  }

  turnPause() {
    this.paused = !this.paused;
    this.pause.setAttribute("aria-pressed", String(this.paused));
    this.pause.replaceChildren(glyph(this.paused ? "play" : "pause"), el("span", {}, "Pause"));
    if (this.paused) this.reading?.abort();
    else this.read();
  }

  clear() {
    this.entries = [];
    this.list.replaceChildren();
    this.filter();
  }

  forget() {
    this.last = 0;
    this.clear();
  }
}

function select(label, options) {
  const id = `traffic-${label.toLowerCase()}`;
  const field = el("select", { id, class: "select" }, options.map(([value, words]) => el("option", { value }, words)));
  return { field, box: el("span", { class: "select-box" }, el("label", { class: "hidden", for: id }, label), field) };
}
