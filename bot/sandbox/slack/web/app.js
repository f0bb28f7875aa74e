// The page: reads what the person sees, draws it, and reads it again at every change.

import { blocks } from "./blocks.js";
import { contextOf } from "./context.js";
import { act, el, toast } from "./dom.js";
import { showModal } from "./modal.js";
import { mrkdwn } from "./mrkdwn.js";

const at = (id) => document.getElementById(id);
const page = { me: "", channel: "", thread: "", state: null, context: null };

/** The address remembers person, channel and thread, so that a reload shows the same. */
function readAddress() {
  [page.me = "", page.channel = "", page.thread = ""] = decodeURIComponent(location.hash.slice(1)).split("/");
}

function go(me, channel, thread = "") {
  location.hash = [me, channel, thread].filter(Boolean).join("/");
}

let reading = null;
let again = false;

/** Read the state; calls while reading lead to one more reading. */
function refresh() {
  if (reading) { again = true; return reading; }
  reading = read().finally(() => {
    reading = null;
    if (again) { again = false; refresh(); }
  });
  return reading;
}

async function read() {
  if (!page.me) {
    const { users } = await (await fetch("/sandbox/state")).json();
    page.me = users.find((user) => !user.is_bot).id;
  }
  const response = await fetch(`/sandbox/state?user=${encodeURIComponent(page.me)}`);
  page.state = await response.json();
  draw();
}

function draw() {
  const { state } = page;
  const channel = state.channels.find((one) => one.id === page.channel) ?? state.channels[0];
  page.channel = channel.id;
  page.context = { ...contextOf(state), channel: channel.id };
  drawSidebar(state, channel);
  drawChannel(state.messages[channel.id], channel);
  drawThread(state.messages[channel.id]);
  showModal(state.views, page);
}

function drawSidebar(state, current) {
  const people = state.users.filter((user) => !user.is_bot);
  at("who").replaceChildren(...people.map((user) => el("option", { value: user.id, selected: user.id === page.me }, `${user.real_name} (${user.locale})`)));
  const link = (channel) => el("a", {
    href: `#${page.me}/${channel.id}`, "aria-current": channel.id === current.id ? "page" : null, class: channel.is_archived ? "archived" : "",
  }, `${mark(channel)} ${channel.name}`);
  const [direct, open] = [state.channels.filter((one) => one.is_im), state.channels.filter((one) => !one.is_im)];
  at("channels").replaceChildren(el("h3", {}, "Channels"), ...open.map(link), el("h3", {}, "Direct messages"), ...direct.map(link));
}

function mark(channel) {
  if (channel.is_im) return "●";
  return channel.is_private ? "◆" : "#";
}

function drawChannel(messages, channel) {
  at("channel-name").textContent = `${mark(channel)} ${channel.name}`;
  at("channel-note").textContent = channel.is_archived ? "archived" : "";
  const composer = at("composer");
  composer.hidden = channel.is_archived;
  at("typed").placeholder = `Message ${channel.is_im ? channel.name : `#${channel.name}`}, or a command: /flink`;
  const shown = messages.filter((message) => !message.thread_ts || message.thread_ts === message.ts || message.subtype === "thread_broadcast");
  const nodes = shown.map((message) => drawMessage(message, messages));
  fill(at("messages"), nodes.length ? nodes : [el("p", { class: "empty" }, "Nothing here yet. Type /flink to begin.")]);
}

function drawThread(messages) {
  const parent = messages.find((message) => message.ts === page.thread);
  at("thread").hidden = !parent;
  if (!parent) return;
  const replies = messages.filter((message) => message.thread_ts === page.thread && message.ts !== page.thread);
  fill(at("replies"), [parent, ...replies].map((message) => drawMessage(message, null)));
}

/** Replace a list's content; it stays at its end if it stood there. Unchanged messages keep their nodes. */
function fill(list, nodes) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const known = new Map([...list.children].map((node) => [node.dataset.key, node]));
  list.replaceChildren(...nodes.map((node) => known.get(node.dataset.key) ?? node));
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function drawMessage(message, all) {
  const { context } = page;
  const author = context.user(message.user);
  const where = { channel: page.channel, ts: message.ts };
  const send = async (name, body) => {
    const answer = await act(name, { user: page.me, ...where, ...body });
    if (name !== "suggest") toast(answer.shown ?? answer.error, answer.reason);
    return answer;
  };
  const replies = all ? all.filter((other) => other.thread_ts === message.ts && other.ts !== message.ts).length : 0;
  const moment = new Date(Number(message.ts) * 1000);
  const key = JSON.stringify([message, replies, all === null, page.me, page.channel]);
  return el("article", { class: `message ${message.only_you ? "only-you" : ""}`, "data-key": key, "data-ts": message.ts },
    el("div", { class: `avatar ${author?.is_bot ? "bot" : ""}`, "aria-hidden": "true" }, author?.is_bot ? "F" : (author?.real_name ?? "?")[0]),
    el("div", { class: "said" },
      message.only_you ? el("p", { class: "quiet small" }, "Only visible to you") : null,
      el("p", { class: "by" }, el("strong", {}, author?.real_name ?? message.user), author?.is_bot ? el("span", { class: "tag" }, "APP") : null,
        el("time", { class: "quiet small", datetime: moment.toISOString(), title: moment.toString() }, moment.toLocaleTimeString(context.locale, { hour: "numeric", minute: "2-digit" }))),
      message.blocks?.length ? blocks(message.blocks, { context, send }) : el("div", {}, mrkdwn(message.text, context), message.edited ? el("span", { class: "quiet small" }, " (edited)") : null),
      (message.files ?? []).map((file) => el("a", { class: "file", href: file.url_private, target: "_blank" }, `▤ ${file.title}`)),
      replies ? el("a", { class: "replies", href: `#${page.me}/${page.channel}/${message.ts}` }, `${replies} ${replies === 1 ? "reply" : "replies"}`) : null));
}

async function type(input, thread = "") {
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  const body = { user: page.me, channel: page.channel, text, thread };
  const answer = await act(text.startsWith("/") && !thread ? "command" : "say", body);
  toast(answer.shown ?? answer.error, answer.reason);
}

at("composer").addEventListener("submit", (event) => { event.preventDefault(); type(at("typed")); });
at("reply").addEventListener("submit", (event) => { event.preventDefault(); type(at("replied"), page.thread); });
at("who").addEventListener("change", (event) => go(event.target.value, ""));
at("thread-close").addEventListener("click", () => go(page.me, page.channel));
window.addEventListener("hashchange", () => { readAddress(); refresh(); });

readAddress();
await refresh();
const changes = new EventSource("/sandbox/changes");
changes.addEventListener("message", refresh);
