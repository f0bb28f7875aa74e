// The pane of one thread: what it hangs from, and the replies.

import { el } from "../dom.js";
import { rows, placeOf } from "./channel.js";
import { MessageList } from "./list.js";
import { undismissed } from "./private.js";
import { go, page } from "./store.js";

/** Give what draws the pane. `changed(open)` hears when it opens or closes. */
export function threadView(pane, changed) {
  const at = (id) => document.getElementById(id);
  const list = new MessageList(at("replies"), (item) => (item.kind === "count" ? countRow() : null));
  const close = () => go(page.me, page.channel);
  at("thread-close").addEventListener("click", close);
  pane.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) close();
  });
  let open = "";
  return () => {
    const messages = undismissed(page.messages);
    const parent = page.spot && messages.find((message) => message.ts === page.spot);
    pane.hidden = !parent;
    if (open !== (parent ? page.spot : "")) changed(Boolean(parent), open);
    open = parent ? page.spot : "";
    if (!parent) return;
    at("thread-place").textContent = page.here.is_im ? page.here.name : `#${page.here.name}`;
    list.show(items(parent, messages), `${placeOf(page)} ${parent.ts}`);
  };
}

function items(parent, messages) {
  const replies = messages.filter((message) => message.thread_ts === parent.ts && message.ts !== parent.ts);
  const bare = (item) => (item.message ? { ...item, replies: null } : item);
  const below = rows(replies, page).filter((item) => item.kind !== "day").map(bare);
  const count = replies.length ? [{ kind: "count", key: "count", words: `${replies.length} ${replies.length === 1 ? "reply" : "replies"}` }] : [];
  return [{ key: parent.ts, message: parent, replies: null, grouped: false }, ...count, ...below];
}

function countRow() {
  const words = el("span", {});
  return { node: el("div", { class: "count-row" }, words), update: (item) => { words.textContent = item.words; } };
}
