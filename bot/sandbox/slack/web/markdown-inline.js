// What stands within a line of standard Markdown.

import { el } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { link } from "./mrkdwn.js";

const bare = (source) => withEmoji(source.replace(/\\([\\`*_{}[\]()#+\-.!~|<>])/g, "$1"));

// The first that matches wins; of two at one place the earlier in this list.
const INLINE = [
  [/(?<!\\)(`+)(.+?)\1(?!`)/s, (match) => el("code", {}, match[2].trim() || match[2])],
  [/(?<!\\)!\[([^\]]*)\]\(([^()\s]+)(?:\s+"[^"]*")?\)/, (match) => link(match[2], match[1] || match[2])],
  [/(?<!\\)\[([^\]]+)\]\(((?:[^()\s]|\([^()]*\))+)(?:\s+"[^"]*")?\)/, (match, context) => link(match[2], el("span", {}, inlineMarkdown(match[1], context)))],
  [/<((?:https?:\/\/|mailto:)[^<>\s]+)>/, (match) => link(match[1], match[1])],
  [/(?<!\\)\*\*\*(?=\S)([^]+?)(?<=\S)\*\*\*/, (match, context) => el("strong", {}, el("em", {}, inlineMarkdown(match[1], context)))],
  [/(?<!\\)\*\*(?=\S)([^]+?)(?<=\S)\*\*/, (match, context) => el("strong", {}, inlineMarkdown(match[1], context))],
  [/(?<![\\\p{L}\p{N}_])__(?=\S)([^]+?)(?<=\S)__(?![\p{L}\p{N}_])/u, (match, context) => el("strong", {}, inlineMarkdown(match[1], context))],
  [/(?<![\\*])\*(?=[^\s*])([^*]+?)(?<=\S)\*(?!\*)/, (match, context) => el("em", {}, inlineMarkdown(match[1], context))],
  [/(?<![\\\p{L}\p{N}_])_(?=[^\s_])([^_]+?)(?<=\S)_(?![\p{L}\p{N}_])/u, (match, context) => el("em", {}, inlineMarkdown(match[1], context))],
  [/(?<!\\)~~(?=\S)([^]+?)(?<=\S)~~/, (match, context) => el("s", {}, inlineMarkdown(match[1], context))],
  [/(?<![\w/])https?:\/\/[^\s<>()]+[^\s<>().,;:!?'"]/, (match) => link(match[0], match[0])],
  [/(?: {2,}|\\)\n/, () => el("br")],
];

/** Draw a line's Markdown; gives nodes and strings. */
export function inlineMarkdown(source, context) {
  let first = null;
  for (const [pattern, draw] of INLINE) {
    const match = pattern.exec(source);
    if (match && (!first || match.index < first.match.index)) first = { match, draw };
  }
  if (!first) return source ? [bare(source)] : [];
  const { match, draw } = first;
  const after = match.index + match[0].length;
  return [...inlineMarkdown(source.slice(0, match.index), context), draw(match, context), ...inlineMarkdown(source.slice(after), context)];
}
