// Cards, rows of cards, and containers of other blocks.

import { el, uid } from "../dom.js";
import { element } from "../elements.js";
import { icon, smallButton } from "../icons.js";
import { text } from "../mrkdwn.js";
import { picture } from "../picture.js";
import { richText } from "../richtext.js";

/** Draw a card. */
export function card(block, place) {
  const part = (name, attributes) => (block[name] ? el("div", attributes, text(block[name], place.context)) : null);
  const titles = [part("title", { class: "title" }), part("subtitle", { class: "subtitle" })];
  return el("div", {},
    block.hero_image ? picture(block.hero_image, "hero") : null,
    el("div", { class: "head" }, block.icon ? picture(block.icon, "thumbnail") : null, el("div", {}, titles)),
    part("body", { class: "words" }), part("subtext", { class: "subtext" }),
    block.actions ? el("div", { class: "row" }, block.actions.map((one) => element(one, block, place))) : null);
}

/** Draw cards side by side. */
export function carousel(block, place) {
  const track = el("div", { class: "track", tabindex: "0", role: "group", "aria-label": "Cards" }, block.elements.map((one) => {
    const drawn = card({ ...one, block_id: one.block_id ?? block.block_id }, place);
    drawn.classList.add("card");
    return drawn;
  }));
  const turn = (by, words, drawing) => smallButton(words, drawing, () => track.scrollBy({ left: by * track.clientWidth * 0.8, behavior: "smooth" }));
  return el("div", {}, track, block.elements.length > 1 ? el("div", { class: "turns" }, turn(-1, "Earlier cards", "left"), turn(1, "Later cards", "right")) : null);
}

/** Draw a container. `blocks` draws what is in it. */
export function container(block, place, blocks) {
  const body = el("div", { class: "children", id: uid("children"), hidden: Boolean(block.is_collapsible && block.default_collapsed) }, blocks(block.child_blocks, place));
  const title = block.rich_text_title ? richText(block.rich_text_title, place.context) : el("span", { class: "title" }, text(block.title, place.context));
  const head = el("div", { class: `head ${block.has_header_divider ? "divided" : ""}` },
    block.icon ? picture(block.icon, "thumbnail") : null,
    el("div", { class: "titles" }, title, block.subtitle ? el("div", { class: "subtitle" }, text(block.subtitle, place.context)) : null),
    block.is_collapsible ? folder(body, block.title?.text ?? "this part") : null);
  return el("div", { class: `width-${block.width ?? "standard"}` }, head, body);
}

function folder(body, name) {
  const button = el("button", { type: "button", class: "icon-button folder", "aria-label": `Show ${name}`, "aria-expanded": String(!body.hidden), "aria-controls": body.id }, icon("down"));
  button.addEventListener("click", () => {
    body.hidden = !body.hidden;
    button.setAttribute("aria-expanded", String(!body.hidden));
  });
  return button;
}
