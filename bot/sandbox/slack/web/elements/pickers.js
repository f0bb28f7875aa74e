// Pickers of a day, a time of day, or both.

import { combobox } from "../combobox.js";
import { momentOf, timeInWords, wallClock, zoneName } from "../dates.js";
import { el } from "../dom.js";
import { icon } from "../icons.js";
import { dayField } from "./dayfield.js";

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
  const put = async (key, value) => {
    const before = now[key];
    now[key] = value;
    const whole = now.date && now.time ? momentOf(now.date, now.time, tz) : null;
    if ((await at.send.choose(whole, { selected_date_time: whole })) !== false) return true;
    now[key] = before;
    return false;
  };
  const part = (key, name) => ({
    name: at.label ? `${at.block.label.text}: ${name.toLowerCase()}` : name, placeholder: name, describedby: at.describedby, context: at.context,
    clearable: at.optional, first: now[key], changed: (value) => put(key, value),
  });
  return el("div", { class: "moment", id: at.id, role: "group", "aria-labelledby": at.label?.labelledby, "aria-label": at.label ? null : "Choose a date and time", "aria-describedby": at.describedby },
    dayField(part("date", "Date")), timeField(part("time", "Time")), zone(held ? new Date(held * 1000) : new Date(), tz, locale));
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
