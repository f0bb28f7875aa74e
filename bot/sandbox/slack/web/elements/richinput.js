// A field for formatted text: it looks as it will look, and holds a rich_text block.

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { richText } from "../richtext.js";
import { readRich, sourceOf } from "./richread.js";
import { listenTyping, triggers } from "./typing.js";

const LINE = 1.47; // em
const COMMANDS = [
  ["Bold", "B", "bold"], ["Italic", "I", "italic"], ["Strikethrough", "S", "strikeThrough"], ["Code", "</>", "code"],
  ["Bulleted list", icon.bind(null, "list"), "insertUnorderedList"], ["Numbered list", icon.bind(null, "numbers"), "insertOrderedList"],
  ["Quote", icon.bind(null, "quote"), "quote"],
];

/** Draw a rich text field. */
export function richTextInput(one, { id, label, describedby, state, send, context, dispatches }) {
  const field = el("div", {
    id, class: "field editor rich", role: "textbox", contenteditable: "true", "aria-multiline": "true", "aria-describedby": describedby,
    "aria-labelledby": label?.labelledby, "aria-label": label ? null : "Formatted text", "data-placeholder": one.placeholder?.text,
  });
  field.style.minHeight = `${(one.min_lines ?? 3) * LINE + 1}em`;
  if (one.max_lines) field.style.maxHeight = `${one.max_lines * LINE + 1}em`;
  fill(field, state.rich_text_value === undefined ? one.initial_value : state.rich_text_value, context);
  const tell = (silent) => { const value = readRich(field); send.choose(value, { rich_text_value: value }, { silent }); };
  const tools = COMMANDS.map(([name, sign, command]) => tool(name, sign, () => {
    field.focus();
    apply(command, field);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }));
  const mark = () => COMMANDS.forEach(([, , command], place) => tools[place].setAttribute("aria-pressed", String(isOn(command, field))));
  for (const kind of ["keyup", "mouseup", "input", "focus"]) field.addEventListener(kind, mark);
  field.addEventListener("input", () => { if (!readRich(field)) field.replaceChildren(); }); // a browser leaves a <br> behind
  field.addEventListener("paste", (event) => { event.preventDefault(); document.execCommand("insertText", false, event.clipboardData.getData("text/plain")); });
  listenTyping(field, triggers(one, dispatches), tell);
  return el("div", { class: "rich-input" }, el("div", { class: "tools", role: "group", "aria-label": "Formatting" }, tools), field);
}

function fill(field, block, context) {
  if (!block) return;
  field.append(...richText(block, context).childNodes);
  for (const node of field.querySelectorAll("*")) if (sourceOf(node)) node.contentEditable = "false"; // a mention goes as a whole
}

function tool(name, sign, use) {
  const hold = (event) => event.preventDefault(); // the selection stays in the field
  return el("button", { type: "button", class: `tool ${name.toLowerCase().split(" ")[0]}`, "aria-label": name, "aria-pressed": "false", title: name, onmousedown: hold, onclick: use },
    typeof sign === "string" ? sign : sign());
}

function around(tag, field) {
  const { anchorNode: node } = document.getSelection();
  const found = (node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement)?.closest(tag);
  return found && field.contains(found) && found !== field ? found : null;
}

function isOn(command, field) {
  if (command === "code") return Boolean(around("code", field));
  if (command === "quote") return Boolean(around("blockquote", field));
  return field.contains(document.getSelection().anchorNode) && document.queryCommandState(command);
}

function apply(command, field) {
  if (command === "code") return toggleCode(field);
  if (command !== "quote") return document.execCommand(command);
  const quote = around("blockquote", field);
  if (!quote) return document.execCommand("formatBlock", false, "blockquote");
  return quote.replaceWith(el("div", { class: "line" }, [...quote.childNodes]));
}

function toggleCode(field) {
  const code = around("code", field);
  if (code) return code.replaceWith(...code.childNodes);
  const range = document.getSelection().getRangeAt(0);
  if (range.collapsed) return null;
  const made = el("code", {}, range.toString());
  range.deleteContents();
  range.insertNode(made);
  return document.getSelection().selectAllChildren(made);
}
