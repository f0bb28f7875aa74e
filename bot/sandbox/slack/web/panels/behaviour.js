// How a job's next change ends and how long it takes; a choice is in force at once.

import { el, uid } from "../dom.js";
import { field } from "./faults.js";
import { endOf } from "./words.js";

/** Make the fields of a job's behaviour. `latest()` gives the deployment as it is now. */
export function behaviourForm(latest, cloud) {
  const has = (member) => member in (latest().behaviour ?? {});
  const parts = [
    ...Object.entries(cloud.known.turns).filter(([member]) => has(member)).map(([member, [label, ends]]) => choice(member, label, ends, latest, cloud)),
    ...Object.entries(cloud.known.times).filter(([member]) => has(member)).map(([member, label]) => seconds(member, label, latest, cloud)),
  ];
  if (!parts.length) return { node: null, update: () => {} };
  return { node: el("div", { class: "lab-form" }, parts.map((part) => part.node)), update: (behaviour) => { for (const part of parts) part.update(behaviour); } };
}

/** Say what is not as it was: the words of every changed end, and how long it takes now. */
export function changesOf(before, now, known) {
  const ends = Object.entries(known.turns).filter(([member]) => differs(before, now, member)).map(([member, [label, all]]) => `${lower(label)} ${endOf(all, now, member)[1]}`);
  const times = Object.entries(known.times).filter(([member]) => differs(before, now, member)).map(([member, label]) => `${lower(label)} ${now[member]} s`);
  return [...ends, ...times];
}

function differs(before, now, member) {
  return before?.[member] !== now?.[member];
}

function lower(words) {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function choice(member, label, ends, latest, cloud) {
  const id = uid("turn");
  const options = [...ends];
  const control = el("select", { id, class: "select" }, options.map(([, words], place) => el("option", { value: String(place) }, words)));
  control.addEventListener("change", () => { const [value, , more] = options[Number(control.value)]; cloud.behave(latest(), { [member]: value, ...more }); });
  const update = (behaviour) => {
    if (document.activeElement === control) return;
    const end = endOf(options, behaviour, member);
    if (!options.includes(end)) {
      options.push(end);
      control.append(el("option", { value: String(options.length - 1) }, end[1]));
    }
    control.value = String(options.indexOf(end));
  };
  return { node: field(id, label, control), update };
}

function seconds(member, label, latest, cloud) {
  const id = uid("seconds");
  const control = el("input", { id, class: "text-field number", type: "number", min: "0", max: "3600", step: "any" });
  control.addEventListener("change", () => { if (control.value && control.checkValidity()) cloud.behave(latest(), { [member]: Number(control.value) }); });
  return { node: field(id, `${label} (s)`, control), update: (behaviour) => { if (document.activeElement !== control) control.value = String(behaviour[member]); } };
}
