// One deployment of a simulated cloud: what is saved, what runs, and what to do to it.

import { el, uid } from "../dom.js";
import { onChange } from "../shell/keep.js";
import { behaviourForm } from "./behaviour.js";
import { field } from "./faults.js";

const GOOD = new Set(["RUNNING", "HOT_UPDATED", "FINISHED", "job_running", "job_finish"]);
const BAD = new Set(["FAILED", "CANCELLED", "job_submit_fail", "job_running_exception", "job_cancel_fail", "job_arrearage_stopped"]);
const MANY = 5; // lines that are shown at once

/** Make a row. An item is {deployment}; `cloud` is its section. */
export function deploymentRow({ deployment }, cloud) {
  let latest = deployment;
  const parts = { line: el("span", { class: "deployment-line" }), facts: el("dl", { class: "facts" }) };
  const act = (path, body) => cloud.act(`deployments/${latest.id}/${path}`, body);
  const turns = behaviourForm(() => latest, cloud);
  const details = el("details", { class: "deployment" }, el("summary", {}, el("span", { class: "deployment-name" }, deployment.name), parts.line),
    el("div", { class: "deployment-body" }, turns.node, editForm(() => latest, act),
      el("div", { class: "lab-row" }, el("button", { type: "button", class: "button", "aria-label": `Restart the job of ${deployment.name}`, onclick: () => act("restart", {}) }, "Restart the job"),
        el("span", { class: "quiet small" }, "A new job with what is saved; updates that watch the old one must notice.")), parts.facts));
  const line = onChange((state, parallelism, differs, update) => drawLine(parts.line, state, parallelism, differs, update));
  const facts = onChange((pairs) => parts.facts.replaceChildren(...pairs.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, short(value))])));
  const update = ({ deployment: now }) => {
    latest = now;
    const last = now.hotUpdates?.at(-1);
    line(now.job?.state ?? "no job", now.running?.parallelism ?? now.saved?.parallelism ?? null, differences(now).length, last && !GOOD.has(last.state) ? last.state : "");
    facts(factsOf(now));
    turns.update(now.behaviour ?? {});
  };
  return { node: el("li", { "data-name": deployment.name }, details), update };
}

function short(value) {
  const lines = value.split("\n");
  if (lines.length <= MANY) return value;
  return [lines.slice(0, MANY - 1).join("\n"), el("details", {}, el("summary", {}, `${lines.length - MANY + 1} more`), lines.slice(MANY - 1).join("\n"))];
}

function drawLine(root, state, parallelism, differs, update) {
  const chip = (words, kind) => el("span", { class: `verdict ${kind}` }, plain(words));
  root.replaceChildren(...[
    update ? chip(update, BAD.has(update) ? "bad" : "busy") : null,
    differs ? chip("unapplied", "busy") : null,
    parallelism === null ? null : el("span", { class: "quiet small" }, el("span", { class: "hidden" }, "Parallelism "), `×${parallelism}`),
    chip(state, GOOD.has(state) ? "good" : BAD.has(state) ? "bad" : "busy"),
  ].filter(Boolean));
}

/** Give a state without what every state of its cloud begins with. */
function plain(state) {
  return state.replace(/^job_/, "").replaceAll("_", " ").toLowerCase();
}

function factsOf(now) {
  const last = now.hotUpdates?.at(-1);
  const lines = (values) => Object.entries(values ?? {}).map(([key, value]) => `${key}: ${value}`).join("\n");
  return [
    ["Job", now.job ? `${now.job.state}, ${now.job.restarts} restarts, ${now.job.id}` : "none"],
    ["Why", now.statusDesc],
    ...differences(now).map(([key, saved, running]) => [key, `runs ${running ?? "unset"}, saved ${saved ?? "unset"}`]),
    ["Last hot update", last ? `${last.state} (${last.id})` : ""],
    ["Last saved by", now.modifier ?? "unknown"],
    ["Saved", lines(now.saved)],
    ["Operators", lines(now.operators)],
  ].filter(([, value]) => value);
}

function differences({ saved = {}, running = {} }) {
  if (!Object.keys(running).length) return [];
  return [...new Set([...Object.keys(saved), ...Object.keys(running)])].filter((key) => String(saved[key]) !== String(running[key])).map((key) => [key, saved[key], running[key]]);
}

/** What somebody else saves at the console, behind the bot's back. */
function editForm(latest, act) {
  const [people, count, key, value] = ["by", "parallelism", "key", "value"].map(uid);
  const by = el("input", { id: people, class: "text-field", type: "text", value: "zhang.min", required: true });
  const parallelism = el("input", { id: count, class: "text-field number", type: "number", min: "1", max: "1000", placeholder: "as it is" });
  const setting = el("input", { id: key, class: "text-field", type: "text", placeholder: "table.exec.state.ttl", spellcheck: "false" });
  const content = el("input", { id: value, class: "text-field", type: "text", placeholder: "48 h", spellcheck: "false" });
  const save = async (event) => {
    event.preventDefault();
    const body = { by: by.value };
    if (parallelism.value) body.parallelism = Number(parallelism.value);
    if (setting.value) body.flinkConf = { [setting.value]: content.value || null };
    if (await act("edit", body)) parallelism.value = setting.value = content.value = "";
  };
  return el("details", { class: "lab-more" }, el("summary", {}, "Save a change behind the bot's back"),
    el("form", { class: "lab-form", onsubmit: save }, field(count, "Parallelism", parallelism), field(people, "Saved by", by), field(key, "Setting", setting), field(value, "Value (empty: unset)", content),
      el("button", { type: "submit", class: "button", "aria-label": `Save a change of ${latest().name}` }, "Save")));
}
