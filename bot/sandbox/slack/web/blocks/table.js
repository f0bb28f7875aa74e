// Tables as they are sent: the first row is the head.

import { el } from "../dom.js";
import { richText } from "../richtext.js";
import { scroller } from "../scroller.js";

/** Draw a table block. */
export function table(block, place) {
  const settings = (column) => block.column_settings?.[column] ?? {};
  const row = (cells, tag) => el("tr", {}, cells.map((cell, column) => el(tag, {
    scope: tag === "th" ? "col" : null, class: cellClass(cell, settings(column)),
  }, cellContent(cell, place))));
  const [head, ...rows] = block.rows;
  return el("div", {}, scroller("Table",
    el("table", {}, el("thead", {}, row(head, "th")), el("tbody", {}, rows.map((cells) => row(cells, "td"))))));
}

/** Give the classes of a cell; numbers stand at the right where nothing else was said. */
export function cellClass(cell, { align, is_wrapped: wrapped } = {}) {
  const side = align ?? (cell.type === "raw_number" ? "right" : "left");
  return `align-${side} ${wrapped ? "wrapped" : ""}`.trim();
}

/** Draw what stands in a cell. */
export function cellContent(cell, place) {
  return cell.type === "rich_text" ? richText(cell, place.context) : cellText(cell);
}

/** Give a cell's words. */
export function cellText(cell) {
  if (cell.type !== "rich_text") return String(cell.text ?? cell.value ?? "");
  return cell.elements.flatMap((part) => part.elements).map((one) => one.text ?? one.name ?? "").join("");
}
