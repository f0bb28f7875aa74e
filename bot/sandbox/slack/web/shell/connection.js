// The stream of changes: when it breaks, the page says so and tries again by itself.

import { el, toast } from "../dom.js";
import { glyph } from "./glyphs.js";
import { refresh } from "./store.js";

const REST = 2000; // milliseconds between attempts once the browser has given up

/** Read the state at every change. */
export function listen(banner) {
  const changes = new EventSource("/sandbox/changes");
  changes.addEventListener("open", () => tell(banner, false));
  changes.addEventListener("message", refresh);
  changes.addEventListener("error", () => {
    tell(banner, true);
    if (changes.readyState !== EventSource.CLOSED) return;
    setTimeout(() => listen(banner), REST);
  });
}

function tell(banner, lost) {
  if (banner.classList.contains("lost") === lost) return;
  banner.classList.toggle("lost", lost);
  document.documentElement.classList.toggle("away", lost);
  if (!lost) toast("The sandbox answers again.");
  banner.replaceChildren(...(lost ? [glyph("offline"), el("span", {}, el("strong", {}, "The sandbox does not answer."), " What you see may be old. Trying again…")] : []));
}
