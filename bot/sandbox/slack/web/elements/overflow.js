// The "…" menu of a block.

import { el } from "../dom.js";
import { withEmoji } from "../emoji.js";
import { icon } from "../icons.js";
import { menuButton } from "../shell/menu.js";

/** Draw an overflow menu. */
export function overflow(one, { send }) {
  const opener = el("button", { type: "button", class: "button icon-only", "aria-label": "More actions" }, icon("more"));
  const pick = (option) => {
    if (option.url) window.open(option.url, "_blank", "noreferrer");
    send.click(option.value, opener);
  };
  const items = one.options.map((option) => ({
    words: withEmoji(option.text.text), note: option.description ? withEmoji(option.description.text) : "", pick: () => pick(option),
  }));
  menuButton(opener, () => [{ items }], { label: "More actions", align: "end" });
  return el("span", { class: "overflow" }, opener);
}
