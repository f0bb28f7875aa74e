// Messages that only one person sees, and that this person dismissed.

import { recall, remember } from "./remember.js";
import { page, refresh } from "./store.js";

const KEPT = 200;

/** Leave out what the person dismissed. */
export function undismissed(messages) {
  const gone = new Set(recall(`dismissed.${page.me}`, [], sessionStorage));
  return messages.filter((message) => !(message.only_you && gone.has(message.ts)));
}

/** Take a message away for good; the focus goes on to the list. */
export function dismiss(ts) {
  const gone = recall(`dismissed.${page.me}`, [], sessionStorage);
  remember(`dismissed.${page.me}`, [...gone, ts].slice(-KEPT), sessionStorage);
  document.querySelector(`[data-ts="${CSS.escape(ts)}"]`)?.closest("[role=log]")?.focus();
  refresh();
}
