// Moments as the person's own locale and time zone write them; words between them are the page's own.

const WORDS = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** Give the moment of a message's ts. */
export function momentOf(ts) {
  return new Date(Number(ts) * 1000);
}

/** Give the time of day. */
export function clock(moment, { locale, tz }) {
  return moment.toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit", timeZone: tz });
}

/** Give the time of day where there is little room: 9:41, without AM or PM. */
export function shortClock(moment, { locale, tz }) {
  const parts = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit", timeZone: tz }).formatToParts(moment);
  return parts.filter((part) => part.type !== "dayPeriod").map((part) => part.value).join("").trim();
}

/** Give date and time in full. */
export function inFull(moment, { locale, tz }) {
  return moment.toLocaleString(locale, { dateStyle: "full", timeStyle: "medium", timeZone: tz });
}

/** Give what tells days apart: 2026-11-21. */
export function dayOf(moment, { tz }) {
  return moment.toLocaleDateString("en-CA", { timeZone: tz });
}

/** Name a day as a divider does: today, yesterday, or the date. */
export function dayName(moment, context) {
  const days = Math.round((Date.parse(dayOf(new Date(), context)) - Date.parse(dayOf(moment, context))) / 86_400_000);
  const { locale, tz } = context;
  if (days > 1) return moment.toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "long", timeZone: tz });
  const words = WORDS.format(-days, "day");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Say how long ago a moment was: 3 minutes ago. */
export function ago(moment) {
  const seconds = Math.max(0, (Date.now() - moment.getTime()) / 1000);
  if (seconds < 60) return "just now";
  const [unit, size] = seconds < 3600 ? ["minute", 60] : seconds < 86_400 ? ["hour", 3600] : ["day", 86_400];
  return WORDS.format(-Math.floor(seconds / size), unit);
}
