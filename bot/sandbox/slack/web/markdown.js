// Standard Markdown as the markdown block has it, drawn as elements; HTML in it stays text.

import { el } from "./dom.js";
import { inlineMarkdown } from "./markdown-inline.js";
import { icon } from "./icons.js";
import { scroller } from "./scroller.js";

const FENCE = /^ {0,3}(```+|~~~+)\s*([\w+-]*)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^ {0,3}([-*_])(\s*\1){2,}\s*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const QUOTE = /^ {0,3}> ?/;
const TABLE_LINE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Draw Markdown. */
export function markdown(source, context) {
  const root = el("div", { class: "markdown text" });
  root.append(...parts(source.replace(/\r\n?/g, "\n").split("\n"), context));
  return root;
}

function parts(lines, context) {
  const drawn = [];
  let at = 0;
  while (at < lines.length) {
    if (!lines[at].trim()) { at += 1; continue; }
    const reader = READERS.find(({ starts }) => starts(lines, at));
    const [node, next] = reader.read(lines, at, context);
    drawn.push(node);
    at = next;
  }
  return drawn;
}

const READERS = [
  { starts: (lines, at) => FENCE.test(lines[at]), read: code },
  { starts: (lines, at) => HEADING.test(lines[at]), read: heading },
  { starts: (lines, at) => RULE.test(lines[at]), read: (lines, at) => [el("hr"), at + 1] },
  { starts: (lines, at) => QUOTE.test(lines[at]), read: quote },
  { starts: (lines, at) => ITEM.test(lines[at]), read: list },
  { starts: (lines, at) => lines[at].includes("|") && TABLE_LINE.test(lines[at + 1] ?? "") && (lines[at + 1] ?? "").includes("-"), read: table },
  { starts: () => true, read: paragraph },
];

function code(lines, at) {
  const [, fence, language] = FENCE.exec(lines[at]);
  let end = at + 1;
  while (end < lines.length && !lines[end].trim().startsWith(fence)) end += 1;
  return [el("pre", { "data-language": language || null }, lines.slice(at + 1, end).join("\n")), end + 1];
}

function heading(lines, at, context) {
  const [, marks, words] = HEADING.exec(lines[at]);
  // One person's headings start below the page's own, which end at the third level.
  const level = Math.min(6, marks.length + 2);
  return [el(`h${level}`, { class: `size-${marks.length}` }, inlineMarkdown(words, context)), at + 1];
}

function quote(lines, at, context) {
  let end = at;
  while (end < lines.length && lines[end].trim() && (QUOTE.test(lines[end]) || end > at)) end += 1;
  return [el("blockquote", {}, parts(lines.slice(at, end).map((line) => line.replace(QUOTE, "")), context)), end];
}

function list(lines, at, context) {
  const [, indent, mark] = ITEM.exec(lines[at]);
  const ordered = /\d/.test(mark);
  const root = el(ordered ? "ol" : "ul", { start: ordered && parseInt(mark, 10) !== 1 ? parseInt(mark, 10) : null });
  let end = at;
  while (end < lines.length) {
    const item = ITEM.exec(lines[end]);
    if (!item || item[1].length !== indent.length || /\d/.test(item[2]) !== ordered) break;
    const body = [item[3]];
    end += 1;
    while (end < lines.length && belongs(lines, end, indent.length)) body.push(lines[end++].slice(indent.length + 2));
    while (body.at(-1) === "") body.pop();
    root.append(listItem(body, context));
  }
  return [root, end];
}

function belongs(lines, at, indent) {
  const deep = (line) => line.search(/\S/) > indent;
  return lines[at].trim() ? deep(lines[at]) : lines[at + 1] !== undefined && deep(lines[at + 1]) && lines[at + 1].trim() !== "";
}

function listItem(body, context) {
  const task = /^\[([ xX])\] (.*)$/.exec(body[0]);
  const first = task ? task[2] : body[0];
  const inner = parts([first, ...body.slice(1)], context);
  // A single line needs no paragraph around it.
  const flat = inner.flatMap((node, place) => (place === 0 && node.tagName === "P" ? [...node.childNodes] : [node]));
  if (!task) return el("li", {}, flat);
  const done = task[1] !== " ";
  return el("li", { class: "task" }, icon(done ? "success" : "circle", done ? "Done:" : "To do:"), el("span", {}, flat));
}

function table(lines, at, context) {
  const aligns = cells(lines[at + 1]).map(alignOf);
  let end = at + 2;
  while (end < lines.length && lines[end].trim() && lines[end].includes("|")) end += 1;
  const row = (line, tag) => el("tr", {}, aligns.map((align, column) =>
    el(tag, { class: `align-${align}`, scope: tag === "th" ? "col" : null }, inlineMarkdown(cells(line)[column] ?? "", context))));
  const drawn = el("table", {}, el("thead", {}, row(lines[at], "th")), el("tbody", {}, lines.slice(at + 2, end).map((line) => row(line, "td"))));
  return [scroller("Table", drawn), end];
}

function alignOf(rule) {
  if (!rule.endsWith(":") || rule.length < 2) return "left";
  return rule.startsWith(":") ? "center" : "right";
}

function cells(line) {
  return line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function paragraph(lines, at, context) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && READERS.findIndex(({ starts }) => starts(lines, end)) === READERS.length - 1) end += 1;
  return [el("p", {}, inlineMarkdown(lines.slice(at, end).map((line) => line.trimStart()).join("\n"), context)), end];
}
