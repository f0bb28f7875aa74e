// Data tables: a caption, pages, and columns to sort by.

import { el } from "../dom.js";
import { icon, smallButton } from "../icons.js";
import { scroller } from "../scroller.js";
import { cellClass, cellContent, cellText } from "./table.js";

const PAGE = 5;
const SORTS = { none: "sort", ascending: "ascending", descending: "descending" };

/** Draw a data table. */
export function dataTable(block, place) {
  const [head, ...rows] = block.rows;
  const size = block.page_size ?? PAGE;
  const view = { from: 0, by: null, order: "none" };
  const headers = head.map((cell, column) => header(cell, rows[0]?.[column] ?? cell, () => sort(column)));
  const body = el("tbody");
  const note = el("span", { class: "quiet", role: "status" });
  const turn = (by, words, drawing) => smallButton(words, drawing, () => { view.from += by * size; draw(); });
  const [back, on] = [turn(-1, "Previous page", "left"), turn(1, "Next page", "right")];

  function sort(column) {
    view.order = view.by !== column || view.order === "none" ? "ascending" : view.order === "ascending" ? "descending" : "none";
    Object.assign(view, { by: column, from: 0 });
    draw();
  }
  function draw() {
    const sorted = inOrder(rows, view);
    body.replaceChildren(...sorted.slice(view.from, view.from + size).map((cells) => row(cells, block.row_header_column_index ?? 0, place)));
    headers.forEach(({ node, sign }, column) => {
      const order = column === view.by ? view.order : "none";
      node.setAttribute("aria-sort", order);
      sign.replaceChildren(icon(SORTS[order]));
    });
    note.textContent = `${view.from + 1}–${Math.min(view.from + size, rows.length)} of ${rows.length}`;
    back.disabled = view.from === 0;
    on.disabled = view.from + size >= rows.length;
  }
  draw();
  return el("div", {},
    scroller(block.caption,
      el("table", {}, el("caption", {}, block.caption), el("thead", {}, el("tr", {}, headers.map(({ node }) => node))), body)),
    rows.length > size ? el("div", { class: "pages" }, note, back, on) : null);
}

function header(cell, below, sort) {
  const sign = el("span", { class: "sign" });
  const node = el("th", { scope: "col", class: cellClass({ type: below.type }) }, el("button", { type: "button", onclick: sort }, cellText(cell), sign));
  return { node, sign };
}

function row(cells, heading, place) {
  return el("tr", {}, cells.map((cell, column) => el(column === heading ? "th" : "td", { scope: column === heading ? "row" : null, class: cellClass(cell) }, cellContent(cell, place))));
}

function inOrder(rows, { by, order }) {
  if (by === null || order === "none") return rows;
  const sign = order === "ascending" ? 1 : -1;
  const compare = (one, other) => (one.type === "raw_number" && other.type === "raw_number"
    ? Number(one.value) - Number(other.value)
    : cellText(one).localeCompare(cellText(other), undefined, { numeric: true }));
  return [...rows].sort((one, other) => sign * compare(one[by], other[by]));
}
