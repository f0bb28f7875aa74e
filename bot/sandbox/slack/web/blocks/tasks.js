// Plans and the tasks in them: what is done, what goes on, what went wrong.

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { link } from "../mrkdwn.js";
import { richText } from "../richtext.js";

const STATUS = {
  pending: ["circle", "Pending"], in_progress: ["clock", "In progress"], complete: ["success", "Complete"], error: ["error", "Failed"],
};

/** Draw a plan. */
export function plan(block, place) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter((task) => task.status === "complete").length;
  return el("div", {},
    el("div", { class: "head" }, icon("list"), el("span", { class: "title" }, block.title), el("span", { class: "quiet" }, `${done} of ${tasks.length} done`)),
    el("ol", { class: "tasks" }, tasks.map((task) => el("li", {}, taskCard(task, place, "task_card")))));
}

/** Draw one task. */
export function taskCard(task, place, name = "") {
  const [drawing, words] = STATUS[task.status ?? "pending"] ?? STATUS.pending;
  const more = [
    task.details ? el("div", { class: "details" }, richText(task.details, place.context)) : null,
    task.output ? el("div", { class: "output" }, richText(task.output, place.context)) : null,
    task.sources?.length ? el("ul", { class: "sources" }, task.sources.map((source) => el("li", {}, icon("chain"), link(source.url, source.text)))) : null,
  ].filter(Boolean);
  return el("div", { class: `${name} status-${task.status ?? "pending"}` },
    task.status === "in_progress" ? el("span", { class: "spinner", role: "img", "aria-label": words }) : icon(drawing, words),
    el("div", { class: "about" }, el("div", { class: "title" }, task.title), more));
}
