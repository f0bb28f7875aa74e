// Line drawings of the page around the messages, on the same grid as Block Kit's icons.

import { svg } from "../dom.js";

const STROKES = {
  hash: "M8 3.5L6.5 16.500M13.500 3.500L12 16.500M4 7.500h12.500M3.500 12.500H16",
  lock: "M5 9h10v7.500H5zM7 9V6.500a3 3 0 016 0V9",
  home: "M3.500 9.500L10 4l6.500 5.500M5.500 8.500v8h3.500v-4.500h2v4.500h3.500v-8",
  chat: "M3.500 4.500h13v9H9l-3.500 3v-3h-2z",
  plus: "M10 4v12M4 10h12",
  send: "M3.500 3.800L17 10 3.500 16.200 5.300 10.700 11 10 5.300 9.300z",
  menu: "M3.500 5.500h13M3.500 10h13M3.500 14.500h13",
  reply: "M8.500 5L4 9.500l4.500 4.500M4 9.500h7.500a4.500 4.500 0 014.500 4.500v1.500",
  close: "M5 5l10 10M15 5L5 15",
  people: "M7.500 9.500a2.800 2.800 0 100-5.600 2.800 2.800 0 000 5.600zM2.500 16c0-2.800 2.200-4.500 5-4.500s5 1.700 5 4.500M12.500 4.200a2.700 2.700 0 010 5.100M14 11.700c2 .5 3.500 2 3.500 4.300",
  traffic: "M6.500 16V4M3 7.500L6.500 4 10 7.500M13.500 4v12M10 12.500l3.500 3.500 3.500-3.500",
  bolt: "M11.500 2.500L4.500 11.500h5l-1 6 7-9h-5z",
  eye: "M2.500 10c1.800-3.300 4.400-5 7.500-5s5.700 1.700 7.500 5c-1.800 3.300-4.400 5-7.500 5s-5.700-1.700-7.500-5zM10 7.800a2.200 2.200 0 100 4.400 2.200 2.200 0 000-4.400z",
  copy: "M7 7h9v9.500H7zM4 13V3.500h9",
  pause: "M7 5v10M13 5v10",
  play: "M7 4.500v11l8.500-5.500z",
  archive: "M3 4h14v3.500H3zM4.500 7.500v9h11v-9M8 10.500h4",
  down: "M5 8l5 5 5-5",
  right: "M8 5l5 5-5 5",
  out: "M4 10h11M11 6l4 4-4 4",
  in: "M16 10H5M9 6l-4 4 4 4",
  check: "M4 10.500l4 4 8-9",
  file: "M5 2.500h6.500L15.500 6.500v11H5zM11.500 2.500v4h4M7.500 10h5M7.500 13h5",
  offline: "M3 8.500a10.500 10.500 0 0114 0M6 11.800a6 6 0 018 0M10 15.500v.2M3.500 3.500l13 13",
  warning: "M10 3.200L2.200 16.400h15.600zM10 8v4.200M10 14.200v.2",
  search: "M9 4a5 5 0 100 10A5 5 0 009 4zM13 13l4 4",
  command: "M4 16L12 4M13 12.500l3 3M16 12.500l-3 3",
};
const DOTS = [[4.5, 10], [10, 10], [15.5, 10]];

/** Draw one; it is decoration, the control around it has the name. */
export function glyph(name) {
  const drawing = svg("svg", { viewBox: "0 0 20 20", class: `icon glyph-${name}`, focusable: "false", "aria-hidden": "true" });
  if (name === "more") drawing.append(...DOTS.map(([cx, cy]) => svg("circle", { cx, cy, r: 1.6, class: "filled" })));
  else drawing.append(svg("path", { d: STROKES[name] }));
  return drawing;
}

/** Draw what stands before a conversation's name. */
export function channelGlyph(channel) {
  if (channel.is_archived) return glyph("archive");
  if (channel.is_im) return glyph("chat");
  return glyph(channel.is_private ? "lock" : "hash");
}
