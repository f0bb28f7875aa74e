// Block Kit's interactive elements.
//
// `place` says where they stand: {context, where: {view} or {channel, ts}, state: view.state.values,
// send(action, body)}; `send` posts to the sandbox with user and place filled in.

import { combobox } from "./combobox.js";
import { confirmed, el } from "./dom.js";
import { text } from "./mrkdwn.js";

/** Draw one element of a block; `id` is what its label points at. */
export function element(one, block, place, id = null) {
  const draw = DRAW[one.type] ?? unknown;
  const drawn = draw(one, { block, context: place.context, id, state: place.state?.[block.block_id]?.[one.action_id] ?? {}, send: sender(one, block, place) });
  drawn.dataset.action = one.action_id;
  return drawn;
}

function sender(one, block, place) {
  const ids = { block: block.block_id, action: one.action_id };
  return {
    click: async (value) => (await confirmed(one.confirm)) && place.send("click", { ...ids, value }),
    choose: async (value) => (await confirmed(one.confirm)) && place.send("choose", { ...ids, value }),
    suggest: (typed) => place.send("suggest", { ...ids, typed }),
  };
}

const DRAW = {
  button: (one, { send, context }) => el("button", {
    type: "button", class: `button ${one.style ?? ""}`, "aria-label": one.accessibility_label,
    onclick: async (event) => {
      const button = event.currentTarget;
      button.classList.add("busy");
      if (one.url) window.open(one.url, "_blank", "noreferrer");
      await send.click(one.value ?? null);
      button.classList.remove("busy");
    },
  }, text(one.text, context)),
  static_select: (one, at) => select(one, at, at.state.selected_option?.value ?? one.initial_option?.value ?? ""),
  multi_static_select: multiple,
  overflow: (one, at) => select({ ...one, placeholder: { text: "⋯" } }, { ...at, send: { choose: at.send.click } }, "", "More actions"),
  external_select: (one, at) => combobox(one, at),
  multi_external_select: (one, at) => combobox(one, at),
  checkboxes: (one, at) => choices(one, at, "checkbox", (at.state.selected_options ?? one.initial_options ?? []).map((option) => option.value)),
  radio_buttons: (one, at) => choices(one, at, "radio", [(at.state.selected_option ?? one.initial_option)?.value]),
  plain_text_input: (one, at) => (one.multiline ? typed(one, at, "textarea", { rows: 4 }) : typed(one, at, "input", { type: "text" })),
  number_input: (one, at) => typed(one, at, "input", { type: "text", inputmode: one.is_decimal_allowed ? "decimal" : "numeric" }),
  email_text_input: (one, at) => typed(one, at, "input", { type: "email" }),
  url_text_input: (one, at) => typed(one, at, "input", { type: "url" }),
  datepicker: (one, at) => typed(one, at, "input", { type: "date" }, "selected_date"),
  timepicker: (one, at) => typed(one, at, "input", { type: "time" }, "selected_time"),
  image: (one) => el("span", { class: "picture", role: "img", "aria-label": one.alt_text }, one.alt_text),
};

function unknown(one) {
  return el("span", { class: "quiet" }, `[${one.type}]`);
}

function described(id) {
  return id ? { id, "aria-describedby": `${id}-hint ${id}-error` } : {};
}

function optionNodes(one, chosen) {
  const node = (option) => {
    const words = option.description ? `${option.text.text} · ${option.description.text}` : option.text.text;
    return el("option", { value: option.value, selected: chosen.includes(option.value) }, words);
  };
  if (one.option_groups) return one.option_groups.map((group) => el("optgroup", { label: group.label.text }, group.options.map(node)));
  return one.options.map(node);
}

function select(one, { id, send }, chosen, name = null) {
  const menu = el("select", {
    ...described(id), class: "field", "aria-label": name ?? (id ? null : one.placeholder?.text ?? "Choose an option"),
    onchange: async () => { await send.choose(menu.value || null); if (name) menu.value = ""; },
  }, el("option", { value: "" }, one.placeholder?.text ?? "Choose an option"), optionNodes(one, [chosen]));
  menu.value = chosen;
  return menu;
}

function multiple(one, { id, send, state }) {
  const chosen = (state.selected_options ?? one.initial_options ?? []).map((option) => option.value);
  const menu = el("select", {
    ...described(id), class: "field", multiple: true, "aria-label": id ? null : one.placeholder?.text ?? "Choose options",
    onchange: () => send.choose([...menu.selectedOptions].map((option) => option.value)),
  }, optionNodes(one, chosen));
  return menu;
}

function choices(one, { block, context, send }, kind, chosen) {
  const box = el("div", { class: "choices" });
  const name = `${block.block_id}-${one.action_id}`;
  const report = () => {
    const values = [...box.querySelectorAll(":checked")].map((input) => input.value);
    send.choose(kind === "radio" ? values[0] ?? null : values);
  };
  box.append(...one.options.map((option) => el("label", {},
    el("input", { type: kind, name, value: option.value, checked: chosen.includes(option.value), onchange: report }),
    el("span", {}, text(option.text, context), option.description ? el("span", { class: "quiet" }, text(option.description, context)) : null))));
  return box;
}

function typed(one, { block, id, send, state }, tag, attributes, key = "value") {
  const initial = state[key] ?? one.initial_value ?? one.initial_date ?? one.initial_time ?? "";
  // What sends nothing to the app is remembered key by key, so that an update of the view keeps it.
  const moment = block.type === "input" && !block.dispatch_action ? "oninput" : "onchange";
  const input = el(tag, {
    ...attributes, ...described(id), class: "field", value: initial, placeholder: one.placeholder?.text, maxlength: one.max_length,
    "aria-label": id ? null : one.placeholder?.text ?? one.type,
    [moment]: () => send.choose(input.value),
  });
  return input;
}
