// Lists whose unchanged nodes stay: focus, selection, scrolling and open menus live through updates.

/** Make `nodes` the children of `root` and move none that stands right already. */
export function arrange(root, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...root.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, place) => {
    if (root.children[place] !== node) root.insertBefore(node, root.children[place] ?? null);
  });
}

/** Nodes by key. `make(item)` gives {node, update(item)}; an item has a `key` of its own. */
export class KeyedList {
  constructor(root, make) {
    Object.assign(this, { root, make, rows: new Map() });
  }

  show(items) {
    const rows = new Map();
    for (const item of items) {
      const row = this.rows.get(item.key) ?? this.make(item);
      row.update?.(item);
      rows.set(item.key, row);
    }
    this.rows = rows;
    arrange(this.root, [...rows.values()].map((row) => row.node));
  }

  clear() {
    this.rows.clear();
    this.root.replaceChildren();
  }
}

/** Give a function that does `work` only when its argument, as JSON, is not the one before. */
export function onChange(work) {
  let before;
  return (...given) => {
    const now = JSON.stringify(given);
    if (now === before) return;
    const first = before === undefined;
    before = now;
    work(...given, first);
  };
}
