// Pickers of a day, a time of day, or both.

import { combobox } from "../combobox.js";
import { dayInWords, momentOf, timeInWords, wallClock, zoneName } from "../dates.js";
import { el, uid } from "../dom.js";
import { icon } from "../icons.js";
import { popup } from "../popup.js";
import { Calendar } from "./calendar.js";

const STEP = 30; // minutes between the times that are offered
const TYPED_TIME = /^(\d{1,2})(?:[:.h]?(\d{2}))?\s*([ap])?\.?m?\.?$/i;

/** Draw a date picker. */
export function datePicker(one, at) {
  const first = at.state.selected_date === undefined ? one.initial_date : at.state.selected_date;
  return dayField({ ...naming(one, at, "Choose a date"), first, context: at.context, clearable: at.optional,
    changed: (day) => at.send.choose(day || null, { selected_date: day || null }) });
}

/** Draw a time picker. */
export function timePicker(one, at) {
  const first = at.state.selected_time === undefined ? one.initial_time : at.state.selected_time;
  const field = timeField({ ...naming(one, at, "Choose a time"), first, context: at.context, clearable: at.block.type === "input" && at.optional,
    changed: (time) => at.send.choose(time, { selected_time: time }) });
  return one.timezone ? el("div", { class: "moment" }, field, zone(new Date(), one.timezone, at.context.locale)) : field;
}

function zone(moment, tz, locale) {
  return el("span", { class: "quiet zone" }, zoneName(moment, tz, locale));
}

function naming(one, { id, describedby, block }, words) {
  const placeholder = one.placeholder?.text ?? words;
  return { id, describedby, name: block.label?.text ?? placeholder, placeholder };
}

/** Draw a picker of a day and a time; the moment is that of the reader's time zone. */
export function dateTimePicker(one, at) {
  const { locale, tz } = at.context;
  const held = at.state.selected_date_time === undefined ? one.initial_date_time : at.state.selected_date_time;
  const now = held ? wallClock(new Date(held * 1000), tz) : { date: "", time: "" };
  const report = async () => {
    const whole = now.date && now.time ? momentOf(now.date, now.time, tz) : null;
    return at.send.choose(whole, { selected_date_time: whole });
  };
  const whose = at.label ? `${at.block.label.text}: ` : "";
  const part = (name) => ({ name: whose + name.toLowerCase(), placeholder: name, describedby: at.describedby, context: at.context, clearable: at.optional });
  const put = async (key, value) => {
    const before = now[key];
    now[key] = value;
    if ((await report()) !== false) return true;
    now[key] = before;
    return false;
  };
  return el("div", { class: "moment", id: at.id, role: "group", "aria-labelledby": at.label?.labelledby, "aria-label": at.label ? null : "Choose a date and time", "aria-describedby": at.describedby },
    dayField({ ...part("Date"), first: now.date, changed: (day) => put("date", day) }),
    timeField({ ...part("Time"), first: now.time, changed: (time) => put("time", time) }),
    zone(held ? new Date(held * 1000) : new Date(), tz, locale));
}

function timeField({ first, context, changed, ...rest }) {
  const item = (time) => ({ value: time, label: timeInWords(time, context.locale) });
  const all = Array.from({ length: (24 * 60) / STEP }, (_, place) => item(clock(place * STEP)));
  const source = (typed) => {
    const exact = readTime(typed);
    const wanted = typed.trim().toLocaleLowerCase();
    const found = all.filter((one) => one.label.toLocaleLowerCase().startsWith(wanted) || one.value.startsWith(wanted));
    return [{ items: [...(exact && !found.some((one) => one.value === exact) ? [item(exact)] : []), ...found] }];
  };
  const chosen = first ? [item(first)] : [];
  return combobox({ ...rest, lead: icon("clock"), chosen, source, changed: ([one]) => changed(one?.value ?? null) });
}

function clock(minutes) {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** Read a time as people type it ("9", "9:41", "2141", "9:41 pm"); "" if it is none. */
export function readTime(typed) {
  const [, hours, minutes = "0", half] = TYPED_TIME.exec(typed.trim()) ?? [];
  if (hours === undefined || Number(minutes) > 59) return "";
  const hour = half ? (Number(hours) % 12) + (half.toLowerCase() === "p" ? 12 : 0) : Number(hours);
  return hour > 23 ? "" : clock(hour * 60 + Number(minutes));
}

function dayField({ id, name, describedby, placeholder, first, context, clearable, changed }) {
  let day = first || "";
  const panel = uid("calendar");
  const input = el("input", {
    id, class: "combo-input", type: "text", role: "combobox", autocomplete: "off", "aria-haspopup": "dialog", "aria-expanded": "false", "aria-controls": panel,
    "aria-describedby": describedby, "aria-label": id ? null : name, placeholder,
  });
  const frame = el("div", { class: "field combo" }, icon("calendar"), input, icon("down"));
  const calendar = new Calendar(panel, context.locale, { picked: (picked) => { leave(); take(picked); } });
  const shown = popup(frame, calendar.panel, { changed: (open) => input.setAttribute("aria-expanded", String(open)) });
  const draw = () => { input.value = day ? dayInWords(day, context.locale) : ""; };
  const leave = () => { shown.close(); input.focus(); };
  const open = (into) => {
    calendar.show(day || wallClock(new Date(), context.tz).date, day);
    shown.open();
    if (into) calendar.focus();
  };
  async function take(next) {
    const before = day;
    if (next === before) return draw();
    day = next;
    draw();
    if ((await changed(day || null)) === false) day = before;
    return draw();
  }
  const typed = () => {
    if (input.value === "" && clearable) return take("");
    const read = readDay(input.value);
    return read ? take(read) : draw();
  };
  frame.addEventListener("click", () => { if (document.activeElement !== input) input.focus(); if (!shown.isOpen()) open(false); });
  input.addEventListener("change", typed);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); open(true); }
    else if (event.key === "Enter" && input.value) { event.preventDefault(); typed(); shown.close(); }
    else if (event.key === "Tab") shown.close();
    else if (event.key === "Escape" && shown.isOpen()) { event.preventDefault(); event.stopPropagation(); shown.close(); draw(); }
  });
  calendar.panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    leave();
  });
  calendar.panel.addEventListener("focusout", (event) => {
    const to = event.relatedTarget;
    if (to && !calendar.panel.contains(to) && !frame.contains(to)) shown.close();
  });
  draw();
  return el("div", { class: "picker" }, frame, calendar.panel);
}

/** Read a day as people type it; "" if it is none. */
export function readDay(typed) {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(typed.trim());
  const parsed = iso ? new Date(Date.UTC(iso[1], iso[2] - 1, iso[3])) : new Date(`${typed} UTC`);
  if (Number.isNaN(parsed.getTime()) || (iso && parsed.getUTCDate() !== Number(iso[3]))) return "";
  return parsed.toISOString().slice(0, 10);
}
