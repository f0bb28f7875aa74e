// A field for files: choose or drop them, see them go up, take them away again.

import { el, uid, upload } from "../dom.js";
import { icon, smallButton } from "../icons.js";

const LARGEST = 100 * 2 ** 20;
const UNITS = ["bytes", "KB", "MB"];

/** Draw a file field. */
export function fileInput(one, { id, label, describedby, state, send }) {
  const most = one.max_files ?? 10;
  let files = (state.files ?? []).map((file) => ({ name: file.name, size: file.size, file }));
  const rows = el("ul", { class: "files", "aria-label": "Chosen files" });
  const trouble = el("p", { class: "error", role: "alert", hidden: true });
  const input = el("input", {
    type: "file", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true", multiple: most > 1,
    accept: one.filetypes?.map((kind) => `.${kind}`).join(","), onchange: () => { take([...input.files]); input.value = ""; },
  });
  const chooser = el("button", { type: "button", class: "button", "aria-describedby": describedby, onclick: () => input.click() }, icon("upload"), el("span", { class: "words" }, most > 1 ? "Choose files" : "Choose a file"));
  const zone = el("div", { class: "drop-zone" }, chooser, el("span", { class: "quiet" }, ` or drop ${most > 1 ? "them" : "it"} here`));
  const box = el("div", { class: "files-input", id, role: "group", "aria-labelledby": label?.labelledby }, zone, input, rows, trouble);

  const complain = (words) => { trouble.textContent = words; trouble.hidden = !words; };
  const report = () => {
    const ready = files.filter((entry) => entry.file).map((entry) => entry.file);
    return send.choose(ready.map((file) => file.id), { files: ready }, { silent: true });
  };
  const remove = (entry) => { files = files.filter((other) => other !== entry); draw(); report(); chooser.focus(); };
  const draw = () => {
    rows.hidden = !files.length;
    zone.hidden = files.length >= most;
    rows.replaceChildren(...files.map((entry) => row(entry, remove)));
  };

  async function take(chosen) {
    complain("");
    for (const file of chosen) {
      const wrong = refusal(file, one.filetypes, files.length >= most ? most : null);
      if (wrong) { complain(wrong); continue; }
      await sendUp({ name: file.name, size: file.size, source: file });
    }
  }
  async function sendUp(entry) {
    files = [...files, entry];
    draw();
    try {
      entry.file = await upload(send.me, entry.source);
      await report();
    } catch (error) {
      files = files.filter((other) => other !== entry);
      complain(`${entry.name}: ${error.message}`);
    }
    draw();
  }
  for (const kind of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.toggle("over", kind === "dragover"); });
  }
  zone.addEventListener("drop", (event) => take([...event.dataTransfer.files]));
  draw();
  return box;
}

function refusal(file, kinds, full) {
  const kind = file.name.split(".").at(-1).toLowerCase();
  if (full) return `No more than ${full} ${full === 1 ? "file" : "files"} can be added.`;
  if (kinds && !kinds.includes(kind)) return `${file.name}: only ${kinds.join(", ")} can be added.`;
  return file.size > LARGEST ? `${file.name} is larger than 100 MB.` : "";
}

function row(entry, remove) {
  const about = uid("file");
  return el("li", { class: entry.file ? "" : "loading" },
    icon("file"), el("span", { id: about, class: "name" }, entry.name),
    el("span", { class: "quiet" }, entry.file ? sized(entry.size) : "Uploading…"),
    smallButton(`Remove ${entry.name}`, "close", () => remove(entry)));
}

/** Say a number of bytes. */
export function sized(bytes) {
  const step = bytes < 1024 ? 0 : bytes < 2 ** 20 ? 1 : 2;
  const number = bytes / 1024 ** step;
  return `${step ? number.toFixed(1) : number} ${UNITS[step]}`;
}
