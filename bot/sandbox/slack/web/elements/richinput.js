// A field for formatted text: plain, with buttons that put in mrkdwn's marks.

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { asPlain } from "../richtext.js";

const MARKS = [["Bold", "B", "*"], ["Italic", "I", "_"], ["Strikethrough", "S", "~"], ["Code", "</>", "`"]];
const LINES = [["Bulleted list", "list", "• "], ["Quote", "quote", "> "]];

/** Draw a rich text field. */
export function richTextInput(one, { id, describedby, state, send, label }) {
  const initial = state.rich_text_value === undefined ? asPlain(one.initial_value) : asPlain(state.rich_text_value);
  const field = el("textarea", {
    id, class: "field", rows: one.min_lines ?? 4, value: state.typed ?? initial, placeholder: one.placeholder?.text, "aria-describedby": describedby,
    "aria-label": label ? null : "Formatted text",
  });
  const tell = () => send.choose(field.value, { typed: field.value }, { silent: true });
  field.addEventListener("input", tell);
  const change = (edit) => {
    const { selectionStart: start, selectionEnd: end } = field;
    const edited = edit(field.value.slice(start, end));
    field.setRangeText(edited, start, end, "select");
    field.focus();
    tell();
  };
  const tools = [
    ...MARKS.map(([name, sign, mark]) => tool(name, sign, () => change((words) => `${mark}${words}${mark}`))),
    ...LINES.map(([name, drawing, start]) => tool(name, icon(drawing), () => change((words) => words.replace(/^/gm, start)))),
  ];
  return el("div", { class: "rich-input" }, el("div", { class: "tools", role: "group", "aria-label": "Formatting" }, tools), field);
}

function tool(name, sign, use) {
  return el("button", { type: "button", class: `tool ${name.toLowerCase().split(" ")[0]}`, "aria-label": name, title: name, onclick: use }, sign);
}
