// Checkboxes and radio buttons.

import { el, uid } from "../dom.js";
import { text } from "../mrkdwn.js";

/** Draw checkboxes. */
export function checkboxes(one, at) {
  const chosen = (at.state.selected_options ?? one.initial_options ?? []).map((option) => option.value);
  return choices(one, at, { kind: "checkbox", role: "group", chosen, report: (options) => at.send.choose(options.map((option) => option.value), { selected_options: options }) });
}

/** Draw radio buttons. */
export function radios(one, at) {
  const initial = at.state.selected_option === undefined ? one.initial_option : at.state.selected_option;
  return choices(one, at, { kind: "radio", role: "radiogroup", chosen: [initial?.value], report: ([option = null]) => at.send.choose(option?.value ?? null, { selected_option: option }) });
}

function choices(one, { id, label, describedby, context }, { kind, role, chosen, report }) {
  let before = chosen;
  const name = uid("choice");
  const box = el("div", {
    class: "choices", id, role, "aria-labelledby": label?.labelledby, "aria-describedby": describedby,
    "aria-label": label ? null : kind === "radio" ? "Choose one" : "Choose any",
  });
  const inputs = one.options.map((option) => el("input", { type: kind, name, id: uid("option"), value: option.value, checked: chosen.includes(option.value), onchange: changed }));
  async function changed() {
    const options = one.options.filter((_, place) => inputs[place].checked);
    if ((await report(options)) !== false) before = options.map((option) => option.value);
    else for (const input of inputs) input.checked = before.includes(input.value);
  }
  box.append(...one.options.map((option, place) => {
    const about = option.description ? uid("about") : null;
    if (about) inputs[place].setAttribute("aria-describedby", about);
    return el("div", { class: "choice" }, inputs[place],
      el("div", {}, el("label", { for: inputs[place].id }, text(option.text, context)),
        about ? el("div", { class: "quiet", id: about }, text(option.description, context)) : null));
  }));
  return box;
}
