// What is wider than its place scrolls by itself, by keys too.

import { el } from "./dom.js";

/** Put something wide into a frame of its own that scrolls. `name`: what a screen reader calls it. */
export function scroller(name, content) {
  return el("div", { class: "scroller", tabindex: "0", role: "group", "aria-label": name }, content);
}
