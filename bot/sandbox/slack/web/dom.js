// Small helpers to build the page without ever passing text through HTML.

/** Make an element. `attributes`: on… become listeners, true/false/null toggle, the rest is set. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** Post JSON to the sandbox; give its answer. What a person cannot do comes back as `error`. */
export async function act(name, body) {
  const response = await fetch(`/sandbox/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.json();
}

/** Tell the person something for a few seconds. */
export function toast(words, detail = "") {
  if (!words) return;
  const node = el("div", { class: "toast" }, el("strong", {}, words), detail ? el("div", { class: "quiet" }, detail) : null);
  const toasts = document.getElementById("toasts");
  toasts.append(node);
  toasts.hidePopover(); // shown again below, it stands above an open modal
  toasts.showPopover();
  setTimeout(() => node.remove(), 8000);
}

/** Ask as a Slack confirm object does; give true or false. */
export function confirmed(confirm) {
  if (!confirm) return Promise.resolve(true);
  const dialog = document.getElementById("confirm");
  const style = confirm.style === "danger" ? "danger" : "primary";
  return new Promise((resolve) => {
    const answer = (yes) => { dialog.close(); resolve(yes); };
    dialog.replaceChildren(
      el("h2", { id: "confirm-title" }, confirm.title.text),
      el("p", {}, confirm.text.text),
      el("footer", {},
        el("button", { class: "button", onclick: () => answer(false) }, confirm.deny.text),
        el("button", { class: `button ${style}`, onclick: () => answer(true) }, confirm.confirm.text)),
    );
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
  });
}
