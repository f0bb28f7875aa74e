// Block Kit's interactive elements: which one is drawn by what, and how it reaches the app.
//
// `place` says where they stand: {context, channel, send(action, body), state}; `send`
// posts to the sandbox with user and place filled in; `state` holds what was entered so far, as
// Slack's state.values, and is kept up to date here.

import { confirmed } from "./confirm.js";
import { el } from "./dom.js";
import { button, feedback, iconButton, workflowButton } from "./elements/button.js";
import { whileBusy } from "./elements/busy.js";
import { checkboxes, radios } from "./elements/choices.js";
import { datePicker, dateTimePicker, timePicker } from "./elements/pickers.js";
import { overflow } from "./elements/overflow.js";
import { conversationSelect, externalSelect, staticSelect } from "./elements/select.js";
import { richTextInput } from "./elements/richinput.js";
import { textInput } from "./elements/text.js";
import { fileInput } from "./elements/upload.js";
import { icon } from "./icons.js";
import { picture } from "./picture.js";

const NO_ANSWER = "This app is not responding. Try again in a moment.";
const QUIET = new Set(["suggest", "upload"]);

const DRAW = {
  button, workflow_button: workflowButton, feedback_buttons: feedback, icon_button: iconButton, overflow,
  static_select: staticSelect, multi_static_select: staticSelect,
  external_select: externalSelect, multi_external_select: externalSelect,
  users_select: conversationSelect, multi_users_select: conversationSelect,
  channels_select: conversationSelect, multi_channels_select: conversationSelect,
  conversations_select: conversationSelect, multi_conversations_select: conversationSelect,
  checkboxes, radio_buttons: radios,
  plain_text_input: textInput, number_input: textInput, email_text_input: textInput, url_text_input: textInput,
  rich_text_input: richTextInput, file_input: fileInput,
  datepicker: datePicker, timepicker: timePicker, datetimepicker: dateTimePicker,
  image: (one) => picture(one, "thumbnail"),
};
/** Elements of several controls: their label names the group. */
export const GROUPS = new Set(["checkboxes", "radio_buttons", "datetimepicker", "file_input", "rich_text_input"]);

/** Draw one element of a block. `label`: in an input block, the ids {id, labelledby, describedby}. */
export function element(one, block, place, label = null) {
  const holder = el("div", { class: `element kind-${one.type}`, "data-action": one.action_id });
  const state = place.state?.[block.block_id]?.[one.action_id] ?? {};
  const dispatches = block.type !== "input" || block.dispatch_action === true;
  const at = {
    block, label, state, dispatches, context: place.context, channel: place.channel,
    optional: block.type !== "input" || block.optional === true,
    id: label?.id ?? null, describedby: label?.describedby ?? null,
    send: sender(one, block, place, (words) => mark(holder, words)),
  };
  holder.append((DRAW[one.type] ?? unknown)(one, at));
  return holder;
}

/** Put the focus into an element. */
export function focusOn(holder) {
  (holder?.querySelector("[contenteditable=true]") ?? holder?.querySelector("input:not([tabindex='-1']), textarea, button, a[href]"))?.focus();
}

function sender(one, block, place, trouble) {
  const ids = { block: block.block_id ?? "", action: one.action_id };
  const tell = async (name, body) => {
    trouble("");
    const answer = (await place.send(name, { ...ids, ...body })) ?? {};
    if (!QUIET.has(name) && (answer.error || answer.ok === false)) trouble(answer.reason || answer.error || NO_ANSWER);
    return answer;
  };
  return {
    me: place.context.me,
    /** Press something; false where the person said no. `control` is busy until the app has answered. */
    click: async (value, control) => (await confirmed(one.confirm, place.context)) && whileBusy(control, () => tell("click", { value })),
    /** Enter a value; `state` is what Slack would hold. False where the person said no. */
    choose: async (value, state, { silent = false } = {}) => {
      if (!silent && !(await confirmed(one.confirm, place.context))) return false;
      remember(place, ids, { type: one.type, ...state });
      return tell("choose", { value, ...(silent ? { dispatch: false } : {}) });
    },
    suggest: (typed) => place.send("suggest", { ...ids, typed }),
  };
}

function remember(place, { block, action }, state) {
  if (!place.state) return;
  place.state[block] = { ...place.state[block], [action]: state };
}

// As Slack does: a triangle beside what could not be told to the app.
function mark(holder, words) {
  holder.querySelector(":scope > .trouble")?.remove();
  if (!words) return;
  holder.append(el("span", { class: "trouble", title: words }, icon("warning", `Something went wrong: ${words}`)));
}

function unknown(one) {
  return el("span", { class: "unknown" }, `This page cannot show the element “${one.type}”.`);
}
