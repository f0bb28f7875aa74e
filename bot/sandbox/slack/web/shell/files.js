// Files below a message: what they are, and the beginning of those that are text.

import { el } from "../dom.js";
import { glyph } from "./glyphs.js";

const LINES = 8;
const LARGEST_PREVIEW = 200_000;
const LONGEST_SHORT = 4; // letters: SQL, JSON and PNG are said in capitals
const UNITS = ["bytes", "kB", "MB"];

/** Draw one file. */
export function attachment(file) {
  const path = local(file.url_private);
  const box = el("div", { class: "attachment" },
    el("div", { class: "attachment-head" }, glyph("file"),
      el("span", { class: "attachment-words" },
        el("a", { href: path, target: "_blank", class: "attachment-name" }, file.title || file.name, el("span", { class: "hidden" }, " (opens in a new tab)")),
        el("span", { class: "quiet small" }, [kind(file), size(file.size)].filter(Boolean).join(" · ")))));
  if (file.mimetype?.startsWith("image/")) box.append(el("img", { src: path, alt: file.title || file.name, loading: "lazy" }));
  else if (isText(file) && file.size <= LARGEST_PREVIEW) preview(box, path, file);
  return box;
}

// The page may be open under another name of this machine than the server knows itself by.
function local(address) {
  return new URL(address, location.href).pathname;
}

function isText({ mimetype = "", filetype = "" }) {
  return mimetype.startsWith("text/") || /json|xml|yaml|toml|csv|sql|text|markdown|log|diff/.test(`${mimetype} ${filetype}`);
}

function kind({ filetype, mimetype }) {
  if (!filetype) return mimetype;
  return filetype.length <= LONGEST_SHORT ? filetype.toUpperCase() : filetype.charAt(0).toUpperCase() + filetype.slice(1);
}

/** Say a number of bytes. */
export function size(bytes = 0) {
  const place = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1000)));
  return `${(bytes / 1000 ** place).toFixed(place ? 1 : 0)} ${UNITS[place]}`;
}

async function preview(box, path, file) {
  const response = await fetch(path).catch(() => null);
  if (!response?.ok) return;
  const lines = (await response.text()).trimEnd().split("\n");
  const pre = el("pre", { tabindex: "0", role: "region", "aria-label": `Preview of ${file.title || file.name}` }, lines.slice(0, LINES).join("\n"));
  box.append(pre);
  if (lines.length <= LINES) return;
  pre.classList.add("cut");
  const toggle = el("button", { type: "button", class: "text-button", "aria-expanded": "false" }, `Show all ${lines.length} lines`);
  toggle.addEventListener("click", () => {
    const open = toggle.getAttribute("aria-expanded") === "false";
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = open ? "Show less" : `Show all ${lines.length} lines`;
    pre.classList.toggle("cut", !open);
    pre.textContent = (open ? lines : lines.slice(0, LINES)).join("\n");
  });
  box.append(toggle);
}
