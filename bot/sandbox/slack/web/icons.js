// The page's line icons, drawn on a grid of 20 by 20.

import { el, svg } from "./dom.js";

const STROKES = {
  down: "M5 8l5 5 5-5",
  left: "M12 5l-5 5 5 5",
  right: "M8 5l5 5-5 5",
  close: "M5 5l10 10M15 5L5 15",
  check: "M4 10.5l4 4 8-9",
  search: "M9 4a5 5 0 100 10A5 5 0 009 4zM13 13l4 4",
  warning: "M10 3.2L2.2 16.4h15.6zM10 8v4.2M10 14.2v.2",
  info: "M10 2.8a7.2 7.2 0 100 14.4 7.2 7.2 0 000-14.4zM10 9v5M10 6.3v.2",
  success: "M10 2.8a7.2 7.2 0 100 14.4 7.2 7.2 0 000-14.4zM6.6 10.3l2.4 2.4 4.5-5",
  error: "M7 2.8h6L17.2 7v6L13 17.2H7L2.8 13V7zM10 6.5v4.3M10 13.2v.2",
  calendar: "M4 4.5h12a1 1 0 011 1V16a1 1 0 01-1 1H4a1 1 0 01-1-1V5.5a1 1 0 011-1zM3 8.5h14M7 2.5v4M13 2.5v4",
  clock: "M10 2.8a7.2 7.2 0 100 14.4 7.2 7.2 0 000-14.4zM10 6v4.2l2.8 1.8",
  trash: "M3.5 5.5h13M8 5.5V3.5h4v2M5.2 5.5l.7 11.2h8.2l.7-11.2M8.5 8.5v5.5M11.5 8.5v5.5",
  up_vote: "M3 9h3v8H3zM6 9.5l3.2-6.3c1.6 0 2.3 1.2 1.9 2.7L10.5 8h4.7c1 0 1.7 1 1.4 2l-1.5 5.6a2 2 0 01-1.9 1.4H6",
  down_vote: "M3 11h3V3H3zM6 10.5l3.2 6.3c1.6 0 2.3-1.2 1.9-2.7L10.5 12h4.7c1 0 1.7-1 1.4-2l-1.5-5.6A2 2 0 0013.2 3H6",
  file: "M5 2.5h6.5L15.5 6.5v11H5zM11.5 2.5v4h4",
  upload: "M10 13.5V4M6 7.5L10 3.5l4 4M3.5 13v3.5h13V13",
  image: "M3 4h14v12H3zM3 13.5l4-4 3.5 3.5 2.5-2.5 4 4M13 7.5v.2",
  play: "M7 4.5v11l8.5-5.5z",
  sort: "M7 4v12M4 7l3-3 3 3M13 16V4M10 13l3 3 3-3",
  ascending: "M10 16V4M5.5 8.5L10 4l4.5 4.5",
  descending: "M10 4v12M5.5 11.5L10 16l4.5-4.5",
  circle: "M10 3a7 7 0 100 14 7 7 0 000-14z",
  list: "M7.5 5h9M7.5 10h9M7.5 15h9M3.5 5h.2M3.5 10h.2M3.5 15h.2",
  numbers: "M8.5 5h8M8.5 10h8M8.5 15h8M3 3.7l1.4-.9v4M2.8 13.6c.2-1.3 2.4-1.3 2.3 0-.1.9-2 1.5-2.3 2.8h2.5",
  quote: "M4 4v12M8 6h8M8 10h8M8 14h5",
  chain: "M8.5 11.5l3-3M9.5 6.2l1.7-1.7a3.2 3.2 0 014.5 4.5L14 10.7M10.5 13.8l-1.7 1.7a3.2 3.2 0 01-4.5-4.5L6 9.3",
  hash: "M8 3.5L6.5 16.5M13.5 3.5L12 16.5M4 7.5h12.5M3.5 12.5H16",
  lock: "M5 9h10v7.5H5zM7 9V6.5a3 3 0 016 0V9",
  home: "M3.5 9.5L10 4l6.5 5.5M5.5 8.5v8h3.5v-4.5h2v4.5h3.5v-8",
  chat: "M3.5 4.5h13v9H9l-3.5 3v-3h-2z",
  plus: "M10 4v12M4 10h12",
  send: "M3.5 3.8L17 10 3.5 16.2 5.3 10.7 11 10 5.3 9.3z",
  menu: "M3.5 5.5h13M3.5 10h13M3.5 14.5h13",
  reply: "M8.5 5L4 9.5l4.5 4.5M4 9.5h7.5a4.5 4.5 0 014.5 4.5v1.5",
  people: "M7.5 9.5a2.8 2.8 0 100-5.6 2.8 2.8 0 000 5.6zM2.5 16c0-2.8 2.2-4.5 5-4.5s5 1.7 5 4.5M12.5 4.2a2.7 2.7 0 010 5.1M14 11.7c2 .5 3.5 2 3.5 4.3",
  traffic: "M6.5 16V4M3 7.5L6.5 4 10 7.5M13.5 4v12M10 12.5l3.5 3.5 3.5-3.5",
  bolt: "M11.5 2.5L4.5 11.5h5l-1 6 7-9h-5z",
  eye: "M2.5 10c1.8-3.3 4.4-5 7.5-5s5.7 1.7 7.5 5c-1.8 3.3-4.4 5-7.5 5s-5.7-1.7-7.5-5zM10 7.8a2.2 2.2 0 100 4.4 2.2 2.2 0 000-4.4z",
  copy: "M7 7h9v9.5H7zM4 13V3.5h9",
  pause: "M7 5v10M13 5v10",
  archive: "M3 4h14v3.5H3zM4.5 7.5v9h11v-9M8 10.5h4",
  out: "M4 10h11M11 6l4 4-4 4",
  in: "M16 10H5M9 6l-4 4 4 4",
  offline: "M3 8.5a10.5 10.5 0 0114 0M6 11.8a6 6 0 018 0M10 15.5v.2M3.5 3.5l13 13",
  command: "M4 16L12 4M13 12.5l3 3M16 12.5l-3 3",
};
const DOTS = [[4.5, 10], [10, 10], [15.5, 10]];

/** Draw an icon; without `label` it is decoration. */
export function icon(name, label = "") {
  const attributes = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  const drawing = svg("svg", { viewBox: "0 0 20 20", class: `icon icon-${name}`, focusable: "false", ...attributes });
  if (name === "more") drawing.append(...DOTS.map(([cx, cy]) => svg("circle", { cx, cy, r: 1.6, class: "filled" })));
  else drawing.append(svg("path", { d: STROKES[name] }));
  return drawing;
}

/** Make a small button that is an icon, with its name for whoever listens. */
export function smallButton(name, drawing, onclick) {
  return el("button", { type: "button", class: "icon-button", "aria-label": name, onclick }, icon(drawing));
}
