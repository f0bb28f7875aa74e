// Charts: drawn as SVG, told in words, and given as a table to whoever wants the numbers.

import { el, svg } from "../dom.js";
import { scroller } from "../scroller.js";
import { axes, plotSize, scale } from "./axes.js";

const COLOURS = 12;

/** Draw a data_visualization block. */
export function chart(block, place) {
  const { chart: data } = block;
  const known = data && (data.segments || data.series);
  if (!known) return el("figure", {}, el("figcaption", {}, block.title), el("p", { class: "unknown" }, "This page cannot show this chart."));
  const number = (value) => new Intl.NumberFormat(place.context.locale, { maximumFractionDigits: 2 }).format(value);
  const names = data.type === "pie" ? shares(data.segments) : data.series.map((series) => series.name);
  const drawing = data.type === "pie" ? pie(data.segments) : plot(data, number);
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", `${block.title}: ${data.type} chart of ${names.join(", ")}. The numbers are in the table below.`);
  return el("figure", { class: `chart-${data.type}` }, el("figcaption", {}, block.title),
    el("div", { class: "drawing" }, drawing, legend(names)),
    el("details", {}, el("summary", {}, "Show the numbers"), scroller(`The numbers of ${block.title}`, numbers(data, number))));
}

function legend(names) {
  return el("ul", { class: "legend" }, names.map((name, place) => el("li", {}, el("span", { class: `key colour-${place % COLOURS}`, "aria-hidden": "true" }), name)));
}

function sum(segments) {
  return segments.reduce((whole, segment) => whole + segment.value, 0) || 1;
}

function shares(segments) {
  return segments.map((segment) => `${segment.label} ${Math.round((segment.value / sum(segments)) * 100)} %`);
}

function pie(segments) {
  const whole = sum(segments);
  let from = 0;
  const slices = segments.map((segment, place) => {
    const share = segment.value / whole;
    const slice = share >= 0.9999 ? svg("circle", { cx: 100, cy: 100, r: 90 }) : svg("path", { d: arc(from, from + share) });
    slice.setAttribute("class", `area colour-${place % COLOURS}`);
    slice.append(svg("title", {}, `${segment.label}: ${segment.value} (${Math.round(share * 100)} %)`));
    from += share;
    return slice;
  });
  return svg("svg", { viewBox: "0 0 200 200", class: "round" }, slices);
}

function arc(from, to) {
  const point = (turn) => `${100 + 90 * Math.sin(2 * Math.PI * turn)} ${100 - 90 * Math.cos(2 * Math.PI * turn)}`;
  return `M100 100L${point(from)}A90 90 0 ${to - from > 0.5 ? 1 : 0} 1 ${point(to)}Z`;
}

function categoriesOf(data) {
  return data.axis_config?.categories ?? data.series[0].data.map((point) => point.label);
}

function plot(data, number) {
  const categories = categoriesOf(data);
  const values = data.series.flatMap((series) => series.data.map((point) => point.value));
  const size = plotSize();
  const up = scale(Math.min(0, ...values), Math.max(0, ...values), size);
  const across = (place) => size.left + (size.width * (place + 0.5)) / categories.length;
  const grid = { size, up, across };
  const shapes = data.series.map((series, nth) => (data.type === "bar"
    ? bars(series, nth, data.series.length, categories, grid)
    : lines(series, nth, categories, grid, data.type === "area")));
  return svg("svg", { viewBox: `0 0 ${size.whole.width} ${size.whole.height}` }, axes(categories, grid, number, data.axis_config ?? {}), shapes);
}

function valueAt(series, category) {
  return series.data.find((point) => point.label === category)?.value ?? null;
}

function bars(series, nth, count, categories, { size, up, across }) {
  const room = size.width / categories.length;
  const width = Math.min(48, (room * 0.72) / count);
  return categories.map((category, place) => {
    const value = valueAt(series, category);
    if (value === null) return null;
    const x = across(place) + width * (nth - count / 2);
    const [top, bottom] = [up.at(Math.max(0, value)), up.at(Math.min(0, value))];
    return svg("rect", { x: x + 1, y: top, width: Math.max(1, width - 2), height: Math.max(1, bottom - top), rx: 2, class: `area colour-${nth % COLOURS}` },
      svg("title", {}, `${series.name}, ${category}: ${value}`));
  });
}

function lines(series, nth, categories, { up, across }, filled) {
  const points = categories.map((category, place) => ({ category, value: valueAt(series, category), x: across(place) })).filter((point) => point.value !== null);
  const path = points.map((point, place) => `${place ? "L" : "M"}${point.x} ${up.at(point.value)}`).join("");
  const colour = `colour-${nth % COLOURS}`;
  return [
    filled && points.length ? svg("path", { d: `${path}L${points.at(-1).x} ${up.at(0)}L${points[0].x} ${up.at(0)}Z`, class: `area faint ${colour}` }) : null,
    svg("path", { d: path, class: `line ${colour}` }),
    points.map((point) => svg("circle", { cx: point.x, cy: up.at(point.value), r: 3.5, class: `area ${colour}` }, svg("title", {}, `${series.name}, ${point.category}: ${point.value}`))),
  ];
}

function numbers(data, number) {
  const head = (...names) => el("thead", {}, el("tr", {}, names.map((name) => el("th", { scope: "col" }, name))));
  const row = (name, values) => el("tr", {}, el("th", { scope: "row" }, name), values.map((value) => el("td", { class: "align-right" }, value === null ? "–" : number(value))));
  if (data.segments) return el("table", {}, head("Segment", "Value"), el("tbody", {}, data.segments.map((segment) => row(segment.label, [segment.value]))));
  return el("table", {}, head(data.axis_config?.x_label ?? "Point", ...data.series.map((series) => series.name)),
    el("tbody", {}, categoriesOf(data).map((category) => row(category, data.series.map((series) => valueAt(series, category))))));
}
