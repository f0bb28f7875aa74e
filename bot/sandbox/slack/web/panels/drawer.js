// The drawer at the side: the traffic, and the trouble one can make. Remembered over visits.

import { el } from "../dom.js";
import { glyph } from "../shell/glyphs.js";
import { recall, remember } from "../shell/remember.js";
import { trafficPanel } from "./traffic.js";
import { troublePanel } from "./trouble.js";

const TABS = { traffic: ["Traffic", "traffic", trafficPanel], trouble: ["Make trouble", "bolt", troublePanel] };

/** Build the drawer; `openers` are the buttons of the header, by tab. */
export function drawerView(root, openers) {
  const state = recall("drawer", { open: false, tab: "traffic" });
  const parts = Object.fromEntries(Object.entries(TABS).map(([name, [words, drawing, make]]) => [name, tabOf(name, words, drawing, make, openers[name])]));
  const close = el("button", { type: "button", class: "icon-button", "aria-label": "Close the sandbox tools" }, glyph("close"));
  const list = el("div", { class: "tabs", role: "tablist", "aria-label": "Sandbox tools" }, Object.values(parts).map((part) => part.tab));
  root.append(el("header", { class: "bar" }, el("h2", { class: "hidden" }, "Sandbox tools"), list, close), ...Object.values(parts).map((part) => part.panel.node));
  const drawer = { onToggle: () => {}, isOpen: () => state.open, changed: () => { if (state.open) parts[state.tab].panel.changed?.(); } };

  const draw = () => {
    root.hidden = !state.open;
    for (const [name, part] of Object.entries(parts)) show(part, state.open && state.tab === name, state.tab === name);
    drawer.onToggle(state.open);
  };
  drawer.close = (keep = true) => {
    if (!state.open) return;
    state.open = false;
    if (keep) remember("drawer", state);
    draw();
  };
  const turn = (name) => {
    Object.assign(state, { open: true, tab: name });
    remember("drawer", state);
    draw();
  };

  for (const [name, part] of Object.entries(parts)) {
    part.opener.addEventListener("click", () => {
      if (state.open && state.tab === name) return drawer.close();
      turn(name);
      return part.tab.focus();
    });
    part.tab.addEventListener("click", () => turn(name));
  }
  list.addEventListener("keydown", (event) => arrows(event, list));
  const leave = () => { const { opener } = parts[state.tab]; drawer.close(); opener.focus(); };
  close.addEventListener("click", leave);
  root.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.defaultPrevented) leave(); });
  queueMicrotask(draw);
  return drawer;
}

function tabOf(name, words, drawing, make, opener) {
  opener.append(glyph(drawing), el("span", {}, words));
  const tab = el("button", { type: "button", role: "tab", class: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}` }, words);
  const panel = make();
  for (const [key, value] of Object.entries({ id: `panel-${name}`, role: "tabpanel", "aria-labelledby": `tab-${name}` })) panel.node.setAttribute(key, value);
  return { opener, tab, panel };
}

function show({ opener, tab, panel }, open, selected) {
  opener.setAttribute("aria-expanded", String(open));
  tab.setAttribute("aria-selected", String(selected));
  tab.tabIndex = selected ? 0 : -1;
  panel.node.hidden = !open;
  panel.turn?.(open);
}

function arrows(event, list) {
  const tabs = [...list.children];
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const next = tabs[(tabs.indexOf(document.activeElement) + by + tabs.length) % tabs.length];
  next.click();
  next.focus();
}
