// Dates and times as the reader's locale and time zone have them.

const DAY = 86_400_000;

/** Give what a clock in a time zone shows at a moment: {date: "YYYY-MM-DD", time: "HH:mm"}. */
export function wallClock(moment, tz) {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: tz, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  const part = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  return { date: `${part.year}-${part.month}-${part.day}`, time: `${part.hour}:${part.minute}` };
}

/** Give the moment (unix seconds) at which a clock in a time zone shows a date and time. */
export function momentOf(date, time, tz) {
  const wanted = Date.parse(`${date}T${time}:00Z`);
  let guess = wanted;
  for (let turn = 0; turn < 2; turn += 1) { // twice, for a change of the clocks in between
    const shown = wallClock(new Date(guess), tz);
    guess += wanted - Date.parse(`${shown.date}T${shown.time}:00Z`);
  }
  return Math.floor(guess / 1000);
}

/** Say a calendar day ("YYYY-MM-DD") in words. */
export function dayInWords(day, locale, options = { dateStyle: "medium" }) {
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(new Date(`${day}T00:00Z`));
}

/** Say a time of day ("HH:mm") in words. */
export function timeInWords(time, locale) {
  return new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone: "UTC" }).format(new Date(`2000-01-01T${time}Z`));
}

/** Give a time zone's short name at a moment, "GMT+8". */
export function zoneName(moment, tz, locale) {
  const parts = new Intl.DateTimeFormat(locale, { timeZone: tz, timeZoneName: "short" }).formatToParts(moment);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}

/** Move a calendar day by days or months; the day of the month stays where it can. */
export function moveDay(day, { days = 0, months = 0 }) {
  const [year, month, date] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  const moved = Date.UTC(year, month - 1 + months, Math.min(date, months ? last : date)) + days * DAY;
  return new Date(moved).toISOString().slice(0, 10);
}

/** Fill Slack's date tokens: https://docs.slack.dev/messaging/formatting-message-text#date-formatting */
export function fillTokens(moment, format, { locale, tz }) {
  const show = (options) => new Intl.DateTimeFormat(locale, { timeZone: tz, ...options }).format(moment);
  const day = (month) => ({ year: "numeric", month, day: "numeric" });
  const near = (options) => nearby(moment, { locale, tz }) ?? show(options);
  const tokens = {
    date_num: () => wallClock(moment, tz).date,
    date_slash: () => wallClock(moment, tz).date.replaceAll("-", "/"),
    date: () => show(day("long")), date_short: () => show(day("short")),
    date_long: () => show({ weekday: "long", ...day("long") }),
    date_long_full: () => show({ weekday: "long", ...day("long") }),
    date_pretty: () => near(day("long")), date_short_pretty: () => near(day("short")),
    date_long_pretty: () => near({ weekday: "long", ...day("long") }),
    day_divider_pretty: () => near({ weekday: "long", month: "long", day: "numeric" }),
    time: () => show({ hour: "numeric", minute: "2-digit" }),
    time_secs: () => show({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
    ago: () => ago(moment, locale),
  };
  return format.replace(/\{([a-z_]+)\}/g, (all, token) => tokens[token]?.() ?? all);
}

function nearby(moment, { locale, tz }) {
  const midnight = (at) => Date.parse(`${wallClock(at, tz).date}T00:00Z`);
  const days = Math.round((midnight(moment) - midnight(new Date())) / DAY);
  return Math.abs(days) > 1 ? null : new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
}

function ago(moment, locale) {
  const seconds = (moment - Date.now()) / 1000;
  const units = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}
