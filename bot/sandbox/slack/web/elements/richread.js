// Reads a rich_text block out of a field that was edited.

import { drawnFrom } from "../richtext.js";

const STYLES = { B: "bold", STRONG: "bold", I: "italic", EM: "italic", S: "strike", STRIKE: "strike", DEL: "strike", CODE: "code", U: "underline" };
const LISTS = { UL: "bullet", OL: "ordered" };
const WRITTEN = new Set(["text", "link"]); // what is edited letter by letter

/** Give what a node stands for where it goes as a whole: a mention, an emoji, a date. */
export function sourceOf(node) {
  const source = drawnFrom.get(node);
  return source && !WRITTEN.has(source.type) ? source : null;
}

/** Give the rich_text block of what stands in a field, null for nothing. */
export function readRich(field) {
  const parts = [];
  blocksOf(field, parts);
  const elements = parts.map(tidied).filter((part) => part.elements.length);
  return elements.length ? { type: "rich_text", elements } : null;
}

function blocksOf(root, parts) {
  for (const node of root.childNodes) {
    if (node.nodeName in LISTS) listOf(node, 0, parts);
    else if (node.nodeName === "BLOCKQUOTE") parts.push({ type: "rich_text_quote", elements: inlinesOf(node, {}) });
    else if (node.nodeName === "PRE") parts.push({ type: "rich_text_preformatted", elements: inlinesOf(node, {}) });
    else if (node.nodeName === "DIV" && node.querySelector("ul, ol, blockquote, pre")) blocksOf(node, parts);
    else lineOf(node, parts);
  }
}

// Lines that follow each other are one section; a block of its own starts a new line.
function lineOf(node, parts) {
  const block = node.nodeName === "DIV" || node.nodeName === "P";
  const found = block ? inlinesOf(node, {}) : inlineOf(node, {});
  const last = parts.at(-1);
  if (last?.type !== "rich_text_section") return parts.push({ type: "rich_text_section", elements: found });
  return last.elements.push(...(block ? [{ type: "text", text: "\n" }] : []), ...found);
}

function listOf(list, indent, parts) {
  const style = LISTS[list.nodeName];
  for (const item of list.children) {
    if (item.nodeName in LISTS) { listOf(item, indent + 1, parts); continue; }
    const own = [...item.childNodes].filter((node) => !(node.nodeName in LISTS));
    const section = { type: "rich_text_section", elements: joined(own.flatMap((node) => inlineOf(node, {}))) };
    const last = parts.at(-1);
    if (last?.type === "rich_text_list" && last.style === style && last.indent === indent) last.elements.push(section);
    else parts.push({ type: "rich_text_list", style, indent, elements: [section] });
    for (const inner of item.children) if (inner.nodeName in LISTS) listOf(inner, indent + 1, parts);
  }
}

function inlinesOf(node, style) {
  return [...node.childNodes].flatMap((child) => inlineOf(child, style));
}

function inlineOf(node, style) {
  const styled = (one) => (Object.keys(style).length ? { ...one, style } : one);
  if (node.nodeType === Node.TEXT_NODE) return node.data ? [styled({ type: "text", text: node.data.replaceAll("\u00a0", " ") })] : [];
  if (node.nodeName === "BR") return [{ type: "text", text: "\n" }];
  const whole = sourceOf(node);
  if (whole) return [whole];
  if (node.nodeName === "A") return [styled({ type: "link", url: node.getAttribute("href"), text: node.textContent })];
  return inlinesOf(node, node.nodeName in STYLES ? { ...style, [STYLES[node.nodeName]]: true } : style);
}

// Letters of one style are one text; the last line's end is not part of it.
function tidied(part) {
  if (part.type === "rich_text_list") return part;
  const elements = joined(part.elements);
  const last = elements.at(-1);
  if (last?.type === "text") last.text = last.text.replace(/\n+$/, "");
  return { ...part, elements: elements.filter((one) => one.type !== "text" || one.text) };
}

function joined(elements) {
  const all = [];
  for (const one of elements) {
    const last = all.at(-1);
    const same = last?.type === "text" && one.type === "text" && JSON.stringify(last.style) === JSON.stringify(one.style);
    if (same) last.text += one.text;
    else all.push({ ...one });
  }
  return all;
}
