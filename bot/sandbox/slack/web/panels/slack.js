// Troubles at Slack: calls that fail, a channel that closes, sockets that break.

import { act, el, toast, uid } from "../dom.js";
import { onChange } from "../shell/keep.js";
import { page } from "../shell/store.js";
import { SLACK } from "./words.js";

/** Make the section. */
export function slackSection() {
  const switches = el("div", { class: "lab-switches" });
  const node = el("section", { class: "lab", "aria-labelledby": "lab-slack" },
    el("h3", { id: "lab-slack" }, "Slack"),
    el("ul", { class: "lab-cards" }, SLACK.map((one) => card(one, () => make("trouble", one.body)))), switches);
  const draw = onChange((channel, mode, connections) => switches.replaceChildren(...turns(channel, mode, connections)));
  return {
    node,
    draw: () => draw(pick(page.here), page.state.delivery?.mode ?? "none", page.state.delivery?.connections ?? 0),
  };
}

function pick({ id, name, is_im: direct, is_archived: archived, has_bot: present }) {
  return { id, name, direct, archived, present };
}

function card(one, work) {
  const id = uid("see");
  return el("li", { class: "lab-card" }, el("div", {}, el("strong", {}, one.title), el("p", { class: "quiet small", id }, one.see)),
    el("button", { type: "button", class: "button", "aria-describedby": id, onclick: work }, one.button));
}

async function make(name, body) {
  const answer = await act(name, body).catch(() => ({ error: "The sandbox does not answer." }));
  toast(answer.error ?? "Done. The next call will meet it.");
}

function turns(channel, mode, connections) {
  const found = [];
  if (!channel.direct) {
    found.push(turn(channel.archived ? `Bring #${channel.name} back` : `Archive #${channel.name}`, "The bot can write nowhere in an archived channel, and says so elsewhere.", () => act("archive", { channel: channel.id, archived: !channel.archived })));
    found.push(turn(channel.present ? `Remove Flinkbot from #${channel.name}` : `Add Flinkbot to #${channel.name}`, "Without being a member it may not post; commands still reach it.", () => act("invite", { channel: channel.id, present: !channel.present })));
  }
  if (mode === "socket") found.push(turn("Disconnect the sockets", `${connections} open. Slack asks for new connections; nothing may be lost meanwhile.`, () => make("disconnect", {})));
  return found;
}

function turn(words, see, work) {
  const id = uid("see");
  return el("div", { class: "lab-switch" }, el("button", { type: "button", class: "button", "aria-describedby": id, onclick: work }, words), el("p", { class: "quiet small", id }, see));
}
