// Slack's mrkdwn, drawn as elements. Text is only ever put in as text: nothing is parsed as HTML.

import { fillTokens } from "./dates.js";
import { el } from "./dom.js";
import { withEmoji } from "./emoji.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const unescape = (text) => text.replace(/&(amp|lt|gt);/g, (entity) => ENTITIES[entity]);
const bare = (text) => withEmoji(unescape(text));

// What may stand in a line, the first that matches wins.
const INLINE = [
  [/`([^`\n]+)`/, (match) => el("code", {}, unescape(plainReferences(match[1])))],
  [/<((?:[@#!]|https?:|mailto:)[^<>\n]+)>/, (match, context) => reference(match[1], context)],
  [/(?<![\p{L}\p{N}*])\*(?! )([^*\n]+?)(?<! )\*(?![\p{L}\p{N}*])/u, (match, context) => el("strong", {}, inline(match[1], context))],
  [/(?<![\p{L}\p{N}_])_(?! )([^_\n]+?)(?<! )_(?![\p{L}\p{N}_])/u, (match, context) => el("em", {}, inline(match[1], context))],
  [/(?<![\p{L}\p{N}~])~(?! )([^~\n]+?)(?<! )~(?![\p{L}\p{N}~])/u, (match, context) => el("s", {}, inline(match[1], context))],
];
const QUOTE = /^(?:&gt;|>) ?/;

/** Draw a text object's text. `context`: see context.js. */
export function text(object, context) {
  if (typeof object === "string") return el("span", { class: "text" }, object);
  return object.type === "mrkdwn" ? mrkdwn(object.text, context) : el("span", { class: "text" }, withEmoji(object.text));
}

/** Draw mrkdwn. */
export function mrkdwn(source, context) {
  const root = el("span", { class: "text" });
  source.split(/```\n?([\s\S]*?)\n?```\n?/).forEach((piece, place) => {
    if (place % 2) root.append(el("pre", {}, unescape(plainReferences(piece))));
    else if (piece) root.append(...lines(piece, context));
  });
  return root;
}

// In code only a link's label or address is seen.
function plainReferences(source) {
  return source.replace(/<((?:[@#!]|https?:|mailto:)[^<>|]+)(?:\|([^<>]+))?>/g, (_, url, label) => label ?? url);
}

// Lines stay as they were written, list signs and spaces too: of mrkdwn Slack makes quotes only.
function lines(source, context) {
  const drawn = [];
  let quote = null; // the quote that the line before stood in
  source.split("\n").forEach((line, place) => {
    if (!QUOTE.test(line)) {
      if (place > 0 && !quote) drawn.push("\n");
      quote = null;
      return drawn.push(...inline(line, context));
    }
    if (quote) quote.append("\n");
    else drawn.push(quote = el("blockquote"));
    return quote.append(...inline(line.replace(QUOTE, ""), context));
  });
  return drawn;
}

function inline(source, context) {
  let first = null;
  for (const [pattern, draw] of INLINE) {
    const match = pattern.exec(source);
    if (match && (!first || match.index < first.match.index)) first = { match, draw };
  }
  if (!first) return source ? [bare(source)] : [];
  const { match, draw } = first;
  return [
    ...inline(source.slice(0, match.index), context),
    draw(match, context),
    ...inline(source.slice(match.index + match[0].length), context),
  ];
}

function reference(inner, context) {
  const [target, label] = inner.split(/\|(.*)/s);
  if (target.startsWith("@")) return userMention(target.slice(1), context);
  if (target.startsWith("#")) return channelMention(target.slice(1), context);
  if (target.startsWith("!date^")) return when(target, label, context);
  if (target.startsWith("!subteam^")) return groupMention(target.slice(9), context, label);
  if (target.startsWith("!")) return el("span", { class: "mention loud" }, bare(label ?? `@${target.slice(1)}`));
  return link(target, label ? bare(label) : unescape(target));
}

/** Draw a person's mention; one's own stands out. */
export function userMention(id, context) {
  return el("span", { class: `mention ${id === context.me ? "loud" : ""}` }, `@${context.userName(id)}`);
}

/** Draw a channel's mention. */
export function channelMention(id, context) {
  return el("span", { class: "mention" }, `#${context.channelName(id)}`);
}

/** Draw a user group's mention. */
export function groupMention(id, context, label = "") {
  const name = label || context.groupName?.(id) || id;
  return el("span", { class: "mention" }, name.startsWith("@") ? name : `@${name}`);
}

/** Draw a link; anything but http, https and mailto stays text. */
export function link(url, label) {
  const address = unescape(url);
  if (!/^(https?|mailto):/.test(address)) return document.createTextNode(typeof label === "string" ? label : address);
  return el("a", { href: address, target: "_blank", rel: "noreferrer" }, label);
}

/** Draw a moment, with the whole date as its tooltip. */
export function moment(seconds, format, context, fallback = "") {
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime())) return document.createTextNode(fallback);
  const whole = new Intl.DateTimeFormat(context.locale, { dateStyle: "full", timeStyle: "long", timeZone: context.tz }).format(at);
  return el("time", { datetime: at.toISOString(), title: whole }, fillTokens(at, format, context));
}

function when(target, fallback, context) {
  const [, seconds, format, url] = target.split("^");
  const node = moment(seconds, format, context, unescape(fallback ?? target));
  return url ? link(url, node) : node;
}
