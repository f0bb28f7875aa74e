// Rich text blocks, drawn as elements.

import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { channelMention, groupMention, link, moment, userMention } from "./mrkdwn.js";

const STYLES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"], ["highlight", "mark"], ["client_highlight", "mark"]];
const PARTS = {
  rich_text_section: (part, context) => el("div", { class: "line" }, inlines(part, context)),
  rich_text_quote: (part, context) => el("blockquote", { class: part.border ? "bordered" : "" }, inlines(part, context)),
  rich_text_preformatted: (part, context) => el("pre", { "data-language": part.language }, inlines(part, context)),
};
const INLINE = {
  text: (one) => document.createTextNode(one.text),
  link: (one) => link(one.url, one.text ?? one.url),
  user: (one, context) => userMention(one.user_id, context),
  channel: (one, context) => channelMention(one.channel_id, context),
  usergroup: (one, context) => groupMention(one.usergroup_id, context),
  team: (one) => el("span", { class: "mention" }, `@${one.team_id}`),
  broadcast: (one) => el("span", { class: "mention loud" }, `@${one.range}`),
  emoji: (one) => el("span", {}, one.unicode ? unicode(one.unicode) : emoji(one.name, one.skin_tone)),
  date: (one, context) => dated(one, context),
  color: (one) => colour(one.value),
};

/** What each part of a line was drawn from: node → element. */
export const drawnFrom = new WeakMap();

/** Draw a rich_text block. */
export function richText(block, context) {
  const root = el("div", { class: "rich" });
  let lists = []; // the open lists, the deepest last
  for (const part of block.elements) {
    if (part.type === "rich_text_list") lists = list(part, context, lists, root);
    else {
      lists = [];
      root.append((PARTS[part.type] ?? unknown)(part, context));
    }
  }
  return root;
}

// Lists come one after the other with an indent; a deeper one stands in the last item of the one before.
function list(part, context, lists, root) {
  const depth = part.indent ?? 0;
  const around = lists.filter((open) => open.depth < depth);
  const same = lists.find((open) => open.depth === depth && open.style === part.style && !part.offset);
  const items = part.elements.map((item) => el("li", {}, inlines(item, context)));
  if (same) {
    same.node.append(...items);
    return [...around, same];
  }
  const node = el(part.style === "ordered" ? "ol" : "ul", {
    class: [`depth-${depth % 3}`, around.length ? "" : `indent-${depth}`, part.border ? "bordered" : ""].filter(Boolean).join(" "),
    start: part.offset ? part.offset + 1 : null,
  }, items);
  (around.at(-1)?.node.lastElementChild ?? root).append(node);
  return [...around, { depth, style: part.style, node }];
}

function inlines(part, context) {
  return part.elements.map((one) => {
    const style = one.style ?? {};
    const drawn = (INLINE[one.type] ?? unknown)(one, context);
    drawnFrom.set(drawn, one);
    return STYLES.filter(([name]) => style[name]).reduce((inner, [, tag]) => el(tag, {}, inner), drawn);
  });
}

function unknown(one) {
  return el("span", { class: "unknown" }, `[${one.type}]`);
}

function unicode(points) {
  return String.fromCodePoint(...points.split("-").map((point) => parseInt(point, 16)));
}

function dated(one, context) {
  const node = moment(one.timestamp, one.format, context, one.fallback ?? "");
  return one.url ? link(one.url, node) : node;
}

function colour(value) {
  const swatch = el("span", { class: "swatch", "aria-hidden": "true" });
  swatch.style.backgroundColor = /^#?[0-9a-f]{3,8}$/i.test(value) ? `#${value.replace("#", "")}` : value;
  return el("span", { class: "colour" }, swatch, value);
}
