// A list of messages that stays where it is read, and at its end where it is followed.

import { el } from "../dom.js";
import { glyph } from "./glyphs.js";
import { KeyedList } from "./keep.js";
import { messageRow } from "./message.js";

const NEAR = 48;

/** A scrolling log; `root` is the element with role=log. */
export class MessageList {
  constructor(root, other = () => null) {
    this.root = root;
    this.inner = el("div", { class: "rows" });
    this.list = new KeyedList(this.inner, (item) => other(item) ?? messageRow(item));
    this.follows = true;
    this.place = "";
    this.newest = "";
    this.pill = el("button", { type: "button", class: "jump", hidden: true, onclick: () => this.toEnd() }, glyph("down"), "New messages");
    root.append(this.inner);
    root.after(this.pill);
    root.addEventListener("scroll", () => this.scrolled(), { passive: true });
    const sizes = new ResizeObserver(() => { if (this.follows) this.toEnd(); });
    sizes.observe(this.inner);
    sizes.observe(root);
  }

  /** Show items of a place; another place begins at its end. */
  show(items, place) {
    if (place !== this.place) {
      this.place = place;
      this.list.clear();
      this.follows = true;
      this.newest = "";
    }
    this.alone = items.length < 2; // the beginning of a conversation is read from its top
    this.list.show(items);
    const newest = items.at(-1)?.key ?? "";
    if (this.newest && newest !== this.newest && !this.follows) this.pill.hidden = false;
    this.newest = newest;
    if (this.follows) this.toEnd();
  }

  toEnd() {
    this.root.scrollTop = this.alone ? 0 : this.root.scrollHeight;
    this.size = sizeOf(this.root);
    this.follows = true;
    this.pill.hidden = true;
  }

  scrolled() {
    // The browser moved it, because it became wider or narrower: what follows the end goes on to do so.
    if (this.follows && (this.alone || this.size !== sizeOf(this.root))) return;
    this.follows = this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight < NEAR;
    if (this.follows) this.pill.hidden = true;
  }
}

function sizeOf({ scrollHeight, clientHeight }) {
  return `${scrollHeight} ${clientHeight}`;
}
