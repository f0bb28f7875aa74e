// A field with a list to choose from: one or many, searched as one types. Every select is one.
//
// An item is {value, label, description?, lead?}; a source gives, for what is typed, a list of
// groups [{label, items}] or {error} or {note}, at once or as a promise.

import { el, uid } from "./dom.js";
import { icon, smallButton } from "./icons.js";
import { Listbox } from "./listbox.js";
import { popup } from "./popup.js";

/** Draw a combobox. `changed(items)` gives false where the choice was taken back. */
export function combobox(options) {
  return new Combobox(options).box;
}

class Combobox {
  constructor({ id, name, describedby, placeholder, many = false, most = Infinity, clearable = false, chosen = [], source, rest = 0, changed, lead = null }) {
    Object.assign(this, { many, most, clearable, chosen, source, rest, changed, placeholder });
    this.asked = 0;
    const list = uid("list");
    this.chips = many ? el("div", { class: "chips" }) : null;
    this.input = el("input", {
      id, class: "combo-input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-expanded": "false", "aria-controls": list,
      "aria-autocomplete": "list", "aria-describedby": describedby, "aria-label": id ? null : name, placeholder,
    });
    this.list = new Listbox(list, { many, label: name ?? "Options", picked: (item) => this.pick(item), marked: (id) => this.mark(id) });
    this.clear = smallButton(`Clear ${name ?? "the choice"}`, "close", () => this.wipe());
    this.clear.tabIndex = -1; // by keys one empties the field
    const hold = (event) => { if (event.target !== this.input) event.preventDefault(); }; // the field keeps the focus
    this.frame = el("div", { class: "field combo", onmousedown: hold, onclick: (event) => this.pressed(event) }, lead, this.chips, this.input, this.clear, icon("down"));
    this.box = el("div", { class: "combobox" }, this.frame, this.list.panel);
    this.shown = popup(this.frame, this.list.panel, {
      align: "fill", changed: (open) => this.input.setAttribute("aria-expanded", String(open)), dismissed: () => this.settle(),
    });
    this.listen();
    this.draw();
  }

  listen() {
    const { input } = this;
    input.addEventListener("input", () => this.typed());
    input.addEventListener("blur", () => this.settle());
    input.addEventListener("keydown", (event) => {
      const act = this.keys(event);
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    });
  }

  typed() {
    clearTimeout(this.timer);
    if (this.rest) this.timer = setTimeout(() => this.ask(this.input.value), this.rest);
    else this.ask(this.input.value);
  }

  /** Say what a key does; nothing where it is the field's own. */
  keys(event) {
    if (event.isComposing) return null;
    const open = this.shown.isOpen();
    const moves = { ArrowDown: () => (open ? this.list.move(1) : this.open()), ArrowUp: () => (open ? this.list.move(-1) : this.open()) };
    if (event.key in moves) return moves[event.key];
    if (event.key === "Enter" && open) return () => this.list.pickMarked();
    if (event.key === "Enter" && this.searching()) return () => this.ask(this.input.value);
    if (event.key === "Enter" && !this.input.value) return () => this.open();
    if (event.key === "Escape" && open) return () => { this.shown.close(); this.restore(); };
    if (event.key === "Backspace" && this.many && !this.input.value && this.chosen.length) return () => this.take(this.chosen.slice(0, -1));
    return null;
  }

  searching() {
    return this.input.value !== "" && (this.many || this.input.value !== this.chosen[0]?.label);
  }

  pressed(event) {
    if (event.target.closest("button")) return;
    if (document.activeElement !== this.input) this.input.focus();
    if (this.shown.isOpen() && event.target !== this.input) this.shown.close();
    else if (!this.shown.isOpen()) this.open();
  }

  open() {
    if (!this.many) this.input.select();
    return this.ask("");
  }

  async ask(typed) {
    const mine = ++this.asked;
    const answer = this.source(typed);
    if (!(answer instanceof Promise)) return this.offer(answer);
    this.list.say("Loading…", true);
    this.shown.open();
    const found = await answer.catch(() => ({ error: "The options could not be loaded." }));
    if (mine === this.asked && this.shown.isOpen()) this.offer(found);
  }

  /** Show what can be chosen; what is chosen scrolls into view once the list has its place. */
  offer(answer) {
    this.list.show(answer, this.chosen, this.full());
    this.shown.open();
    this.list.scroll();
  }

  full() {
    return this.many && this.chosen.length >= this.most ? `You can choose no more than ${this.most}.` : "";
  }

  pick(item) {
    if (!this.many) {
      this.shown.close();
      return this.take([item]);
    }
    const there = this.chosen.some((one) => one.value === item.value);
    if (!there && this.full()) return null;
    this.input.value = "";
    const taken = this.take(there ? this.chosen.filter((one) => one.value !== item.value) : [...this.chosen, item]);
    this.ask("");
    return taken;
  }

  async take(items) {
    const before = this.chosen;
    this.chosen = items;
    this.draw();
    if ((await this.changed(items)) !== false) return;
    this.chosen = before;
    this.draw();
  }

  wipe() {
    this.take([]);
    this.input.focus();
  }

  mark(id) {
    if (id) this.input.setAttribute("aria-activedescendant", id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  /** The field was left: an emptied one means no choice, where that is allowed. */
  settle() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.shown.close();
    if (!this.many && this.clearable && this.chosen.length && this.input.value === "") this.take([]);
    else this.restore();
  }

  restore() {
    this.input.value = this.many ? "" : this.chosen[0]?.label ?? "";
  }

  draw() {
    this.restore();
    this.clear.hidden = !(this.clearable && this.chosen.length && !this.many);
    if (!this.many) return;
    this.input.placeholder = this.chosen.length ? "" : this.placeholder ?? "";
    this.chips.replaceChildren(...this.chosen.map((item) => el("button", {
      type: "button", class: "chip", "aria-label": `Remove ${item.label}`,
      onclick: () => { this.take(this.chosen.filter((one) => one !== item)); this.input.focus(); },
    }, el("span", {}, item.label), icon("close"))));
    if (this.shown.isOpen()) this.shown.place();
  }
}
