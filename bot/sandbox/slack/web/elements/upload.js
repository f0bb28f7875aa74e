// A field for files: choose or drop them, see them go up, take them away again.

import { el, upload } from "../dom.js";
import { icon, smallButton } from "../icons.js";
import { size } from "../shell/files.js";

const LARGEST = 100 * 2 ** 20;

/** Draw a file field. */
export function fileInput(one, at) {
  return new FileField(one, at).box;
}

class FileField {
  constructor(one, { id, label, describedby, state, send }) {
    Object.assign(this, { kinds: one.filetypes, most: one.max_files ?? 10, send });
    this.files = (state.files ?? []).map((file) => ({ name: file.name, size: file.size, file }));
    const many = this.most > 1;
    this.rows = el("ul", { class: "files", "aria-label": "Chosen files" });
    this.trouble = el("p", { class: "error", role: "alert", hidden: true });
    this.input = el("input", {
      type: "file", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true", multiple: many, accept: this.kinds?.map((kind) => `.${kind}`).join(","),
      onchange: () => { this.take([...this.input.files]); this.input.value = ""; },
    });
    this.chooser = el("button", { type: "button", class: "button", "aria-describedby": describedby, onclick: () => this.input.click() },
      icon("upload"), el("span", { class: "words" }, many ? "Choose files" : "Choose a file"));
    this.zone = el("div", { class: "drop-zone" }, this.chooser, el("span", { class: "quiet" }, ` or drop ${many ? "them" : "it"} here`));
    this.box = el("div", { class: "files-input", id, role: "group", "aria-labelledby": label?.labelledby }, this.zone, this.input, this.rows, this.trouble);
    this.listen();
    this.draw();
  }

  listen() {
    for (const kind of ["dragover", "dragleave", "drop"]) {
      this.zone.addEventListener(kind, (event) => { event.preventDefault(); this.zone.classList.toggle("over", kind === "dragover"); });
    }
    this.zone.addEventListener("drop", (event) => this.take([...event.dataTransfer.files]));
  }

  async take(chosen) {
    this.complain("");
    for (const file of chosen) {
      const wrong = this.refusal(file);
      if (wrong) this.complain(wrong);
      else await this.sendUp({ name: file.name, size: file.size, source: file });
    }
  }

  refusal(file) {
    const kind = file.name.split(".").at(-1).toLowerCase();
    if (this.files.length >= this.most) return `No more than ${this.most} ${this.most === 1 ? "file" : "files"} can be added.`;
    if (this.kinds && !this.kinds.includes(kind)) return `${file.name}: only ${this.kinds.join(", ")} can be added.`;
    return file.size > LARGEST ? `${file.name} is larger than 100 MB.` : "";
  }

  async sendUp(entry) {
    this.files = [...this.files, entry];
    this.draw();
    try {
      entry.file = await upload(this.send.me, entry.source);
      if (this.files.includes(entry)) await this.report(); // not taken away meanwhile
    } catch (error) {
      this.files = this.files.filter((other) => other !== entry);
      this.complain(`${entry.name}: ${error.message}`);
    }
    this.draw();
  }

  report() {
    const ready = this.files.filter((entry) => entry.file).map((entry) => entry.file);
    return this.send.choose(ready.map((file) => file.id), { files: ready }, { silent: true });
  }

  remove(entry) {
    this.files = this.files.filter((other) => other !== entry);
    this.draw();
    this.report();
    this.chooser.focus();
  }

  complain(words) {
    this.trouble.textContent = words;
    this.trouble.hidden = !words;
  }

  draw() {
    this.rows.hidden = !this.files.length;
    this.zone.hidden = this.files.length >= this.most;
    this.rows.replaceChildren(...this.files.map((entry) => this.row(entry)));
  }

  row(entry) {
    return el("li", { class: entry.file ? "" : "loading" },
      icon("file"), el("span", { class: "name" }, entry.name),
      el("span", { class: "quiet" }, entry.file ? size(entry.size) : "Uploading…"),
      smallButton(`Remove ${entry.name}`, "close", () => this.remove(entry)));
  }
}
