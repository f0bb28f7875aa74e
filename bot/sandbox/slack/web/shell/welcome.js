// The beginning of a conversation: what it is for, and while it is empty three things to try.

import { el } from "../dom.js";
import { channelGlyph, glyph } from "./glyphs.js";
import { onChange } from "./keep.js";
import { page } from "./store.js";

const COMMAND = "/flink";
const LESSONS = [
  { line: "/flink", title: "See what it can do", words: "A launcher with every way in. Only you see it." },
  { line: "/flink rescale orders-enrichment 8", title: "Change a running job", words: "Review the change, apply it, and watch the card in this channel." },
  { line: "/flink jobs", title: "Look around", words: "Every job of this environment, with its state and a button to change it." },
];

/** Make the row that stands first in a log. */
export function beginning() {
  const node = el("div", { class: "beginning" });
  const draw = onChange((empty, channel) => node.replaceChildren(...[...intro(channel), empty && canTry(channel) ? lessons() : null].filter(Boolean)));
  return { node, update: ({ empty, channel }) => { node.classList.toggle("empty", empty); draw(empty, channel); } };
}

function canTry(channel) {
  const commands = page.state.commands ?? [];
  return !channel.is_archived && (!commands.length || commands.some((one) => one.command === COMMAND));
}

function intro(channel) {
  if (channel.is_im) {
    return [el("h3", {}, channel.name), el("p", { class: "quiet" }, "This is between you and the app. It writes here when it cannot reach you in a channel; slash commands work here, too.")];
  }
  const who = channel.has_bot ? "Flinkbot is here and posts its cards in this channel." : "Flinkbot is not a member here: it can answer you privately, but not post.";
  return [
    el("h3", {}, channelGlyph(channel), channel.name),
    el("p", { class: "quiet" }, `The very beginning of ${channel.is_private ? "the private channel" : ""} #${channel.name}. `.replace("  ", " "), channel.is_archived ? "It is archived." : who),
  ];
}

function lessons() {
  return el("div", { class: "lessons" }, el("h4", {}, "Three things to try"),
    el("ul", {}, LESSONS.map((lesson, number) => el("li", {},
      el("button", { type: "button", class: "lesson", onclick: () => fill(lesson.line) },
        el("span", { class: "lesson-number", "aria-hidden": "true" }, String(number + 1)),
        el("span", { class: "lesson-words" }, el("strong", {}, lesson.title), el("span", { class: "quiet" }, lesson.words), el("code", {}, lesson.line)),
        glyph("right"))))),
    el("p", { class: "quiet small" }, "A press puts the command into the field below; Enter sends it. Nothing here is real, and nothing leaves this machine."));
}

function fill(line) {
  const field = document.getElementById("typed");
  field.value = line;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}
