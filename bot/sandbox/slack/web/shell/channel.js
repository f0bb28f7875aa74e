// The conversation in the middle: its messages by day and by author.

import { el } from "../dom.js";
import { MessageList } from "./list.js";
import { undismissed } from "./private.js";
import { isReply, markRead, seenUntil } from "./unread.js";
import { dayName, dayOf, momentOf } from "./times.js";
import { beginning } from "./welcome.js";

const TOGETHER = 5 * 60; // seconds within which messages of one author share a heading
const DRAWN = { day: divider, new: divider, beginning };

/** Give what draws the log. */
export function channelView(root) {
  const list = new MessageList(root, (item) => DRAWN[item.kind]?.(item));
  let arrived = { place: "", since: 0 };
  return (page) => {
    if (arrived.place !== placeOf(page)) arrived = { place: placeOf(page), since: seenUntil(page.me, page.channel) };
    const messages = undismissed(page.messages).filter((message) => !isReply(message));
    list.show([{ kind: "beginning", key: "beginning", empty: !messages.length, channel: page.here }, ...rows(messages, page, arrived.since)], placeOf(page));
    if (page.spot !== "home") markRead(page.me, page.channel, page.messages);
  };
}

/** Give what makes messages be drawn afresh: who reads, where, and in which language. */
export function placeOf(page) {
  return [page.me, page.channel, page.context.locale].join(" ");
}

/** Give the rows of messages: days, where the new begins, and messages with what their thread holds. */
export function rows(messages, page, since = Infinity) {
  const all = page.messages;
  const found = [];
  const firstNew = messages.find((message) => Number(message.ts) > since);
  let before = null;
  for (const message of messages) {
    const day = dayOf(momentOf(message.ts), page.context);
    if (!before || dayOf(momentOf(before.ts), page.context) !== day) {
      found.push({ kind: "day", key: `day ${day}`, words: dayName(momentOf(message.ts), page.context) });
      before = null;
    }
    if (message === firstNew && message.user !== page.me && found.length > 1) {
      found.push({ kind: "new", key: "new", words: "New" });
      before = null;
    }
    const replies = all.filter((other) => other.thread_ts === message.ts && other.ts !== message.ts);
    found.push({ key: message.ts, message, replies, grouped: together(before, message) });
    before = replies.length ? null : message;
    if (replies.length) before = { ...message, user: "" };
  }
  return found;
}

/** Say whether a message stands under the heading of the one before. */
export function together(before, message) {
  if (!before || message.only_you || before.only_you) return false;
  return before.user === message.user && Number(message.ts) - Number(before.ts) < TOGETHER;
}

function divider({ kind }) {
  const words = el("span", {});
  const node = el("div", { class: `divide ${kind}`, role: "separator" }, words);
  return { node, update: (item) => { words.textContent = item.words; node.setAttribute("aria-label", item.words); } };
}
