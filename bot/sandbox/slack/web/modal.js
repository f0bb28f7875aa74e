// The person's stack of modals, kept in step with the server without losing typing, focus or place.

import { act, el } from "./dom.js";
import { ViewForm } from "./viewform.js";

const forms = new Map(); // view id → its form, also of views that are covered now
let shown = null; // the form on top
let returnTo = null; // what had the focus before the first modal

/** Show the top view, or nothing. `page`: {me, context}. */
export function showModal(views, page) {
  const dialog = frame();
  forget(views, page);
  const view = views.at(-1);
  if (!view) return close(dialog);
  const fresh = !forms.has(key(view, page));
  if (fresh) forms.set(key(view, page), new ViewForm(view, page));
  const form = forms.get(key(view, page));
  form.show(view, views.length, page);
  if (form !== shown) swap(dialog, form);
  listen(dialog, form);
  if (!dialog.open) {
    returnTo = document.activeElement;
    dialog.showModal();
  }
  if (form !== shown) form.arrive(fresh);
  shown = form;
  return form;
}

function key(view, page) {
  return `${page.me} ${view.id}`;
}

function frame() {
  const there = document.getElementById("modal");
  if (there) return there;
  const made = el("dialog", { id: "modal", class: "modal", "aria-labelledby": "modal-title" });
  document.body.append(made);
  return made;
}

function forget(views, page) {
  const open = new Set(views.map((view) => key(view, page)));
  for (const known of forms.keys()) if (!open.has(known)) forms.delete(known);
}

function swap(dialog, form) {
  shown?.leave();
  dialog.replaceChildren(form.root);
}

function close(dialog) {
  if (!shown && !dialog.open) return;
  shown = null;
  dialog.oncancel = dialog.onclose = null;
  if (dialog.open) dialog.close();
  dialog.replaceChildren();
  if (returnTo?.isConnected) returnTo.focus();
  returnTo = null;
}

function listen(dialog, form) {
  const leave = () => act("close", { user: form.page.me, view: form.view.id, everything: true });
  dialog.oncancel = (event) => {
    if (event.target !== dialog) return;
    event.preventDefault();
    leave();
  };
  // A browser closes a dialog at the second Escape whatever the page says to it.
  dialog.onclose = (event) => { if (event.target === dialog && !dialog.open && shown === form) leave(); };
}
