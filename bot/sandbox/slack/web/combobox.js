// An external select: type, and the app says what there is to choose from.

import { el } from "./dom.js";

const REST = 150; // milliseconds without a key before the app is asked

/** Draw an external select, single or multi. */
export function combobox(one, { id, send, state }) {
  const many = one.type.startsWith("multi_");
  let chosen = many ? state.selected_options ?? one.initial_options ?? [] : [state.selected_option ?? one.initial_option].filter(Boolean);
  let shown = [];
  let marked = -1;
  let timer = null;
  let asked = 0;
  const list = el("ul", { class: "listbox", role: "listbox", id: `${id}-list`, hidden: true });
  const chips = el("div", { class: "chips" });
  const input = el("input", {
    id, class: "field", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list",
    "aria-describedby": id ? `${id}-hint ${id}-error` : null, "aria-label": id ? null : one.placeholder?.text ?? "Search",
    placeholder: one.placeholder?.text ?? "Search…",
  });
  const box = el("div", { class: "combobox" }, chips, input, list);

  const label = () => (many ? "" : chosen[0]?.text.text ?? "");
  const open = (yes) => { list.hidden = !yes; input.setAttribute("aria-expanded", String(yes)); };
  const report = () => send.choose(many ? chosen.map((option) => option.value) : chosen[0]?.value ?? null);

  function drawChips() {
    if (!many) return;
    chips.replaceChildren(...chosen.map((option) => el("button", {
      type: "button", class: "chip", "aria-label": `Remove ${option.text.text}`,
      onclick: () => { chosen = chosen.filter((other) => other.value !== option.value); drawChips(); report(); },
    }, `${option.text.text} ✕`)));
  }

  function pick(option) {
    chosen = many ? [...chosen.filter((other) => other.value !== option.value), option] : [option];
    input.value = label();
    open(false);
    drawChips();
    report();
  }

  function mark(place) {
    marked = shown.length ? (place + shown.length) % shown.length : -1;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === marked)));
    list.children[marked]?.scrollIntoView({ block: "nearest" });
    if (marked >= 0) input.setAttribute("aria-activedescendant", `${id}-option-${marked}`);
  }

  function draw(answer) {
    shown = answer.options ?? [];
    const empty = answer.error ? "The options could not be loaded." : "No results";
    list.replaceChildren(...(shown.length
      ? shown.map((option, place) => el("li", {
          role: "option", id: `${id}-option-${place}`, "data-value": option.value,
          onmousedown: (event) => { event.preventDefault(); pick(option); },
        }, option.text.text, option.description ? el("span", { class: "quiet" }, option.description.text) : null))
      : [el("li", { class: "quiet" }, empty)]));
    open(true);
    mark(shown.length ? 0 : -1);
  }

  async function ask() {
    const mine = ++asked;
    const query = input.value === label() ? "" : input.value;
    const least = one.min_query_length ?? 3;
    if (query.length < least) {
      list.replaceChildren(el("li", { class: "quiet" }, `Type ${least} or more characters`));
      shown = [];
      return open(true);
    }
    const answer = await send.suggest(query);
    if (mine === asked && document.activeElement === input) draw(answer);
  }

  input.addEventListener("focus", () => { input.select(); ask(); });
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, REST); });
  input.addEventListener("blur", () => {
    open(false);
    if (!many && input.value === "" && chosen.length) { chosen = []; report(); }
    input.value = label();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); list.hidden ? ask() : mark(marked + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); mark(marked - 1); }
    else if (event.key === "Enter") { event.preventDefault(); if (!list.hidden && marked >= 0) pick(shown[marked]); }
    else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); event.stopPropagation(); open(false); }
  });
  input.value = label();
  drawChips();
  return box;
}
