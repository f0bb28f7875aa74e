// Fields one types into: text of one or more lines, numbers, e-mail addresses, web addresses.

import { el } from "../dom.js";
import { listenTyping, triggers } from "./typing.js";

const NEAR = 0.9; // the share of the length from which the rest is told
const KINDS = {
  plain_text_input: { spellcheck: "true" },
  number_input: { inputmode: "numeric", class: "number" },
  email_text_input: { inputmode: "email", autocapitalize: "off" },
  url_text_input: { inputmode: "url", autocapitalize: "off" },
};

/** Draw a text field; what is typed is kept at every key, and told to the app where it asked for it. */
export function textInput(one, at) {
  const { id, describedby, state, send, dispatches } = at;
  const initial = state.value === undefined ? one.initial_value ?? "" : state.value ?? "";
  const { class: kind = "", ...attributes } = KINDS[one.type];
  const field = el(one.multiline ? "textarea" : "input", {
    type: one.multiline ? null : "text", rows: one.multiline ? 3 : null, autocomplete: "off", ...attributes, id, class: `field ${kind}`,
    value: initial, placeholder: one.placeholder?.text, "aria-describedby": describedby,
    "aria-label": id ? null : one.placeholder?.text ?? "Text",
  });
  if (one.is_decimal_allowed) field.inputMode = "decimal";
  const told = triggers(one, dispatches);
  listenTyping(field, told, (silent) => send.choose(field.value, { value: field.value || null }, { silent }));
  const hint = told.enter ? el("p", { class: "hint" }, one.multiline ? "Enter sends this, Shift and Enter starts a new line." : "Press Enter to send this.") : null;
  return el("div", {}, el("div", { class: "typed" }, field, counter(one, field)), hint);
}

// As in Slack there is no counter until the end is near.
function counter({ max_length: most }, field) {
  if (!most) return null;
  const shown = el("p", { class: "counter", "aria-hidden": "true" });
  const spoken = el("span", { class: "visually-hidden", role: "status" });
  const count = () => {
    const left = most - field.value.length;
    const near = field.value.length >= NEAR * most;
    shown.hidden = !near;
    shown.textContent = near ? `${field.value.length} / ${most}` : "";
    shown.classList.toggle("over", left < 0);
    spoken.textContent = near ? (left >= 0 ? `${left} characters left` : `${-left} characters too many`) : "";
  };
  field.addEventListener("input", count);
  count();
  return [shown, spoken];
}
