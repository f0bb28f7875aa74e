// One deployment of a simulated cloud: what is saved, what runs, and what to do to it.

import { el, uid } from "../dom.js";
import { onChange } from "../shell/keep.js";
import { field } from "./faults.js";
import { OUTCOMES } from "./words.js";

const GOOD = new Set(["RUNNING", "HOT_UPDATED", "FINISHED", "succeed"]);
const BAD = new Set(["FAILED", "CANCELLED"]);

/** Make a row. An item is {deployment}; `cloud` is its section. */
export function deploymentRow({ deployment }, cloud) {
  let latest = deployment;
  const parts = { line: el("span", { class: "deployment-line" }), facts: el("dl", { class: "facts" }) };
  const act = (path, body) => cloud.act(`deployments/${latest.id}/${path}`, body);
  const turns = behaviourForm(() => latest, cloud);
  const details = el("details", { class: "deployment" }, el("summary", {}, el("span", { class: "deployment-name" }, deployment.name), parts.line),
    el("div", { class: "deployment-body" }, parts.facts, turns.node, editForm(() => latest, act),
      el("div", { class: "lab-row" }, el("button", { type: "button", class: "button", "aria-label": `Restart the job of ${deployment.name}`, onclick: () => act("restart", {}) }, "Restart the job"),
        el("span", { class: "quiet small" }, "A new job with what is saved; updates that watch the old one must notice."))));
  const line = onChange((state, parallelism, differs, update) => drawLine(parts.line, state, parallelism, differs, update));
  const facts = onChange((pairs) => parts.facts.replaceChildren(...pairs.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])));
  const update = ({ deployment: now }) => {
    latest = now;
    const last = now.hotUpdates?.at(-1);
    line(now.job?.state ?? "no job", now.running?.parallelism ?? now.saved?.parallelism ?? null, differences(now).length, last && !GOOD.has(last.state) ? last.state : "");
    facts(factsOf(now));
    turns.update(now.behaviour);
  };
  return { node: el("li", { "data-name": deployment.name }, details), update };
}

function drawLine(root, state, parallelism, differs, update) {
  const chip = (words, kind) => el("span", { class: `verdict ${kind}` }, words);
  root.replaceChildren(...[
    update ? chip(update, BAD.has(update) ? "bad" : "busy") : null,
    differs ? chip("unapplied", "busy") : null,
    parallelism === null ? null : el("span", { class: "quiet small", title: "Parallelism" }, `×${parallelism}`),
    chip(state, GOOD.has(state) ? "good" : BAD.has(state) ? "bad" : "busy"),
  ].filter(Boolean));
}

function factsOf(now) {
  const job = now.job ? `${now.job.state}, ${now.job.restarts} restarts, ${now.job.id}` : "none";
  const last = now.hotUpdates?.at(-1);
  const operators = Object.entries(now.operators ?? {}).map(([name, count]) => `${name}: ${count}`).join("\n");
  return [
    ["Job", job],
    ...differences(now).map(([key, saved, running]) => [key, `runs ${running ?? "unset"}, saved ${saved ?? "unset"}`]),
    ["Saved", Object.entries(now.saved ?? {}).map(([key, value]) => `${key}: ${value}`).join("\n")],
    ["Last saved by", now.modifier ?? "unknown"],
    ...(last ? [["Last hot update", `${last.state} (${last.id})`]] : []),
    ...(operators ? [["Operators", operators]] : []),
  ];
}

function differences({ saved = {}, running = {} }) {
  if (!Object.keys(running).length) return [];
  return [...new Set([...Object.keys(saved), ...Object.keys(running)])].filter((key) => String(saved[key]) !== String(running[key])).map((key) => [key, saved[key], running[key]]);
}

/** How its next hot updates end; a choice is in force at once. */
function behaviourForm(latest, cloud) {
  if (!latest().behaviour) return { node: null, update: () => {} };
  const [outcome, seconds] = [uid("outcome"), uid("seconds")];
  const choice = el("select", { id: outcome, class: "select" }, ends().map(([value, words]) => el("option", { value }, words)));
  const time = el("input", { id: seconds, class: "text-field number", type: "number", min: "0", max: "3600", step: "any" });
  choice.addEventListener("change", () => { const [end, severity = "LOW"] = choice.value.split(" "); cloud.behave(latest(), { outcome: end, severity }); });
  time.addEventListener("change", () => { if (time.value && time.checkValidity()) cloud.behave(latest(), { duration_s: Number(time.value) }); });
  const update = (behaviour) => {
    const value = behaviour.outcome === "fail" ? `fail ${behaviour.severity}` : behaviour.outcome;
    if (document.activeElement !== choice) choice.value = value;
    if (document.activeElement !== time) time.value = String(behaviour.duration_s);
  };
  return { update, node: el("div", { class: "lab-form" }, field(outcome, "Its next hot update", choice), field(seconds, "After seconds", time)) };
}

function ends() {
  const { fail: _fail, ...others } = OUTCOMES;
  const [first, ...rest] = Object.entries(others);
  return [first, ["fail LOW", "fails, the job goes on"], ["fail CRITICAL", "fails and takes the job down"], ...rest];
}

/** What somebody else saves at the console, behind the bot's back. */
function editForm(latest, act) {
  const [people, count, key, value] = ["by", "parallelism", "key", "value"].map(uid);
  const by = el("input", { id: people, class: "text-field", type: "text", value: "zhang.min", required: true });
  const parallelism = el("input", { id: count, class: "text-field number", type: "number", min: "1", max: "1000" });
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
