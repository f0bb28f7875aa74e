// What the browser keeps: over visits (theme, drawer, what was read) and over reloads (drafts, dismissals).

const PREFIX = "flinkbot.";

/** Give what was kept, or `otherwise`. */
export function recall(name, otherwise, storage = localStorage) {
  try {
    return JSON.parse(storage.getItem(PREFIX + name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Keep a value; a browser that keeps nothing is no reason to fail. */
export function remember(name, value, storage = localStorage) {
  try {
    storage.setItem(PREFIX + name, JSON.stringify(value));
  } catch { /* full, or forbidden */ }
}
