// The workspace's side: channels, direct messages, apps, and what is unread in them.

import { el } from "../dom.js";
import { channelGlyph, glyph } from "./glyphs.js";
import { KeyedList } from "./keep.js";
import { avatar } from "./people.js";
import { address, ordered } from "./store.js";
import { unread } from "./unread.js";

const DELIVERY = { http: "Events by HTTP", socket: "Events by Socket Mode", none: "No app is connected" };

/** Give what draws the sidebar. */
export function sidebarView() {
  const sections = new KeyedList(document.getElementById("places"), sectionRow);
  const delivery = document.getElementById("delivery");
  return (page) => {
    const { state } = page;
    const { mode = "none" } = state.delivery ?? {};
    delivery.textContent = DELIVERY[mode] ?? mode;
    delivery.classList.toggle("away", mode === "none");
    const places = ordered(state.channels).map((channel) => placeItem(channel, page));
    const direct = state.channels.find((channel) => channel.is_im);
    sections.show([
      { key: "Channels", items: places.filter((one) => !one.channel.is_im) },
      { key: "Direct messages", items: places.filter((one) => one.channel.is_im) },
      { key: "Apps", items: direct && state.home_enabled ? [homeItem(direct, page)] : [] },
    ].filter((one) => one.items.length));
    const waiting = places.reduce((sum, one) => sum + one.unread, 0);
    document.title = `${waiting ? `(${waiting}) ` : ""}${page.here.is_im ? "" : "#"}${page.here.name} – Flinkbot sandbox`;
  };
}

function placeItem(channel, page) {
  const current = channel.id === page.channel && page.spot !== "home";
  return {
    key: channel.id, channel, current, href: address(page.me, channel.id),
    unread: current && !document.hidden ? 0 : unread(page.me, channel.id, page.state.messages[channel.id] ?? []),
  };
}

function homeItem(channel, page) {
  return { key: "home", channel, current: channel.id === page.channel && page.spot === "home", href: address(page.me, channel.id, "home"), unread: 0, home: true };
}

function sectionRow({ key }) {
  const list = el("ul", { class: "place-list", "aria-label": key });
  const rows = new KeyedList(list, placeRow);
  return { node: el("div", { class: "place-section" }, el("h2", { class: "place-heading" }, key), list), update: ({ items }) => rows.show(items) };
}

function placeRow() {
  const lead = el("span", { class: "place-lead" });
  const name = el("span", { class: "place-name" });
  const badge = el("span", { class: "badge" });
  const link = el("a", { class: "place" }, lead, name, badge);
  let drawn = "";
  const update = ({ channel, current, href, unread: count, home }) => {
    link.href = href;
    link.classList.toggle("archived", channel.is_archived);
    link.classList.toggle("waiting", count > 0);
    if (current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    const now = JSON.stringify([channel.name, channel.is_archived, channel.is_private, count, home]);
    if (now === drawn) return;
    drawn = now;
    lead.replaceChildren(home ? glyph("home") : channel.is_im ? avatar({ is_bot: true }, "tiny") : channelGlyph(channel));
    name.replaceChildren(home ? `${channel.name} Home` : channel.name, ...hiddenWords(channel, home));
    badge.replaceChildren(...(count ? [el("span", { "aria-hidden": "true" }, count > 99 ? "99+" : String(count)), el("span", { class: "hidden" }, ` ${count} unread`)] : []));
    badge.hidden = !count;
  };
  return { node: el("li", {}, link), update };
}

function hiddenWords(channel, home) {
  if (home) return [];
  const words = [channel.is_private ? "private" : "", channel.is_archived ? "archived" : ""].filter(Boolean).join(", ");
  return words ? [el("span", { class: "hidden" }, ` (${words})`)] : [];
}
