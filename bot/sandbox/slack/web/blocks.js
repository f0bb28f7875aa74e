// Block Kit's blocks, drawn as Slack draws them.

import { el } from "./dom.js";
import { element } from "./elements.js";
import { mrkdwn, text } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/** Draw blocks. `place`: what the elements in them need (see elements.js). */
export function blocks(list, place) {
  return list.map((block) => {
    const drawn = (DRAW[block.type] ?? unknown)(block, place);
    drawn.classList.add("block", block.type);
    drawn.dataset.block = block.block_id;
    return drawn;
  });
}

const DRAW = {
  section: (block, place) => el("div", {},
    el("div", { class: "body" },
      block.text ? el("div", {}, text(block.text, place.context)) : null,
      block.fields ? el("div", { class: "fields" }, block.fields.map((field) => el("div", {}, text(field, place.context)))) : null),
    block.accessory ? el("div", { class: "accessory" }, element(block.accessory, block, place)) : null),
  header: (block, place) => el(`h${Math.min(6, (block.level ?? 1) + 2)}`, {}, text(block.text, place.context)),
  divider: () => el("hr"),
  context: (block, place) => el("div", {}, block.elements.map((one) => (one.type === "image" ? picture(one) : text(one, place.context)))),
  actions: (block, place) => el("div", {}, block.elements.map((one) => element(one, block, place))),
  context_actions: (block, place) => el("div", {}, block.elements.map((one) => element(one, block, place))),
  input: field,
  image: (block, place) => el("figure", {}, block.title ? el("figcaption", {}, text(block.title, place.context)) : null, picture(block)),
  rich_text: (block, place) => richText(block, place.context),
  markdown: (block, place) => el("div", {}, mrkdwn(block.text.replace(/\*\*(.+?)\*\*/g, "*$1*").replace(/^#+ (.*)$/gm, "*$1*"), place.context)),
  table: (block, place) => el("div", {}, el("table", {}, block.rows.map((row, line) =>
    el("tr", {}, row.map((cell, column) =>
      el(line ? "td" : "th", { class: `align-${block.column_settings?.[column]?.align ?? "left"}` }, tableCell(cell, place))))))),
  alert: (block, place) => el("div", { class: `level-${block.level ?? "default"}`, role: "note" }, text(block.text, place.context)),
};

function unknown(block) {
  return el("div", { class: "quiet" }, `[${block.type}]`);
}

function tableCell(cell, place) {
  return cell.type === "rich_text" ? richText(cell, place.context) : String(cell.text ?? cell.value);
}

function field(block, place) {
  const id = `field-${block.block_id}`;
  const drawn = element(block.element, block, place, id);
  const grouped = ["checkboxes", "radio_buttons"].includes(block.element.type);
  const label = [text(block.label, place.context), block.optional ? el("span", { class: "quiet" }, " (optional)") : null];
  return el(grouped ? "fieldset" : "div", {},
    grouped ? el("legend", {}, label) : el("label", { for: id }, label),
    drawn,
    block.hint ? el("p", { class: "hint", id: `${id}-hint` }, text(block.hint, place.context)) : null,
    el("p", { class: "error", id: `${id}-error`, role: "alert", hidden: true }));
}

// No request leaves the sandbox, so a picture is shown by its description.
function picture(image) {
  return el("span", { class: "picture", role: "img", "aria-label": image.alt_text }, image.alt_text);
}
