// Input blocks: label, element, hint and what is wrong.

import { el, uid } from "../dom.js";
import { GROUPS, element, focusOn } from "../elements.js";
import { icon } from "../icons.js";
import { text } from "../mrkdwn.js";

/** Draw an input block. */
export function field(block, place) {
  // In a modal a field's id can be told from its block's; elsewhere one block may stand on the page twice.
  const id = place.surface === "modal" ? `field-${block.block_id}` : uid("field");
  const label = { id, labelledby: `${id}-label`, describedby: [block.hint ? `${id}-hint` : "", `${id}-error`].filter(Boolean).join(" ") };
  const words = [text(block.label, place.context), block.optional ? el("span", { class: "quiet" }, " (optional)") : null];
  return el("div", {},
    GROUPS.has(block.element.type)
      ? el("div", { class: "label", id: label.labelledby }, words)
      : el("label", { class: "label", for: id, id: label.labelledby }, words),
    element(block.element, block, place, label),
    block.hint ? el("p", { class: "hint", id: `${id}-hint` }, text(block.hint, place.context)) : null,
    el("p", { class: "error", id: `${id}-error`, role: "alert" }));
}

/** Say what is wrong with a field; with no words, that nothing is. */
export function complain(block, words) {
  const error = block.querySelector(":scope > .error");
  if (!error) return;
  const control = block.querySelector(`#${CSS.escape(error.id.replace(/-error$/, ""))}`);
  block.classList.toggle("wrong", Boolean(words));
  error.replaceChildren(...(words ? [icon("warning"), el("span", {}, words)] : []));
  if (words) control?.setAttribute("aria-invalid", "true");
  else control?.removeAttribute("aria-invalid");
}

/** Put the focus into a field. */
export function enter(block) {
  focusOn(block.querySelector(":scope > .element"));
}
