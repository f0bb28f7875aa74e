// The app's own place: its Home tab beside the conversation with it.

import { showBlocks } from "../blocks.js";
import { act, el, toast } from "../dom.js";
import { Queue } from "../queue.js";
import { go, page } from "./store.js";

const NO_ANSWER = "The sandbox does not answer.";

/** Give what draws the tabs and the Home tab. */
export function homeView() {
  const at = (id) => document.getElementById(id);
  const [tabs, home, conversation] = [at("tabs"), at("panel-home"), at("panel-messages")];
  const content = el("div", { class: "home-content" });
  const waiting = el("p", { class: "home-waiting quiet" }, "Flinkbot prepares its Home tab…");
  home.append(waiting, content);
  listen(tabs);
  const queue = new Queue((name, body) => post(name, body));
  let place = "";
  let shown = "";
  return () => {
    const app = page.here.is_im && page.state.home_enabled;
    const open = app && page.spot === "home";
    tabs.hidden = !app;
    mark(at("tab-home"), open);
    mark(at("tab-messages"), !open);
    role(home, app, "tab-home");
    role(conversation, app, "tab-messages");
    home.hidden = !open;
    conversation.hidden = open;
    const now = open ? `${page.me} ${page.context.locale}` : "";
    if (now && now !== place) { content.replaceChildren(); shown = ""; act("home", { user: page.me }).catch(() => {}); }
    place = now;
    const view = open ? page.state.home : null;
    waiting.hidden = Boolean(view);
    if (!view || shown === view.hash) return;
    shown = view.hash;
    showBlocks(content, view.blocks, { context: page.context, surface: "home", prefix: "home-", state: structuredClone(view.state?.values ?? {}), send: (name, body) => queue.send(name, body) });
  };
}

async function post(name, body) {
  const answer = await act(name, { user: page.me, view: page.state.home.id, ...body }).catch(() => ({ error: NO_ANSWER }));
  if (name !== "suggest") toast(answer.shown || answer.error, answer.reason);
  return answer;
}

function mark(tab, selected) {
  tab.setAttribute("aria-selected", String(selected));
  tab.tabIndex = selected ? 0 : -1;
}

function role(panel, is, tab) {
  if (is) {
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab);
  } else {
    panel.removeAttribute("role");
    panel.removeAttribute("aria-labelledby");
  }
}

function listen(tabs) {
  const [home, messages] = tabs.children;
  home.addEventListener("click", () => go(page.me, page.channel, "home"));
  messages.addEventListener("click", () => go(page.me, page.channel));
  tabs.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const other = document.activeElement === home ? messages : home;
    other.focus();
    other.click();
  });
}
