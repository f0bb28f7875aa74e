// One simulated cloud: its speed, its faults, and its deployments as they are now.

import { el, toast } from "../dom.js";
import { KeyedList } from "../shell/keep.js";
import { changesOf } from "./behaviour.js";
import { cloudAct, cloudState } from "./control.js";
import { deploymentRow } from "./deployment.js";
import { faultForm } from "./faults.js";
import { cloudWords } from "./words.js";

const REST = 2000; // milliseconds between two looks while the panel is open
const NO_ANSWER = "This cloud does not answer.";
const SPEEDS = [0.5, 1, 2, 5, 10, 50];

/** A section of the panel. `heard()` is called when its state was read. */
export class CloudSection {
  constructor(name, heard) {
    Object.assign(this, { name, heard, known: cloudWords(name), state: null, shown: false, before: new Map() });
    const id = `lab-${name}`;
    this.words = el("p", { class: "quiet small" });
    this.speed = el("select", { id: `${id}-speed`, class: "select", onchange: (event) => this.act("settings", { speed: Number(event.target.value) }) },
      SPEEDS.map((speed) => el("option", { value: String(speed) }, `${speed}×`)));
    this.wanted = el("input", { id: `${id}-find`, class: "text-field", type: "search", placeholder: "Find a job", oninput: () => this.find() });
    const list = el("ul", { class: "deployments", "aria-label": `Jobs in ${this.known.title}` });
    this.rows = new KeyedList(list, (item) => deploymentRow(item, this));
    this.node = el("section", { class: "lab", "aria-labelledby": id },
      el("div", { class: "lab-head" }, el("h3", { id }, this.known.title), el("label", { class: "inline", for: `${id}-speed` }, "Speed", this.speed)), this.words,
      faultForm(this),
      el("div", { class: "lab-head" }, el("h4", {}, "Jobs"), el("label", { class: "hidden", for: `${id}-find` }, "Find a job"), this.wanted), list);
  }

  turn(shown) {
    if (shown === this.shown) return;
    this.shown = shown;
    if (shown) this.look();
    else clearTimeout(this.timer);
  }

  async look() {
    clearTimeout(this.timer);
    if (!document.hidden) await cloudState(this.name).then((state) => this.draw(state), () => { this.words.textContent = NO_ANSWER; });
    if (this.shown) this.timer = setTimeout(() => this.look(), REST);
  }

  draw(state) {
    this.state = state;
    this.words.textContent = [state.workspace, state.namespace].filter(Boolean).join(" / ");
    if (document.activeElement !== this.speed) this.showSpeed(state.speed);
    this.rows.show((state.deployments ?? []).map((deployment) => ({ key: deployment.id, deployment })));
    this.find();
    this.heard();
  }

  showSpeed(speed) {
    const value = String(speed);
    if (![...this.speed.options].some((option) => option.value === value)) this.speed.append(el("option", { value }, `${speed}×`));
    this.speed.value = value;
  }

  find() {
    const wanted = this.wanted.value.trim().toLowerCase();
    for (const row of this.rows.rows.values()) row.node.hidden = !row.node.dataset.name.toLowerCase().includes(wanted);
  }

  /** Do something; tell what became of it, and look again. */
  async act(path, body, method = "POST") {
    const answer = await cloudAct(this.name, path, body, method);
    if (answer.error) toast(answer.error);
    await this.look();
    return !answer.error;
  }

  /** Change how a deployment acts, and remember how it acted before. */
  async behave(deployment, changes) {
    if (!this.before.has(deployment.id)) this.before.set(deployment.id, deployment.behaviour);
    return this.act(`deployments/${deployment.id}/behaviour`, changes);
  }

  /** Say what is wrong here on purpose. */
  troubles() {
    const faults = (this.state?.faults ?? []).map((one) => `${one.operation === "*" ? "any call" : one.operation} ${lower(this.known.faults[one.kind] ?? one.kind)}, ${often(one.times)}`);
    const turned = (this.state?.deployments ?? []).filter((one) => this.before.has(one.id))
      .flatMap((one) => changesOf(this.before.get(one.id), one.behaviour, this.known).map((words) => `${one.name}: ${words}`));
    return [...faults, ...turned];
  }

  async calm() {
    for (const [id, behaviour] of this.before) await cloudAct(this.name, `deployments/${id}/behaviour`, behaviour);
    this.before.clear();
    await this.act("faults", null, "DELETE");
  }
}

function lower(words) {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

/** Say how often something still happens. */
export function often(times) {
  if (!times) return "always";
  return times === 1 ? "once" : `${times} times`;
}
