// Where the person stands and what they see: the address, the state, and who draws it.

import { contextOf } from "../context.js";

/** `spot` is a thread's ts or "home"; `here` the channel shown; `messages` those of it. */
export const page = { me: "", channel: "", spot: "", state: null, context: null, here: null, messages: [] };
const drawers = [];
let reading = null;
let again = false;

/** Call `draw(page)` at every change, in the order asked for. */
export function onDraw(draw) {
  drawers.push(draw);
}

/** Go somewhere; the address remembers it, so that a reload shows the same. */
export function go(me, channel = "", spot = "") {
  location.hash = address(me, channel, spot);
}

/** Give the address of a place, for links. */
export function address(me, channel = "", spot = "") {
  return `#${[me, channel, spot].filter(Boolean).join("/")}`;
}

/** Take over the address. */
export function readAddress() {
  [page.me = "", page.channel = "", page.spot = ""] = decodeURIComponent(location.hash.slice(1)).split("/");
}

/** Read the state and draw it; calls while reading lead to one more reading. */
export function refresh() {
  if (reading) { again = true; return reading; }
  reading = read().catch(() => {}).finally(() => {
    reading = null;
    if (again) { again = false; refresh(); }
  });
  return reading;
}

async function read() {
  if (!page.me) page.me = await firstPerson();
  const asked = page.me;
  const response = await fetch(`/sandbox/state?user=${encodeURIComponent(asked)}`);
  const state = await response.json();
  if (page.me !== asked) { again = true; return; } // somebody else by now; to wait for that here would be for ever
  if (!response.ok) return location.replace("#");
  page.me = state.me; // the address may name a person as people do
  page.state = state;
  return draw();
}

async function firstPerson() {
  const { users } = await (await fetch("/sandbox/state")).json();
  return users.find((user) => !user.is_bot).id;
}

function draw() {
  const { state } = page;
  page.here = state.channels.find((one) => one.id === page.channel) ?? ordered(state.channels)[0];
  page.channel = page.here.id;
  page.messages = state.messages[page.channel] ?? [];
  page.context = contextOf(state);
  if (page.spot === "home" && !(state.home_enabled && page.here.is_im)) page.spot = "";
  for (const one of drawers) one(page);
}

/** Give conversations in the order of the sidebar. */
export function ordered(channels) {
  const rank = (one) => (one.is_im ? 2 : one.is_archived ? 1 : 0);
  return [...channels].sort((one, other) => rank(one) - rank(other));
}
