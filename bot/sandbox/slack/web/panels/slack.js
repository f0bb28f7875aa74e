// Troubles at Slack: calls that fail, a channel that closes, sockets that break.

import { act, el, toast, uid } from "../dom.js";
import { KeyedList } from "../shell/keep.js";
import { SLACK } from "./words.js";

/** Make the section. */
export function slackSection() {
  const rows = el("ul", { class: "lab-cards" });
  const list = new KeyedList(rows, card);
  const node = el("section", { class: "lab", "aria-labelledby": "lab-slack" }, el("h3", { id: "lab-slack" }, "Slack"), rows);
  return { node, draw: (page) => list.show([...SLACK.map(trouble), ...turns(page.here), ...sockets(page.state.delivery)].map((one) => ({ key: one.title, one }))) };
}

/** Make a card whose words may change; its button stays, and with it the focus. */
function card() {
  const [title, see] = [el("strong", {}), el("p", { class: "quiet small", id: uid("see") })];
  let latest = null;
  const button = el("button", { type: "button", class: "button", "aria-describedby": see.id, onclick: () => ask(...latest.ask) });
  const update = ({ one }) => {
    latest = one;
    title.textContent = one.title;
    see.textContent = one.see;
    button.textContent = one.button;
  };
  return { node: el("li", { class: "lab-card" }, title, button, see), update };
}

async function ask(name, body, done = "") {
  const answer = await act(name, body).catch(() => ({ error: "The sandbox does not answer." }));
  toast(answer.error ?? done);
}

function trouble(one) {
  return { ...one, ask: ["trouble", one.body] };
}

function turns({ id, name, is_im: direct, is_archived: archived, has_bot: present }) {
  if (direct) return [];
  return [
    {
      title: "Archived channel", button: archived ? `Bring #${name} back` : `Archive #${name}`, see: "Nobody can write in an archived channel, the bot neither. It says so elsewhere.",
      ask: ["archive", { channel: id, archived: !archived }],
    },
    {
      title: "Membership", button: present ? `Remove Flinkbot from #${name}` : `Add Flinkbot to #${name}`, see: "Without being a member it may not post; commands still reach it.",
      ask: ["invite", { channel: id, present: !present }],
    },
  ];
}

function sockets({ mode, connections } = {}) {
  if (mode !== "socket") return [];
  return [{
    title: "Socket Mode", button: "Disconnect the sockets", see: `${connections} open. Slack asks for new connections; nothing may be lost meanwhile.`,
    ask: ["disconnect", {}, "Slack has asked every socket to connect again."],
  }];
}
