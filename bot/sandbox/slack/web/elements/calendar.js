// A month to choose a day from, by mouse or keys.

import { dayInWords, moveDay, wallClock } from "../dates.js";
import { el } from "../dom.js";
import { smallButton } from "../icons.js";

const STEPS = {
  ArrowLeft: { days: -1 }, ArrowRight: { days: 1 }, ArrowUp: { days: -7 }, ArrowDown: { days: 7 }, PageUp: { months: -1 }, PageDown: { months: 1 },
};

/** A calendar in a panel of its own. `picked(day)`: "YYYY-MM-DD". */
export class Calendar {
  constructor(id, { locale, tz }, { picked }) {
    Object.assign(this, { locale, tz, picked });
    this.title = el("h3", { "aria-live": "polite", id: `${id}-title` });
    this.body = el("tbody", {});
    const turn = (months, words, drawing) => smallButton(words, drawing, () => this.show(moveDay(this.at, { months }), this.chosen));
    const grid = el("table", { role: "grid", "aria-labelledby": this.title.id, onkeydown: (event) => this.keys(event) }, el("thead", {}, el("tr", {}, this.weekdays())), this.body);
    this.panel = el("div", { class: "popup calendar", popover: "manual", role: "dialog", "aria-label": "Choose a date", id },
      el("div", { class: "month" }, turn(-1, "Previous month", "left"), this.title, turn(1, "Next month", "right")), grid);
  }

  /** The first day of the week, 0 for Sunday. */
  get start() {
    const locale = new Intl.Locale(this.locale);
    return (locale.getWeekInfo?.().firstDay ?? locale.weekInfo?.firstDay ?? 7) % 7;
  }

  weekdays() {
    const sunday = "2023-01-01";
    return Array.from({ length: 7 }, (_, place) => {
      const day = moveDay(sunday, { days: (this.start + place) % 7 });
      return el("th", { scope: "col" }, el("abbr", { title: dayInWords(day, this.locale, { weekday: "long" }) }, dayInWords(day, this.locale, { weekday: "narrow" })));
    });
  }

  /** Show the month of a day, with that day in reach of the keys. */
  show(at, chosen) {
    Object.assign(this, { at, chosen });
    this.title.textContent = dayInWords(at, this.locale, { month: "long", year: "numeric" });
    const first = `${at.slice(0, 7)}-01`;
    const before = (new Date(`${first}T00:00Z`).getUTCDay() - this.start + 7) % 7;
    const weeks = Array.from({ length: 6 }, (_, week) => Array.from({ length: 7 }, (_, place) => moveDay(first, { days: week * 7 + place - before })));
    this.body.replaceChildren(...weeks.filter((days) => days.some((day) => this.inMonth(day)))
      .map((days) => el("tr", {}, days.map((day) => this.day(day)))));
  }

  inMonth(day) {
    return day.slice(0, 7) === this.at.slice(0, 7);
  }

  day(day) {
    const today = day === wallClock(new Date(), this.tz).date;
    return el("td", {
      role: "gridcell", class: [this.inMonth(day) ? "" : "outside", today ? "today" : ""].join(" ").trim(), "data-day": day, "aria-selected": String(day === this.chosen),
      tabindex: day === this.at ? "0" : "-1", "aria-label": dayInWords(day, this.locale, { dateStyle: "full" }), onclick: () => this.picked(day),
    }, String(Number(day.slice(8))));
  }

  focus() {
    this.body.querySelector("[tabindex='0']")?.focus();
  }

  keys(event) {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.picked(this.at);
    } else if (event.key in STEPS) {
      event.preventDefault();
      this.show(moveDay(this.at, STEPS[event.key]), this.chosen);
      this.focus();
    }
  }
}
