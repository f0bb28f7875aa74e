// How people look: an initial on a colour that is always theirs.

import { el } from "../dom.js";

const COLOURS = 6;

/** Draw somebody's picture; the name beside it says who it is. */
export function avatar(user, size = "") {
  if (user?.is_bot) return el("span", { class: `avatar bot ${size}`, "aria-hidden": "true" });
  const name = user?.real_name ?? "?";
  const colour = [...name].reduce((sum, letter) => (sum * 37 + letter.codePointAt(0)) % 997, 0) % COLOURS;
  return el("span", { class: `avatar person-${colour + 1} ${size}`, "aria-hidden": "true" }, [...name][0]);
}
