// Buttons: plain, with a link, as icons, and the two thumbs.

import { el, toast } from "../dom.js";
import { icon } from "../icons.js";
import { text } from "../mrkdwn.js";

/** Draw a button; it is busy until the app has answered. */
export function button(one, { send, context }) {
  const attributes = { class: `button ${one.style ?? ""}`, "aria-label": one.accessibility_label };
  const words = el("span", { class: "words" }, text(one.text, context));
  const click = (event) => send.click(one.value ?? null, event.currentTarget);
  if (!one.url) return el("button", { ...attributes, type: "button", onclick: click }, words);
  return el("a", { ...attributes, href: one.url, target: "_blank", rel: "noreferrer", role: "button", onclick: click }, words);
}

/** Draw a workflow's button; the sandbox has no workflows to run. */
export function workflowButton(one, { context }) {
  const say = () => toast("The sandbox runs no workflows.", one.workflow?.trigger?.url);
  return el("button", { type: "button", class: `button ${one.style ?? ""}`, "aria-label": one.accessibility_label, onclick: say },
    icon("bolt"), el("span", { class: "words" }, text(one.text, context)));
}

/** Draw the two thumbs; the one that was given stays marked. */
export function feedback(one, { send }) {
  const thumbs = [["positive_button", "up_vote"], ["negative_button", "down_vote"]].map(([key, drawing]) => {
    const { text: words, value, accessibility_label: label } = one[key];
    return el("button", {
      type: "button", class: "icon-button", "aria-label": label ?? words.text, title: words.text, "aria-pressed": "false",
      onclick: async ({ currentTarget: pressed }) => {
        const answer = await send.click(value, pressed);
        if (!answer || answer.error) return;
        for (const thumb of thumbs) thumb.setAttribute("aria-pressed", String(thumb === pressed));
      },
    }, icon(drawing));
  });
  return el("span", { class: "thumbs" }, thumbs);
}

/** Draw an icon button; only those it is meant for see it. */
export function iconButton(one, { send, context }) {
  const label = one.accessibility_label ?? one.text.text;
  return el("button", {
    type: "button", class: "icon-button", "aria-label": label, title: one.text.text,
    hidden: Boolean(one.visible_to_user_ids && !one.visible_to_user_ids.includes(context.me)),
    onclick: (event) => send.click(one.value ?? null, event.currentTarget),
  }, icon(one.icon === "trash" ? "trash" : "more"));
}
