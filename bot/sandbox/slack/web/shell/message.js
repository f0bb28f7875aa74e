// One message: who, when, what, its files, its thread, and what can be done with it.

import { showBlocks } from "../blocks.js";
import { act, el, toast } from "../dom.js";
import { mrkdwn } from "../mrkdwn.js";
import { attachment } from "./files.js";
import { glyph } from "./glyphs.js";
import { onChange } from "./keep.js";
import { menuButton } from "./menu.js";
import { avatar } from "./people.js";
import { dismiss } from "./private.js";
import { address, page } from "./store.js";
import { ago, clock, inFull, momentOf, shortClock } from "./times.js";

const NO_ANSWER = "The sandbox does not answer.";

/** Make a message's row. An item is {key, message, grouped, replies: messages or null}. */
export function messageRow({ message }) {
  const where = { user: page.me, channel: page.channel, ts: message.ts };
  const parts = {
    face: el("div", { class: "face" }),
    by: el("p", { class: "by" }),
    content: el("div", { class: "content-of" }),
    files: el("div", { class: "attachments" }),
    replies: el("div", { class: "replies-of" }),
  };
  const node = el("article", { class: `message${message.only_you ? " only-you" : ""}`, "data-ts": message.ts },
    parts.face, el("div", { class: "said" }, message.only_you ? onlyYou(message) : null, parts.by, parts.content, parts.files, parts.replies), toolbar(message, where));
  const head = onChange((grouped, user, ts) => drawHead(node, parts, grouped, user, ts));
  const content = onChange((_content, _edited, first) => { drawContent(node, parts.content, latest, where); if (!first) flash(node); });
  const files = onChange((list) => parts.files.replaceChildren(...list.map(attachment)));
  const replies = onChange((_count, _last, _ago) => drawReplies(parts.replies, latestReplies, message));
  let latest = message;
  let latestReplies = null;
  const update = (item) => {
    latest = item.message;
    latestReplies = item.replies;
    head(item.grouped, latest.user, latest.ts);
    content(latest.blocks?.length ? latest.blocks : latest.text, Boolean(latest.edited));
    files(latest.files ?? []);
    const last = item.replies?.at(-1);
    replies(item.replies?.length ?? 0, last?.ts ?? "", last ? ago(momentOf(last.ts)) : "");
  };
  return { node, update };
}

function drawHead(node, parts, grouped, user, ts) {
  const { context } = page;
  const author = context.user(user);
  const name = author?.real_name ?? user;
  const moment = momentOf(ts);
  const time = clock(moment, context);
  node.classList.toggle("grouped", grouped);
  node.setAttribute("aria-label", `${name}, ${time}`);
  const stamp = el("time", { class: "quiet small", datetime: moment.toISOString(), title: inFull(moment, context) }, grouped ? shortClock(moment, context) : time);
  parts.by.replaceChildren(...[el("strong", {}, name), author?.is_bot ? el("span", { class: "tag" }, "APP") : null, grouped ? null : stamp].filter(Boolean));
  parts.by.classList.toggle("hidden", grouped);
  parts.face.replaceChildren(grouped ? stamp : avatar(author));
}

function drawContent(node, root, message, where) {
  const { context } = page;
  if (message.blocks?.length) {
    if (root.dataset.kind !== "blocks") root.replaceChildren();
    root.dataset.kind = "blocks";
    showBlocks(root, message.blocks, { context, channel: where.channel, surface: "message", prefix: `${message.ts}-`, state: {}, send: (name, body) => send(name, { ...where, ...body }) });
    return;
  }
  root.dataset.kind = "text";
  root.replaceChildren(el("div", { class: "plain-text" }, mrkdwn(message.text, context), message.edited ? el("span", { class: "quiet small" }, " (edited)") : null));
}

async function send(name, body) {
  const answer = await act(name, body).catch(() => ({ error: NO_ANSWER }));
  if (name !== "suggest") toast(answer.shown || answer.error, answer.reason);
  return answer;
}

function flash(node) {
  node.classList.remove("flash");
  requestAnimationFrame(() => node.classList.add("flash"));
  node.addEventListener("animationend", (event) => { if (event.target === node) node.classList.remove("flash"); }, { once: true });
}

function drawReplies(root, replies, message) {
  if (!replies?.length) return root.replaceChildren();
  const { context } = page;
  const authors = [...new Set(replies.map((reply) => reply.user))].slice(0, 4);
  const last = momentOf(replies.at(-1).ts);
  return root.replaceChildren(el("a", { class: "replies", href: address(page.me, page.channel, message.ts) },
    el("span", { class: "faces", "aria-hidden": "true" }, authors.map((id) => avatar(context.user(id), "small"))),
    el("span", { class: "reply-count" }, `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`),
    el("span", { class: "quiet small last-reply" }, `Last reply ${ago(last)}`), glyph("right")));
}

function onlyYou(message) {
  return el("p", { class: "only-note" }, glyph("eye"), el("span", {}, "Only visible to you"), el("span", { "aria-hidden": "true" }, "·"),
    el("button", { type: "button", class: "text-button", onclick: () => dismiss(message.ts) }, "Dismiss message"));
}

function toolbar(message, where) {
  if (message.only_you) return null;
  const more = el("button", { type: "button", class: "tool-button", "aria-label": "Message actions", title: "Message actions" }, glyph("more"));
  const box = el("div", { class: "toolbar" },
    el("a", { class: "tool-button", href: address(page.me, page.channel, message.thread_ts || message.ts), "aria-label": "Reply in thread", title: "Reply in thread" }, glyph("reply")), more);
  menuButton(more, () => [
    { label: "Shortcuts", items: shortcuts(where) },
    { items: [{ words: "Copy text", pick: () => copy(box.closest("article")) }] },
  ], { label: "Message actions", align: "end" });
  return box;
}

function shortcuts(where) {
  const app = page.state.users.find((user) => user.is_bot)?.real_name;
  return (page.state.shortcuts ?? []).filter((one) => one.type === "message")
    .map((one) => ({ words: one.name, note: app, pick: () => send("shortcut", { ...where, callback_id: one.callback_id }) }));
}

async function copy(article) {
  const words = article.querySelector(".content-of").innerText;
  await navigator.clipboard?.writeText(words).then(() => toast("Copied"), () => toast("The browser did not allow to copy."));
}
