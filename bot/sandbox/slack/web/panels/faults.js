// The form that breaks calls to a cloud.

import { el } from "../dom.js";
import { CODED, TIMED } from "./words.js";

/** Make the form of a cloud. */
export function faultForm(cloud) {
  const id = (part) => `fault-${cloud.name}-${part}`;
  const operation = el("select", { id: id("operation"), class: "select" }, [["*", "Any call"], ...cloud.known.operations.map((one) => [one, one])].map(([value, words]) => el("option", { value }, words)));
  const kind = el("select", { id: id("kind"), class: "select" }, Object.entries(cloud.known.faults).map(([value, words]) => el("option", { value }, words)));
  const times = el("input", { id: id("times"), class: "text-field number", type: "number", min: "1", max: "1000", value: "1", required: true });
  const seconds = el("input", { id: id("seconds"), class: "text-field number", type: "number", min: "0", max: "3600", step: "any", value: "5" });
  const late = field(id("seconds"), "Seconds", seconds);
  kind.addEventListener("change", () => { late.hidden = !TIMED.has(kind.value); });
  const send = (event) => {
    event.preventDefault();
    const body = { operation: operation.value, kind: kind.value, times: Number(times.value) };
    if (TIMED.has(kind.value)) body.seconds = Number(seconds.value);
    if (CODED.has(kind.value)) Object.assign(body, { code: "InternalError", message: "an error on order" });
    cloud.act("faults", body);
  };
  return el("details", { class: "lab-more" }, el("summary", {}, "Break calls to this cloud"),
    el("form", { class: "lab-form", onsubmit: send }, field(id("operation"), "Operation", operation), field(id("kind"), "What happens", kind), field(id("times"), "Times", times), late,
      el("button", { type: "submit", class: "button" }, "Break it")));
}

/** Give a field with its label. */
export function field(id, label, control) {
  return el("div", { class: "lab-field" }, el("label", { for: id }, label), control);
}
