// JSON as people read it: indented and coloured, never through HTML.

import { el } from "../dom.js";

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

/** Give a value as text. */
export function pretty(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2) ?? "";
}

/** Draw a value. */
export function json(value, label) {
  const text = pretty(value);
  const pre = el("pre", { class: "json", tabindex: "0", role: "region", "aria-label": label });
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon] = match;
    pre.append(text.slice(at, match.index));
    if (colon) pre.append(el("span", { class: "json-key" }, string), colon);
    else pre.append(el("span", { class: string ? "json-text" : "json-value" }, whole));
    at = match.index + whole.length;
  }
  pre.append(text.slice(at));
  return pre;
}
