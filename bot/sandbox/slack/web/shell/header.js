// The bar above the conversation: where one is, who is there, and what stands in the way.

import { act, el } from "../dom.js";
import { channelGlyph, glyph } from "./glyphs.js";
import { onChange } from "./keep.js";
import { avatar } from "./people.js";

const TOPICS = {
  "data-jobs": "Flink jobs of the sandbox: ask for changes here, and follow them",
};

/** Give what draws the bar, the tabs of an app and the notice above the composer. */
export function headerView() {
  const at = (id) => document.getElementById(id);
  const title = onChange((channel) => {
    at("channel-name").replaceChildren(channel.is_im ? avatar({ is_bot: true }, "small") : channelGlyph(channel), el("span", {}, channel.name));
    at("channel-topic").textContent = topicOf(channel);
    drawMembers(at("members"), channel);
  });
  const notice = onChange((channel) => {
    const found = hindrance(channel);
    at("notice").hidden = !found;
    at("notice").replaceChildren(...(found ?? []));
  });
  return (page) => {
    title(page.here);
    notice(page.here);
  };
}

function topicOf(channel) {
  if (channel.is_im) return "App · always here";
  return channel.topic || TOPICS[channel.name] || (channel.is_private ? "Private channel" : "");
}

function drawMembers(root, channel) {
  root.hidden = channel.is_im;
  const bot = el("span", { class: `bot-chip ${channel.has_bot ? "in" : "out"}` }, avatar({ is_bot: true }, "tiny"), el("span", { class: "bot-words" }, channel.has_bot ? "Flinkbot is here" : "Flinkbot is not here"));
  const count = channel.num_members ?? 0;
  root.replaceChildren(bot, el("span", { class: "member-count", title: `${count} members` }, glyph("people"), el("span", {}, String(count)), el("span", { class: "hidden" }, " members")));
}

function hindrance(channel) {
  if (channel.is_archived) {
    return [glyph("archive"), el("span", {}, "This channel is archived. Nobody can write here."), push("Bring it back", () => act("archive", { channel: channel.id, archived: false }))];
  }
  if (channel.is_im || channel.has_bot) return null;
  return [glyph("warning"), el("span", {}, "Flinkbot is not in this channel and cannot post here."), push("Add Flinkbot", () => act("invite", { channel: channel.id, present: true }))];
}

function push(words, work) {
  return el("button", { type: "button", class: "button", onclick: work }, words);
}
