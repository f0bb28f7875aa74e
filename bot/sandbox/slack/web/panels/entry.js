// One request of the traffic: a line, and when it is opened what was asked and answered.

import { el, toast } from "../dom.js";
import { glyph } from "../shell/glyphs.js";
import { page } from "../shell/store.js";
import { json, pretty } from "./json.js";

/** Draw an entry. */
export function entryRow(entry) {
  const toApp = entry.direction === "to_app";
  const details = el("details", { class: `entry ${entry.ok ? "" : "bad"}` }, el("summary", {},
    el("span", { class: `way ${toApp ? "to" : "from"}`, title: toApp ? "Slack asks the app" : "The app asks Slack" }, glyph(toApp ? "in" : "out"), el("span", { class: "hidden" }, toApp ? "To the app: " : "From the app: ")),
    el("span", { class: "entry-words" }, el("strong", {}, entry.kind), el("span", { class: "quiet small" }, ` ${entry.summary}`)),
    el("span", { class: "entry-end" }, verdict(entry), el("span", { class: "quiet small" }, `${clock(entry)} · ${entry.took_ms} ms`))));
  details.addEventListener("toggle", () => { if (details.open && details.children.length === 1) details.append(body(entry)); });
  return el("li", {}, details);
}

/** Give the time of day as a log has it, in the zone in which the person sees messages. */
function clock({ at }, more = {}) {
  return new Date(at * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: page.context?.tz, ...more });
}

function verdict(entry) {
  const words = entry.error || (entry.status === null || entry.status === undefined ? "no answer" : String(entry.status));
  return el("span", { class: `verdict ${entry.ok ? "good" : "bad"}`, title: words }, words);
}

function body(entry) {
  return el("div", { class: "entry-body" }, el("p", { class: "quiet small" }, `${entry.direction === "to_app" ? "Slack → app" : "App → Slack"} at ${clock(entry, { fractionalSecondDigits: 3 })}, number ${entry.id}`),
    part("Request", entry.request, entry.kind), part("Answer", entry.response, entry.kind));
}

function part(name, value, kind) {
  const copy = el("button", { type: "button", class: "text-button", "aria-label": `Copy the ${name.toLowerCase()}`, onclick: () => copied(pretty(value)) }, glyph("copy"), "Copy");
  const empty = value === null || value === undefined || value === "";
  return el("div", { class: "entry-part" }, el("div", { class: "part-head" }, el("h3", {}, name), empty ? null : copy), empty ? el("p", { class: "quiet small" }, "empty") : json(value, `${name} of ${kind}`));
}

async function copied(text) {
  await navigator.clipboard?.writeText(text).then(() => toast("Copied"), () => toast("The browser did not allow to copy."));
}
