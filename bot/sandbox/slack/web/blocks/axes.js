// A chart's axes: round steps upwards, categories along.

import { svg } from "../dom.js";

const STEPS = 4;
const WIDE = { left: 56, top: 14, width: 508, height: 190, whole: { width: 580, height: 248 } };
const NARROW = { left: 50, top: 10, width: 262, height: 180, whole: { width: 320, height: 234 } };

/** Say where in the drawing the values stand: a narrow window has a drawing of its own. */
export function plotSize() {
  return matchMedia("(max-width: 560px)").matches ? NARROW : WIDE;
}

/** Give a scale upwards with round steps: {ticks, at(value)}. */
export function scale(least, most, size) {
  const rough = (most - least || 1) / STEPS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough);
  const from = Math.floor(least / step) * step;
  const to = Math.max(from + step, Math.ceil(most / step) * step);
  const ticks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, place) => from + place * step);
  return { ticks, at: (value) => size.top + size.height * (1 - (value - from) / (to - from)) };
}

/** Draw the axes. `up`: the scale; `across(place)`: where a category stands. */
export function axes(categories, { size, up, across }, number, { x_label: along, y_label: upwards }) {
  const bottom = size.top + size.height;
  const most = Math.max(1, Math.ceil(categories.length / 10)); // every how manieth name has room
  const room = Math.floor((size.width / Math.ceil(categories.length / most)) / 6.4);
  const cut = (name) => (name.length > room ? `${name.slice(0, Math.max(1, room - 1))}…` : name);
  return [
    up.ticks.map((tick) => [
      svg("line", { x1: size.left, x2: size.left + size.width, y1: up.at(tick), y2: up.at(tick), class: tick === 0 ? "axis" : "grid" }),
      svg("text", { x: size.left - 8, y: up.at(tick) + 4, class: "end" }, number(tick)),
    ]),
    categories.map((name, place) => (place % most ? null : svg("text", { x: across(place), y: bottom + 18, class: "middle" }, svg("title", {}, name), cut(name)))),
    along ? svg("text", { x: size.left + size.width / 2, y: bottom + 38, class: "middle name" }, along) : null,
    upwards ? svg("text", { transform: `translate(12 ${size.top + size.height / 2}) rotate(-90)`, class: "middle name" }, upwards) : null,
  ];
}
