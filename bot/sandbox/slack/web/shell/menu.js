// Menus of the page: opened by a button, walked with the arrows, closed with Escape.

import { el, uid } from "../dom.js";
import { popup } from "../popup.js";

/** Let `opener` open a menu. `parts()` gives, at each opening, [{label, items}]; an item is
 * {words, note, lang, checked, lead, pick}: with `checked` (true or false) it is one of a choice. */
export function menuButton(opener, parts, { label, align = "start" } = {}) {
  const id = uid("menu");
  const panel = el("div", { class: "popup menu", popover: "manual", role: "menu", id, "aria-label": label, tabindex: "-1" });
  for (const [name, value] of Object.entries({ "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": id })) opener.setAttribute(name, value);
  const shown = popup(opener, panel, { align, changed: (open) => opener.setAttribute("aria-expanded", String(open)) });
  const close = (back = true) => { shown.close(); panel.remove(); if (back) opener.focus(); };
  const open = (last = false) => {
    const done = (item) => { close(); item.pick(); };
    panel.replaceChildren(...parts().filter((part) => part.items.length).map((part) => section(part, done)));
    opener.after(panel);
    shown.open();
    const items = itemsOf(panel);
    (items.find((item) => item.getAttribute("aria-checked") === "true") ?? items.at(last ? -1 : 0))?.focus();
  };
  opener.addEventListener("click", () => (shown.isOpen() ? close() : open()));
  opener.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    open(event.key === "ArrowUp");
  });
  panel.addEventListener("keydown", (event) => keys(event, panel, close));
  return shown;
}

function itemsOf(panel) {
  return [...panel.querySelectorAll("[role^=menuitem]")];
}

function section({ label, items }, done) {
  const id = uid("part");
  const rows = items.map((item) => row(item, done));
  if (!label) return el("div", { role: "group" }, rows);
  return el("div", { role: "group", "aria-labelledby": id }, el("div", { class: "group", id, role: "presentation" }, label), rows);
}

function row(item, done) {
  const choice = item.checked !== undefined;
  return el("button", {
    type: "button", role: choice ? "menuitemradio" : "menuitem", "aria-checked": choice ? String(item.checked) : null, tabindex: "-1",
    lang: item.lang, class: choice ? "choice-item" : "", onclick: () => done(item),
  }, item.lead ?? null, el("span", { class: "item-words" }, el("span", {}, item.words), item.note ? el("span", { class: "quiet" }, ` ${item.note}`) : null));
}

function keys(event, panel, close) {
  const items = itemsOf(panel);
  const at = items.indexOf(document.activeElement);
  const to = (place) => items[(place + items.length) % items.length]?.focus();
  const acts = {
    ArrowDown: () => to(at + 1), ArrowUp: () => to(at - 1), Home: () => to(0), End: () => to(-1),
    Escape: () => close(), Tab: () => close(),
  };
  if (acts[event.key]) { event.preventDefault(); event.stopPropagation(); return acts[event.key](); }
  if (event.key.length !== 1 || event.key === " ") return undefined;
  const turned = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  return turned.find((item) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
}
