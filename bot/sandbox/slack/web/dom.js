// Small helpers to build the page without ever passing text through HTML.

const SVG = "http://www.w3.org/2000/svg";
let counted = 0;

/** Make an element. `attributes`: on… become listeners, true/false/null toggle, the rest is set. */
export function el(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

/** Make an SVG element, as `el` does. */
export function svg(tag, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, tag), attributes, children);
}

function dress(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" && "value" in node) node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

/** Give an id that nothing else on the page has. */
export function uid(stem = "u") {
  counted += 1;
  return `${stem}-${counted}`;
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

/** Send a file's bytes to the sandbox; give the file object Slack would make of it. */
export async function upload(user, file) {
  const query = new URLSearchParams({ user, name: file.name });
  const response = await fetch(`/sandbox/upload?${query}`, {
    method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file,
  });
  const answer = await response.json();
  if (!response.ok || answer.error) throw new Error(answer.error ?? "The file could not be uploaded.");
  return answer;
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
