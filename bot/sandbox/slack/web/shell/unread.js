// What has come since a conversation was last looked at, kept by this browser.

import { recall, remember } from "./remember.js";

const began = recall("began", null) ?? start();

function start() {
  const now = Date.now() / 1000;
  remember("began", now);
  return now;
}

/** Note that the person sees a conversation now. */
export function markRead(me, channel, messages) {
  if (document.hidden || !messages.length) return;
  const read = recall(`read.${me}`, {});
  const last = Math.max(...messages.map((message) => Number(message.ts)));
  if (read[channel] >= last) return;
  remember(`read.${me}`, { ...read, [channel]: last });
}

/** Give the ts up to which the person has seen a conversation. */
export function seenUntil(me, channel) {
  return recall(`read.${me}`, {})[channel] ?? began;
}

/** Count what the person has not seen; replies in threads are counted with their thread only. */
export function unread(me, channel, messages) {
  const since = seenUntil(me, channel);
  return messages.filter((message) => Number(message.ts) > since && message.user !== me && !isReply(message)).length;
}

/** Say whether a message stands in a thread only. */
export function isReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts && message.subtype !== "thread_broadcast";
}
