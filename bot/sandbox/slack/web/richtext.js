// Rich text blocks, drawn as elements.

import { el } from "./dom.js";
import { date, link, mrkdwn } from "./mrkdwn.js";

const DRAW = {
  rich_text_section: (part, context) => el("p", {}, part.elements.map((one) => inline(one, context))),
  rich_text_quote: (part, context) => el("blockquote", {}, part.elements.map((one) => inline(one, context))),
  rich_text_preformatted: (part, context) => el("pre", {}, part.elements.map((one) => inline(one, context))),
  rich_text_list: (part, context) =>
    el(part.style === "ordered" ? "ol" : "ul", { class: `indent-${part.indent ?? 0}`, start: part.offset ? part.offset + 1 : null },
      part.elements.map((item) => el("li", {}, item.elements.map((one) => inline(one, context))))),
};

/** Draw a rich_text block. */
export function richText(block, context) {
  return el("div", { class: "rich" }, block.elements.map((part) => DRAW[part.type](part, context)));
}

function inline(one, context) {
  const drawn = bare(one, context);
  const style = one.style ?? {};
  return [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]]
    .filter(([name]) => style[name])
    .reduce((inner, [, tag]) => el(tag, {}, inner), drawn);
}

function bare(one, context) {
  switch (one.type) {
    case "text": return document.createTextNode(one.text);
    case "link": return link(one.url, one.text ?? one.url);
    case "user": return el("span", { class: "mention" }, `@${context.userName(one.user_id)}`);
    case "channel": return el("span", { class: "mention" }, `#${context.channelName(one.channel_id)}`);
    case "broadcast": return el("span", { class: "mention loud" }, `@${one.range}`);
    case "emoji": return mrkdwn(`:${one.name}:`, context);
    case "date": return el("time", {}, date(new Date(one.timestamp * 1000), one.format, context.locale));
    default: return document.createTextNode(`[${one.type}]`);
  }
}
