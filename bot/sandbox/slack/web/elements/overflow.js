// The "…" menu of a block.

import { el, uid } from "../dom.js";
import { icon } from "../icons.js";
import { text } from "../mrkdwn.js";
import { popup } from "../popup.js";
import { whileBusy } from "./button.js";

const MOVES = { ArrowDown: 1, ArrowUp: -1 };

/** Draw an overflow menu. */
export function overflow(one, { send, context }) {
  const id = uid("menu");
  const menu = el("div", { class: "popup menu", popover: "manual", role: "menu", id, "aria-label": "More actions" });
  const opener = el("button", {
    type: "button", class: "button icon-only", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": id,
  }, icon("more"));
  const box = el("span", { class: "overflow" }, opener, menu);
  const shown = popup(box, menu, { align: "end", changed: (open) => opener.setAttribute("aria-expanded", String(open)) });
  const close = () => { shown.close(); opener.focus(); };
  const pick = async (option) => {
    close();
    if (option.url) window.open(option.url, "_blank", "noreferrer");
    await whileBusy(opener, () => send.click(option.value));
  };
  menu.append(...one.options.map((option) => el("button", { type: "button", role: "menuitem", tabindex: "-1", onclick: () => pick(option) },
    text(option.text, context), option.description ? el("span", { class: "quiet" }, text(option.description, context)) : null)));
  const open = (place) => { shown.open(); menu.children[place].focus(); };
  opener.addEventListener("click", () => (shown.isOpen() ? close() : open(0)));
  opener.addEventListener("keydown", (event) => {
    if (!(event.key in MOVES) || shown.isOpen()) return;
    event.preventDefault();
    open(event.key === "ArrowDown" ? 0 : menu.children.length - 1);
  });
  menu.addEventListener("keydown", (event) => steer(event, [...menu.children], close));
  return box;
}

function steer(event, items, close) {
  const here = items.indexOf(document.activeElement);
  const to = { Home: 0, End: items.length - 1 }[event.key] ?? (event.key in MOVES ? (here + MOVES[event.key] + items.length) % items.length : null);
  if (to !== null) { event.preventDefault(); items[to].focus(); }
  else if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); event.stopPropagation(); close(); }
}
