// One view of the stack as a form: its blocks, what was entered in them, and what Submit led to.

import { showBlocks } from "./blocks.js";
import { complain, enter } from "./blocks/input.js";
import { act, el, toast } from "./dom.js";
import { focusOn } from "./elements.js";
import { icon, smallButton } from "./icons.js";
import { Queue } from "./queue.js";

const CONTROL = "button, input, textarea, a[href], [contenteditable=true], [tabindex='0']";

/** A view's form. `page`: {me, context}. */
export class ViewForm {
  constructor(view, page) {
    Object.assign(this, { view, page, state: {}, hash: "", scrolled: 0, busy: false });
    this.queue = new Queue((name, body) => this.post(name, body));
    this.title = el("h2", { id: "modal-title", tabindex: "-1" });
    this.content = el("div", { class: "content", role: "group", "aria-labelledby": "modal-title" });
    this.banner = el("p", { class: "banner", role: "alert" });
    this.footer = el("footer");
    this.cross = smallButton("Close", "close", () => this.close(true));
    this.root = el("form", { novalidate: true, autocomplete: "off", onsubmit: (event) => { event.preventDefault(); this.submit(); } },
      el("header", {}, el("span", { class: "app-icon", "aria-hidden": "true" }), this.title, this.cross), this.content, this.banner, this.footer);
  }

  /** Take over what the server says of the view; what was typed stays where ids and kinds do. */
  show(view, depth, page) {
    this.page = page;
    const seen = `${view.hash} ${depth}`;
    if (seen === this.hash) return;
    const again = this.hash !== "";
    Object.assign(this, { hash: seen, view });
    merge(this.state, view.state.values);
    this.title.textContent = view.title.text;
    const place = { context: page.context, state: this.state, surface: "modal", send: (name, body) => this.queue.send(name, body) };
    const before = new Set([...this.content.children].map((node) => node.dataset.block));
    showBlocks(this.content, view.blocks, place);
    if (again && !view.blocks.some((block) => before.has(block.block_id))) this.content.scrollTop = 0;
    if (this.content.querySelector(CONTROL)) this.content.removeAttribute("tabindex");
    else this.content.tabIndex = 0; // nothing else in it takes the keys that scroll
    this.drawFooter(view, depth);
    this.say("");
  }

  drawFooter(view, depth) {
    const leave = view.close?.text ?? (depth > 1 ? "Back" : "Cancel");
    const wanted = JSON.stringify([leave, view.submit?.text]);
    if (wanted === this.drawnFooter) return;
    this.drawnFooter = wanted;
    const inside = this.footer.contains(document.activeElement);
    this.button = view.submit ? el("button", { type: "submit", class: "button large primary" }, el("span", { class: "words" }, view.submit.text)) : null;
    this.footer.replaceChildren(...[el("button", { type: "button", class: "button large", onclick: () => this.close(false) }, leave), this.button].filter(Boolean));
    if (inside) this.title.focus();
  }

  /** The form came on top: to the field that asks for it, or where one was before. */
  arrive(fresh) {
    this.content.scrollTop = this.scrolled;
    if (!fresh && this.last?.isConnected) return this.last.focus();
    const [block, one] = asking(this.view.blocks);
    if (!block) return this.title.focus();
    const action = `[data-action="${CSS.escape(one.action_id)}"]`;
    return focusOn(this.content.querySelector(`[data-block="${CSS.escape(block.block_id)}"] ${action}`));
  }

  leave() {
    this.scrolled = this.content.scrollTop;
    this.last = this.root.contains(document.activeElement) ? document.activeElement : null;
  }

  async post(name, body) {
    const answer = await act(name, { user: this.page.me, view: this.view.id, ...body });
    if (name === "click") toast(answer.shown ?? answer.error, answer.reason);
    return answer;
  }

  async close(everything) {
    await this.queue.idle();
    await act("close", { user: this.page.me, view: this.view.id, everything });
  }

  async submit() {
    if (this.busy || !this.button) return;
    this.wait(true);
    await this.queue.idle();
    const outcome = await act("submit", { user: this.page.me, view: this.view.id }).catch(() => ({ error: "The sandbox does not answer." }));
    this.wait(false);
    this.judge(outcome);
  }

  wait(busy) {
    this.busy = busy;
    if (busy) this.button.setAttribute("aria-busy", "true");
    else this.button?.removeAttribute("aria-busy");
  }

  /** Show what is wrong: at the fields, or what became of the whole. */
  judge(outcome) {
    const errors = outcome.errors ?? {};
    const inputs = [...this.content.querySelectorAll(":scope > .block.input")];
    for (const block of inputs) complain(block, errors[block.dataset.block] ?? "");
    this.say(outcome.shown || outcome.error || "", outcome.reason ?? "");
    const first = inputs.find((block) => errors[block.dataset.block]);
    if (first) enter(first);
  }

  say(words, reason = "") {
    this.banner.replaceChildren(...(words ? [icon("warning"), el("span", {}, words, reason ? el("span", { class: "quiet" }, ` ${reason}`) : null)] : []));
  }
}

/** Give the block and the element that get the focus: those that ask for it, or the first field. */
function asking(blocks) {
  for (const block of blocks) {
    const one = [block.element, block.accessory, ...(block.elements ?? [])].find((part) => part?.focus_on_load);
    if (one) return [block, one];
  }
  const first = blocks.find((block) => block.type === "input");
  return first ? [first, first.element] : [];
}

// What was entered here wins over the server's word of it, which may be older, while it is the same field.
function merge(state, values = {}) {
  for (const block of Object.keys(state)) if (!(block in values)) delete state[block];
  for (const [block, actions] of Object.entries(values)) {
    const own = state[block] ?? {};
    state[block] = Object.fromEntries(Object.entries(actions).map(([action, value]) => [action, own[action]?.type === value.type ? own[action] : value]));
  }
}
