// A field for a day: typed as people write it, or chosen in a calendar.

import { dayInWords, wallClock } from "../dates.js";
import { el, uid } from "../dom.js";
import { icon } from "../icons.js";
import { popup } from "../popup.js";
import { Calendar } from "./calendar.js";

/** Draw a day's field. `changed(day or null)` gives false where the choice was taken back. */
export function dayField(options) {
  return new DayField(options).box;
}

class DayField {
  constructor({ id, name, describedby, placeholder, first, context, clearable, changed }) {
    Object.assign(this, { day: first || "", context, clearable, changed });
    const panel = uid("calendar");
    this.input = el("input", {
      id, class: "combo-input", type: "text", role: "combobox", autocomplete: "off", "aria-haspopup": "dialog", "aria-expanded": "false", "aria-controls": panel,
      "aria-describedby": describedby, "aria-label": id ? null : name, placeholder,
    });
    this.frame = el("div", { class: "field combo" }, icon("calendar"), this.input, icon("down"));
    this.calendar = new Calendar(panel, context, { picked: (day) => { this.leave(); this.take(day); } });
    this.shown = popup(this.frame, this.calendar.panel, { changed: (open) => this.input.setAttribute("aria-expanded", String(open)) });
    this.box = el("div", { class: "picker" }, this.frame, this.calendar.panel);
    this.listen();
    this.draw();
  }

  listen() {
    this.frame.addEventListener("click", () => this.pressed());
    this.input.addEventListener("change", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.keys(event));
    this.calendar.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { held(event); this.leave(); }
    });
    this.calendar.panel.addEventListener("focusout", ({ relatedTarget: to }) => {
      if (to && !this.box.contains(to)) this.shown.close();
    });
  }

  pressed() {
    if (document.activeElement !== this.input) this.input.focus();
    if (!this.shown.isOpen()) this.open();
  }

  keys(event) {
    if (event.key === "ArrowDown") {
      held(event);
      this.open();
      this.calendar.focus();
    } else if (event.key === "Enter" && this.input.value) {
      held(event);
      this.typed();
      this.shown.close();
    } else if (event.key === "Escape" && this.shown.isOpen()) {
      held(event);
      this.shown.close();
      this.draw();
    } else if (event.key === "Tab") this.shown.close();
  }

  open() {
    this.calendar.show(this.day || wallClock(new Date(), this.context.tz).date, this.day);
    this.shown.open();
  }

  leave() {
    this.shown.close();
    this.input.focus();
  }

  typed() {
    if (this.input.value === "" && this.clearable) return this.take("");
    const read = readDay(this.input.value);
    return read ? this.take(read) : this.draw();
  }

  async take(day) {
    const before = this.day;
    this.day = day;
    this.draw();
    if (day === before || (await this.changed(day || null)) !== false) return;
    this.day = before;
    this.draw();
  }

  draw() {
    this.input.value = this.day ? dayInWords(this.day, this.context.locale) : "";
  }
}

function held(event) {
  event.preventDefault();
  event.stopPropagation();
}

/** Read a day as people type it; "" if it is none. */
export function readDay(typed) {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(typed.trim());
  const parsed = iso ? new Date(Date.UTC(iso[1], iso[2] - 1, iso[3])) : new Date(`${typed} UTC`);
  if (Number.isNaN(parsed.getTime()) || (iso && parsed.getUTCDate() !== Number(iso[3]))) return "";
  return parsed.toISOString().slice(0, 10);
}
