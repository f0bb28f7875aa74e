// The "are you sure" dialog of a Block Kit confirm object.

import { el } from "./dom.js";
import { smallButton } from "./icons.js";
import { text } from "./mrkdwn.js";

/** Ask as a confirm object does; give true or false. The focus returns to where it was. */
export function confirmed(confirm, context) {
  if (!confirm) return Promise.resolve(true);
  const before = document.activeElement;
  const dialog = frame();
  return new Promise((resolve) => {
    const answer = (yes) => {
      dialog.oncancel = dialog.onclose = null;
      dialog.close();
      before?.focus?.();
      resolve(yes);
    };
    dialog.oncancel = (event) => { event.preventDefault(); answer(false); };
    dialog.onclose = () => answer(false);
    dialog.replaceChildren(...content(confirm, context, answer));
    dialog.showModal();
    dialog.querySelector(confirm.style === "danger" ? ".deny" : ".yes").focus();
  });
}

function frame() {
  const there = document.getElementById("confirm");
  if (there) return there;
  const made = el("dialog", { id: "confirm", class: "confirm", "aria-labelledby": "confirm-title" });
  document.body.append(made);
  return made;
}

function content(confirm, context, answer) {
  const style = confirm.style === "danger" ? "danger" : "primary";
  return [
    el("header", {}, el("h2", { id: "confirm-title" }, text(confirm.title, context)),
      smallButton("Close", "close", () => answer(false))),
    el("div", { class: "content" }, text(confirm.text, context)),
    el("footer", {},
      el("button", { type: "button", class: "button large deny", onclick: () => answer(false) }, confirm.deny.text),
      el("button", { type: "button", class: `button large ${style} yes`, onclick: () => answer(true) }, confirm.confirm.text)),
  ];
}
