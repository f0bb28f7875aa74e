// Slack's mrkdwn, drawn as elements. Text is only ever put in as text: nothing is parsed as HTML.

import { el } from "./dom.js";

const EMOJI = {
  white_check_mark: "✅", x: "❌", warning: "⚠️", hourglass_flowing_sand: "⏳", rocket: "🚀", eyes: "👀",
  information_source: "ℹ️", rotating_light: "🚨", large_green_circle: "🟢", red_circle: "🔴", large_yellow_circle: "🟡",
  large_blue_circle: "🔵", white_circle: "⚪", arrow_right: "➡️", lock: "🔒", bell: "🔔", no_entry: "⛔", question: "❓", tada: "🎉", wave: "👋",
};
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const unescape = (text) => text.replace(/&(amp|lt|gt);/g, (entity) => ENTITIES[entity]);
const emoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (all, name) => EMOJI[name] ?? all);

// What may stand in a line, the first that matches wins.
const INLINE = [
  [/`([^`\n]+)`/, (match) => el("code", {}, unescape(match[1]))],
  [/<([^<>\n]+)>/, (match, context) => reference(match[1], context)],
  [/(?<![\p{L}\p{N}*])\*(?! )([^*\n]+?)(?<! )\*(?![\p{L}\p{N}*])/u, (match, context) => el("strong", {}, inline(match[1], context))],
  [/(?<![\p{L}\p{N}_])_(?! )([^_\n]+?)(?<! )_(?![\p{L}\p{N}_])/u, (match, context) => el("em", {}, inline(match[1], context))],
  [/(?<![\p{L}\p{N}~])~(?! )([^~\n]+?)(?<! )~(?![\p{L}\p{N}~])/u, (match, context) => el("s", {}, inline(match[1], context))],
];

/** Draw a text object's text. `context`: {userName(id), channelName(id), locale}. */
export function text(object, context) {
  return object.type === "mrkdwn" ? mrkdwn(object.text, context) : el("span", { class: "text" }, emoji(object.text));
}

/** Draw mrkdwn. */
export function mrkdwn(source, context) {
  const root = el("span", { class: "text" });
  source.split(/```\n?([\s\S]*?)\n?```\n?/).forEach((piece, place) => {
    if (place % 2) root.append(el("pre", {}, unescape(piece.replace(/<([^<>|]+)(?:\|([^<>]+))?>/g, (_, url, label) => label ?? url))));
    else if (piece) root.append(...lines(piece, context));
  });
  return root;
}

function lines(source, context) {
  const drawn = [];
  let quote = null;
  source.split("\n").forEach((line, place) => {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quoted) {
      if (!quote) drawn.push((quote = el("blockquote")));
      else quote.append(el("br"));
      quote.append(...inline(quoted[1], context));
      return;
    }
    if (place > 0 && !quote) drawn.push(el("br"));
    quote = null;
    drawn.push(...inline(line, context));
  });
  return drawn;
}

function inline(source, context) {
  let first = null;
  for (const [pattern, draw] of INLINE) {
    const match = pattern.exec(source);
    if (match && (!first || match.index < first.match.index)) first = { match, draw };
  }
  if (!first) return source ? [emoji(unescape(source))] : [];
  const { match, draw } = first;
  return [
    ...inline(source.slice(0, match.index), context),
    draw(match, context),
    ...inline(source.slice(match.index + match[0].length), context),
  ];
}

function reference(inner, context) {
  const [target, label] = inner.split(/\|(.*)/s);
  if (target.startsWith("@")) return el("span", { class: "mention" }, `@${context.userName(target.slice(1))}`);
  if (target.startsWith("#")) return el("span", { class: "mention" }, `#${context.channelName(target.slice(1))}`);
  if (target.startsWith("!date^")) return when(target, label, context);
  if (target.startsWith("!")) return el("span", { class: "mention loud" }, label ?? `@${target.slice(1)}`);
  return link(target, label ? unescape(label) : unescape(target));
}

/** Draw a link; anything but http, https and mailto stays text. */
export function link(url, label) {
  const address = unescape(url);
  if (!/^(https?|mailto):/.test(address)) return document.createTextNode(label);
  return el("a", { href: address, target: "_blank", rel: "noreferrer" }, label);
}

function when(target, fallback, context) {
  const [, seconds, format, url] = target.split("^");
  const moment = new Date(Number(seconds) * 1000);
  if (Number.isNaN(moment.getTime())) return document.createTextNode(fallback ?? target);
  const node = el("time", { datetime: moment.toISOString(), title: fallback ?? "" }, date(moment, format, context.locale));
  return url ? el("a", { href: url, target: "_blank", rel: "noreferrer" }, node) : node;
}

/** Fill Slack's date tokens. */
export function date(moment, format, locale) {
  const show = (options) => new Intl.DateTimeFormat(locale, options).format(moment);
  const day = (month) => ({ year: "numeric", month, day: "numeric" });
  const near = (options) => {
    const days = Math.round((new Date(moment).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86400000);
    if (Math.abs(days) > 1) return show(options);
    return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
  };
  const tokens = {
    date_num: () => moment.toISOString().slice(0, 10),
    date: () => show(day("long")), date_short: () => show(day("short")),
    date_long: () => show({ weekday: "long", ...day("long") }),
    date_pretty: () => near(day("long")), date_short_pretty: () => near(day("short")),
    date_long_pretty: () => near({ weekday: "long", ...day("long") }),
    time: () => show({ hour: "numeric", minute: "2-digit" }),
    time_secs: () => show({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
    ago: () => ago(moment, locale),
  };
  return format.replace(/\{([a-z_]+)\}/g, (all, token) => tokens[token]?.() ?? all);
}

function ago(moment, locale) {
  const seconds = (moment - Date.now()) / 1000;
  const [unit, size] = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]].find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}
