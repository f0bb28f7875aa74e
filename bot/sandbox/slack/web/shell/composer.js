// Where one writes: drafts stay with their place, earlier lines come back with the arrow.

import { act, el, toast } from "../dom.js";
import { Completion } from "./completion.js";
import { glyph } from "./glyphs.js";
import { recall, remember } from "./remember.js";
import { page } from "./store.js";

const MOST_LINES = 50;
const NO_ANSWER = "The sandbox does not answer. What you typed is still here.";

/** A form with a field. `thread()` gives the thread written to, empty for the channel. */
export class Composer {
  constructor(form, { thread = () => "", placeholder }) {
    Object.assign(this, { form, thread, placeholder, place: null, back: -1 });
    this.field = form.querySelector("textarea");
    this.button = form.querySelector("[type=submit]");
    this.button.append(glyph("send"));
    this.completion = new Completion(this.field, form, (text) => this.fill(text));
    form.querySelector(".composer-hint").replaceChildren(el("kbd", {}, "Enter"), " to send, ", el("kbd", {}, "Shift"), " + ", el("kbd", {}, "Enter"), " for a new line");
    form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    form.addEventListener("click", (event) => { if (event.target === form || event.target.matches(".composer-bar, .composer-hint")) this.field.focus(); });
    this.field.addEventListener("input", () => { this.back = -1; this.keep(); });
    this.field.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** Belong to a place: its draft, its words, and whether one may write there. */
  show() {
    const place = `draft.${page.me}/${page.channel}/${this.thread()}`;
    const closed = page.here.is_archived;
    this.field.disabled = closed;
    this.form.classList.toggle("closed", closed);
    this.field.placeholder = closed ? "Nobody can write in an archived channel" : this.placeholder(page.here);
    if (place === this.place) return;
    this.place = place;
    this.back = -1;
    this.completion.close();
    this.fill(recall(place, "", sessionStorage), false);
  }

  fill(text, focus = true) {
    this.field.value = text;
    if (focus) {
      this.field.focus();
      this.field.setSelectionRange(text.length, text.length);
    }
    this.keep();
  }

  keep() {
    this.form.classList.toggle("ready", Boolean(this.field.value.trim()));
    remember(this.place, this.field.value, sessionStorage);
  }

  pressed(event) {
    if (event.isComposing) return;
    const act = this.completion.keys(event) ?? this.keys(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  keys(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) return () => this.form.requestSubmit();
    const plain = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === "ArrowUp" && plain && (this.back >= 0 || !this.field.value)) return () => this.recall(1);
    if (event.key === "ArrowDown" && plain && this.back >= 0) return () => this.recall(-1);
    return null;
  }

  recall(by) {
    const lines = recall(`lines.${page.me}`, [], sessionStorage);
    const back = Math.min(this.back + by, lines.length - 1);
    this.back = back;
    this.fill(back < 0 ? "" : lines[back]);
    this.completion.close();
  }

  async send() {
    const text = this.field.value.trim();
    if (!text || this.field.disabled) return;
    const thread = this.thread();
    const lines = recall(`lines.${page.me}`, [], sessionStorage);
    remember(`lines.${page.me}`, [text, ...lines.filter((line) => line !== text)].slice(0, MOST_LINES), sessionStorage);
    this.completion.close();
    this.back = -1;
    this.fill("", document.activeElement === this.field);
    const body = { user: page.me, channel: page.channel, text, thread };
    const [place, answer] = [this.place, await act(text.startsWith("/") && !thread ? "command" : "say", body).catch(() => null)];
    if (!answer && this.place === place && !this.field.value) this.fill(text, false);
    toast(answer ? answer.shown || answer.error : NO_ANSWER, answer?.reason);
  }
}
