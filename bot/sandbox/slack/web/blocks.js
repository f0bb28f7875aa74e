// Block Kit's blocks, drawn as Slack draws them, and kept while they stay the same.
//
// `place`: see elements.js; `surface` is message, modal or home.

import { field } from "./blocks/input.js";
import { card, carousel, container } from "./blocks/cards.js";
import { chart } from "./blocks/chart.js";
import { dataTable } from "./blocks/datatable.js";
import { file, image, video } from "./blocks/media.js";
import { section } from "./blocks/section.js";
import { table } from "./blocks/table.js";
import { plan, taskCard } from "./blocks/tasks.js";
import { el } from "./dom.js";
import { element } from "./elements.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { text } from "./mrkdwn.js";
import { picture } from "./picture.js";
import { richText } from "./richtext.js";

const ALERTS = { default: "info", info: "info", warning: "warning", error: "error", success: "success" };
const drawnFrom = new WeakMap(); // node → the JSON it was drawn from

const DRAW = {
  section, input: field, image, video, file, table, card, carousel, plan,
  data_table: dataTable, data_visualization: chart, task_card: (block, place) => taskCard(block, place),
  container: (block, place) => container(block, place, blocks),
  header: (block, place) => el(`h${Math.min(6, (block.level ?? 1) + 2)}`, { class: `level-${block.level ?? 1}` }, text(block.text, place.context)),
  divider: () => el("hr"),
  context: (block, place) => el("div", {}, block.elements.map((one) => (one.type === "image" ? picture(one, "tiny") : text(one, place.context)))),
  actions: (block, place) => el("div", {}, block.elements.map((one) => element(one, block, place))),
  context_actions: (block, place) => el("div", {}, block.elements.map((one) => element(one, block, place))),
  rich_text: (block, place) => richText(block, place.context),
  markdown: (block, place) => markdown(block.text, place.context),
  alert: (block, place) => el("div", { class: `level-${block.level ?? "default"}`, role: "note" },
    icon(ALERTS[block.level ?? "default"] ?? "info", block.level && block.level !== "default" ? `${block.level}:` : ""), text(block.text, place.context)),
};

/** Draw blocks. */
export function blocks(list, place) {
  return list.map((block) => draw(block, place));
}

function draw(block, place) {
  const drawn = DRAW[block.type] ? (DRAW[block.type])(block, place) : unknown(block);
  drawn.classList.add("block", block.type);
  if (block.block_id) drawn.dataset.block = block.block_id;
  drawnFrom.set(drawn, JSON.stringify(block));
  return drawn;
}

/** Show blocks in `root` in place of those there; those that did not change stay, with focus and all. */
export function showBlocks(root, list, place) {
  const before = new Map([...root.children].filter((node) => drawnFrom.has(node)).map((node) => [drawnFrom.get(node), node]));
  const nodes = list.map((block) => {
    const key = JSON.stringify(block);
    const kept = before.get(key);
    before.delete(key);
    return kept ?? draw(block, place);
  });
  keepingFocus(root, () => arrange(root, nodes));
}

/** Make `nodes` the children of `root` and move none that stands right already. */
function arrange(root, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...root.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, place) => { if (root.children[place] !== node) root.insertBefore(node, root.children[place] ?? null); });
}

/** Do `work` and put the focus back on the same control, drawn anew or not. */
export function keepingFocus(root, work) {
  const active = document.activeElement;
  const inside = root.contains(active) && active !== root;
  const there = inside ? whereabouts(root, active) : null;
  work();
  if (!inside || document.activeElement === active) return;
  const target = active.isConnected ? active : there.find();
  if (!target) return;
  target.focus();
  if (there.selection && "setSelectionRange" in target) target.setSelectionRange(...there.selection);
}

function whereabouts(root, active) {
  const block = active.closest("[data-block]")?.dataset.block;
  const action = active.closest("[data-action]")?.dataset.action;
  const named = action ? `[data-action="${CSS.escape(action)}"]` : "*";
  const scope = () => root.querySelector(`[data-block="${CSS.escape(block ?? "")}"]`)?.querySelector(named) ?? (action ? root.querySelector(named) : null);
  const controls = (holder) => [...(holder?.querySelectorAll("button, input, textarea, a[href], [tabindex], [contenteditable=true]") ?? [])];
  const place = controls(active.closest("[data-action]")).indexOf(active);
  const selection = active.matches("input:not([type=checkbox], [type=radio], [type=file]), textarea") ? [active.selectionStart, active.selectionEnd] : null;
  return { find: () => controls(scope())[Math.max(0, place)], selection };
}

function unknown(block) {
  return el("div", {}, el("p", { class: "unknown" }, `This page cannot show the block “${block.type}”.`),
    el("details", {}, el("summary", {}, "What it holds"), el("pre", { tabindex: "0" }, JSON.stringify(block, null, 2))));
}
