// What opens beside a control: lists, menus and calendars, above everything else and within the window.

const GAP = 6;
const EDGE = 8;

/** Make `panel` open beside `anchor`. `align`: start, end or fill (as wide as the anchor). */
export function popup(anchor, panel, { align = "start", changed = () => {}, dismissed = () => {} } = {}) {
  let ending = null;
  const isOpen = () => ending !== null;
  const close = () => {
    if (!isOpen()) return;
    ending.abort();
    ending = null;
    if (panel.isConnected) panel.hidePopover();
    changed(false);
  };
  const place = () => (anchor.isConnected ? settle(anchor, panel, align) : close());
  const open = () => {
    if (isOpen()) return place();
    ending = new AbortController();
    const { signal } = ending;
    panel.showPopover();
    place();
    changed(true);
    window.addEventListener("resize", place, { signal });
    document.addEventListener("scroll", (event) => { if (!panel.contains(event.target)) place(); }, { signal, capture: true });
    document.addEventListener("pointerdown", (event) => {
      if (anchor.contains(event.target) || panel.contains(event.target)) return;
      close();
      dismissed();
    }, { signal, capture: true });
  };
  return { open, close, isOpen, place };
}

function settle(anchor, panel, align) {
  const box = anchor.getBoundingClientRect();
  const { style, scrollTop } = panel;
  style.maxHeight = "";
  style.width = align === "fill" ? `${Math.max(box.width, 200)}px` : "";
  const below = window.innerHeight - box.bottom - GAP - EDGE;
  const above = box.top - GAP - EDGE;
  const wanted = panel.scrollHeight + 2;
  const up = wanted > below && above > below;
  style.maxHeight = `${Math.max(80, Math.min(up ? above : below, 320))}px`;
  const { width, height } = panel.getBoundingClientRect();
  const left = align === "end" ? box.right - width : box.left;
  style.left = `${Math.max(EDGE, Math.min(left, window.innerWidth - width - EDGE))}px`;
  panel.scrollTop = scrollTop; // without its height it stood at the top for a moment
  style.top = `${up ? Math.max(EDGE, box.top - GAP - height) : box.bottom + GAP}px`;
}
