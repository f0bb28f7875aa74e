// Who one is: the menu of people, languages and themes.

import { act, el } from "../dom.js";
import { glyph } from "./glyphs.js";
import { onChange } from "./keep.js";
import { menuButton } from "./menu.js";
import { avatar } from "./people.js";
import { recall, remember } from "./remember.js";
import { go, page } from "./store.js";

const LOCALES = [["en-US", "English (US)"], ["en-GB", "English (UK)"], ["zh-CN", "简体中文"], ["ja-JP", "日本語"], ["de-DE", "Deutsch"], ["fr-FR", "Français"]];
const THEMES = [["auto", "As the system"], ["light", "Light"], ["dark", "Dark"]];

/** Give what draws the button. */
export function youView(button) {
  menuButton(button, () => [
    { label: "You are", items: people() },
    { label: "Language", items: locales() },
    { label: "Theme", items: themes() },
  ], { label: "Person, language and theme" });
  const draw = onChange((name, locale) => button.replaceChildren(avatar(me()), el("span", { class: "you-words" }, el("span", { class: "hidden" }, "You are "),
    el("strong", {}, name), el("span", { class: "you-note" }, nameOf(locale))), glyph("down")));
  return () => { const user = me(); if (user) draw(user.real_name, user.locale); };
}

function me() {
  return page.state.users.find((user) => user.id === page.me);
}

function nameOf(locale) {
  return LOCALES.find(([code]) => code === locale)?.[1] ?? locale;
}

function people() {
  return page.state.users.filter((user) => !user.is_bot).map((user) => ({
    words: user.real_name, note: nameOf(user.locale), lead: avatar(user, "small"), checked: user.id === page.me,
    pick: () => go(user.id, page.here.is_im ? "" : page.channel),
  }));
}

function locales() {
  const own = me().locale;
  const known = LOCALES.some(([code]) => code === own) ? LOCALES : [[own, own], ...LOCALES];
  return known.map(([code, words]) => ({ words, lang: code, checked: code === own, pick: () => act("locale", { user: page.me, locale: code }) }));
}

function themes() {
  const own = recall("theme", "auto");
  return THEMES.map(([code, words]) => ({ words, checked: code === own, pick: () => turn(code) }));
}

function turn(theme) {
  remember("theme", theme);
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
