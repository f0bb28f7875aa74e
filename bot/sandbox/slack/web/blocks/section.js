// Sections: a text, fields, and an element beside them; long ones are folded, as in Slack.

import { el, uid } from "../dom.js";
import { element } from "../elements.js";
import { text } from "../mrkdwn.js";

const LONG = { characters: 1200, lines: 18 };

/** Draw a section. */
export function section(block, place) {
  const body = el("div", { class: "body" },
    block.text ? words(block, place) : null,
    block.fields ? el("div", { class: "fields" }, block.fields.map((field) => el("div", {}, text(field, place.context)))) : null);
  return el("div", {}, body, block.accessory ? el("div", { class: "accessory" }, element(block.accessory, block, place)) : null);
}

function words(block, place) {
  const drawn = el("div", { class: "words", id: uid("words") }, text(block.text, place.context));
  const source = block.text.text;
  const long = source.length > LONG.characters || source.split("\n").length > LONG.lines;
  if (block.expand || !long || (place.surface ?? "message") !== "message") return drawn;
  drawn.classList.add("folded");
  const button = el("button", { type: "button", class: "link", "aria-expanded": "false", "aria-controls": drawn.id }, "Show more");
  button.addEventListener("click", () => {
    const folded = drawn.classList.toggle("folded");
    button.textContent = folded ? "Show more" : "Show less";
    button.setAttribute("aria-expanded", String(!folded));
  });
  return el("div", {}, drawn, button);
}
