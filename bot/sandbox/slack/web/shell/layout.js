// Which panes are seen: side menu, thread and drawer share a narrow window; the focus goes along.

import { glyph } from "./glyphs.js";
import { page } from "./store.js";

const NARROW = matchMedia("(max-width: 760px)");
const TIGHT = matchMedia("(max-width: 1439px)"); // one pane beside the conversation, not two
const WRITES = matchMedia("(hover: hover)"); // where the focus in a field opens no keyboard on the glass
const at = (id) => document.getElementById(id);

/** Arrange the panes; `drawer` is the one of panels/drawer.js. */
export function layout(drawer) {
  const side = sideMenu(() => settle(drawer));
  const again = () => { if (!NARROW.matches) side.close(false); settle(drawer); };
  NARROW.addEventListener("change", again);
  drawer.onToggle = (open) => {
    if (open && TIGHT.matches && !at("thread").hidden) at("thread-close").click();
    settle(drawer);
  };
  at("skip").addEventListener("click", (event) => { event.preventDefault(); (page.spot === "home" ? at("panel-home") : at("messages")).focus(); });
  let before = null;
  return {
    /** The skip link is no place to go to. */
    skips: () => location.hash === "#messages",
    /** A thread was opened or closed; `was` is the one that was open. */
    threadChanged: (open, was) => {
      if (open && TIGHT.matches) drawer.close(false);
      settle(drawer);
      if (!before) return;
      if (open) (WRITES.matches && !page.here.is_archived ? at("replied") : at("thread-title")).focus();
      else if (isLost(document.activeElement)) backToThread(was);
    },
    /** The person may be somewhere else now. */
    moved: () => {
      const now = [page.me, page.channel, page.spot === "home"].join(" ");
      if (before && before !== now) arrive(side);
      before = now;
    },
  };
}

function arrive(side) {
  const chosen = document.activeElement;
  side.close(false);
  if (chosen?.closest("[role=tablist]")) return;
  if (page.spot === "home") at("panel-home").focus();
  else if (WRITES.matches && !page.here.is_archived) at("typed").focus();
  else at("channel-name").focus();
}

/** A pane that was hidden this moment still has the focus until the next frame. */
function isLost(focused) {
  return !focused || focused === document.body || at("thread").contains(focused);
}

function backToThread(ts) {
  const message = ts && at("messages").querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  (message?.querySelector(".replies, .tool-button") ?? at("messages")).focus();
}

/** What is covered takes no part: neither for the keyboard nor for a screen reader. */
function settle(drawer) {
  const narrow = NARROW.matches;
  const side = narrow && at("sidebar").classList.contains("open");
  const pane = narrow && (drawer.isOpen() || !at("thread").hidden);
  for (const child of at("main").children) {
    // The page's only first heading stays for those who walk by headings.
    if (child.tagName !== "H1") child.inert = side || pane;
  }
  at("thread").inert = side || (narrow && drawer.isOpen());
  at("drawer").inert = side;
  at("curtain").hidden = !side;
}

function sideMenu(settled) {
  const [nav, opener, closer] = [at("sidebar"), at("sidebar-open"), at("sidebar-close")];
  opener.append(glyph("menu"));
  closer.append(glyph("close"));
  const turn = (open) => {
    nav.classList.toggle("open", open);
    opener.setAttribute("aria-expanded", String(open));
    settled();
  };
  const close = (back = true) => {
    if (!nav.classList.contains("open")) return;
    turn(false);
    if (back) opener.focus();
  };
  opener.addEventListener("click", () => { turn(true); (nav.querySelector("[aria-current]") ?? closer).focus(); });
  closer.addEventListener("click", () => close());
  at("curtain").addEventListener("click", () => close());
  nav.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  nav.addEventListener("click", (event) => { if (event.target.closest("a[aria-current]")) close(); });
  return { close };
}
