// The panel in which one makes trouble: at Slack, in the clouds, and what is still open of it.

import { act, el } from "../dom.js";
import { glyph } from "../shell/glyphs.js";
import { onChange } from "../shell/keep.js";
import { page } from "../shell/store.js";
import { CloudSection, often } from "./cloud.js";
import { slackSection } from "./slack.js";
import { metWith } from "./words.js";

/** Make the panel. */
export function troublePanel() {
  return new TroublePanel();
}

class TroublePanel {
  constructor() {
    this.clouds = new Map();
    this.open = el("ul", { class: "open-troubles", "aria-label": "Open troubles" });
    this.calm = el("button", { type: "button", class: "button", onclick: () => this.backToNormal() }, glyph("check"), "Back to normal");
    this.status = el("p", { class: "quiet small", role: "status", tabindex: "-1" });
    this.slack = slackSection();
    this.places = el("div", {});
    this.node = el("div", { class: "panel make-trouble" },
      el("section", { class: "lab-now", "aria-label": "What is open now" }, el("div", { class: "lab-now-head" }, this.status, this.calm), this.open), this.slack.node, this.places);
    this.drawOpen = onChange((troubles) => this.showOpen(troubles));
  }

  /** The panel is shown or not; only then the clouds are asked how they are. */
  turn(open) {
    this.shown = open;
    if (open) this.changed();
    for (const cloud of this.clouds.values()) cloud.turn(open);
  }

  /** Something changed in the workspace. */
  changed() {
    if (!page.state || !this.shown) return;
    for (const name of page.state.clouds ?? []) if (!this.clouds.has(name)) this.meet(name);
    this.slack.draw(page);
    this.judge();
  }

  meet(name) {
    const cloud = new CloudSection(name, () => this.judge());
    this.clouds.set(name, cloud);
    this.places.append(cloud.node);
    cloud.turn(true);
  }

  judge() {
    const slack = (page.state.troubles ?? []).map((one) => `Slack: ${one.method === "*" ? "any method" : one.method} ${metWith(one)}, ${often(one.times)}`);
    const clouds = [...this.clouds.values()].flatMap((cloud) => cloud.troubles().map((words) => `${cloud.known.title}: ${words}`));
    this.drawOpen([...slack, ...clouds]);
  }

  showOpen(troubles) {
    this.status.textContent = troubles.length ? `${troubles.length} open ${troubles.length === 1 ? "trouble" : "troubles"}` : "Nothing is wrong at the moment.";
    this.open.replaceChildren(...troubles.map((words) => el("li", {}, glyph("bolt"), words)));
    this.open.hidden = !troubles.length;
    if (!troubles.length && document.activeElement === this.calm) this.status.focus();
    this.calm.hidden = !troubles.length;
    this.node.classList.toggle("troubled", troubles.length > 0);
  }

  async backToNormal() {
    await act("calm", {});
    for (const cloud of this.clouds.values()) await cloud.calm();
  }
}
