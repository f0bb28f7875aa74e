// The modal on top of the person's stack, kept in step with the server without losing typing.

import { blocks } from "./blocks.js";
import { act, el, toast } from "./dom.js";

const dialog = document.getElementById("modal");
let drawn = ""; // id and hash of what is shown

/** Show the top view, or nothing. `page`: {me, context}. */
export function showModal(views, page) {
  const view = views.at(-1);
  const wanted = view ? `${page.me} ${view.id} ${view.hash} ${views.length}` : "";
  if (wanted === drawn) return;
  const focus = dialog.open ? focused() : null;
  drawn = wanted;
  if (!view) return dialog.close();
  draw(view, views.length, page);
  if (!dialog.open) dialog.showModal();
  refocus(focus, view);
}

function draw(view, depth, page) {
  const send = async (name, body) => {
    await pending;
    const answer = await act(name, { user: page.me, view: view.id, ...body });
    if (name !== "suggest") toast(answer.shown ?? answer.error, answer.reason);
    return answer;
  };
  // Choices travel in order, so that Submit finds what was typed last.
  let pending = Promise.resolve();
  const place = {
    context: page.context, state: view.state.values,
    send: (name, body) => (name === "suggest" ? send(name, body) : (pending = send(name, body).catch(() => ({})))),
  };
  const banner = el("p", { class: "banner", role: "alert", hidden: true });
  const close = (everything) => act("close", { user: page.me, view: view.id, everything });
  const form = el("form", {
    novalidate: true,
    onsubmit: async (event) => {
      event.preventDefault();
      document.activeElement?.blur?.();
      await pending;
      const button = form.querySelector("footer .primary");
      button.disabled = true;
      const outcome = await act("submit", { user: page.me, view: view.id });
      button.disabled = false;
      show(form, banner, outcome);
    },
  },
    el("header", {}, el("h2", { id: "modal-title" }, view.title.text),
      el("button", { type: "button", class: "plain", "aria-label": "Close", onclick: () => close(true) }, "✕")),
    el("div", { class: "content" }, banner, blocks(view.blocks, place)),
    el("footer", {},
      el("button", { type: "button", class: "button", onclick: () => close(false) }, view.close?.text ?? (depth > 1 ? "Back" : "Cancel")),
      view.submit ? el("button", { type: "submit", class: "button primary" }, view.submit.text) : null));
  dialog.oncancel = (event) => { event.preventDefault(); close(true); };
  dialog.replaceChildren(form);
}

function show(form, banner, outcome) {
  for (const error of form.querySelectorAll(".error")) error.hidden = true;
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  banner.textContent = outcome.shown || outcome.error || "";
  banner.title = outcome.reason ?? "";
  banner.hidden = !banner.textContent;
  const wrong = Object.entries(outcome.errors ?? {});
  for (const [block, words] of wrong) {
    const error = document.getElementById(`field-${block}-error`);
    error.textContent = words;
    error.hidden = false;
    document.getElementById(`field-${block}`)?.setAttribute("aria-invalid", "true");
  }
  if (wrong.length) form.querySelector(`[data-block="${CSS.escape(wrong[0][0])}"] :is(input, select, textarea)`)?.focus();
}

function focused() {
  const active = document.activeElement;
  const block = active?.closest("[data-block]")?.dataset.block;
  const typed = active.matches("input:not([role=combobox]), textarea") && !["radio", "checkbox"].includes(active.type);
  return block ? { block, action: active.dataset.action, start: typed ? active.selectionStart : null, value: typed ? active.value : null } : null;
}

function refocus(focus, view) {
  const first = view.blocks.find((block) => block.element?.focus_on_load)?.block_id;
  const block = focus?.block ?? first;
  const scope = block ? dialog.querySelector(`[data-block="${CSS.escape(block)}"]`) : null;
  const target = scope?.querySelector("input, select, textarea");
  if (!target) return;
  if (focus?.value != null && target.dataset.action === focus.action) target.value = focus.value;
  target.focus();
  if (focus?.start != null) target.setSelectionRange(focus.start, focus.start);
}
