// The page: puts its parts together, reads what the person sees, and reads it again at every change.

import { act, toast } from "./dom.js";
import { showModal } from "./modal.js";
import { drawerView } from "./panels/drawer.js";
import { channelView } from "./shell/channel.js";
import { Composer } from "./shell/composer.js";
import { listen } from "./shell/connection.js";
import { glyph } from "./shell/glyphs.js";
import { headerView } from "./shell/header.js";
import { homeView } from "./shell/home.js";
import { layout } from "./shell/layout.js";
import { menuButton } from "./shell/menu.js";
import { sidebarView } from "./shell/sidebar.js";
import { onDraw, page, readAddress, refresh } from "./shell/store.js";
import { threadView } from "./shell/thread.js";
import { youView } from "./shell/you.js";

const at = (id) => document.getElementById(id);
const drawer = drawerView(at("drawer"), { traffic: at("open-traffic"), trouble: at("open-trouble") });
const panes = layout(drawer);
const composers = [
  new Composer(at("composer"), { placeholder: (channel) => `Message ${channel.is_im ? channel.name : `#${channel.name}`}, or / for commands` }),
  new Composer(at("reply"), { thread: () => page.spot, placeholder: () => "Reply…" }),
];

at("plus").append(glyph("plus"));
at("thread-close").append(glyph("close"));
menuButton(at("plus"), () => [{ label: "Shortcuts", items: globalShortcuts() }], { label: "Shortcuts" });

function globalShortcuts() {
  return (page.state.shortcuts ?? []).filter((one) => one.type === "global").map((one) => ({
    words: one.name, note: one.description, lead: glyph("bolt"),
    pick: async () => { const answer = await act("shortcut", { user: page.me, callback_id: one.callback_id }); toast(answer.shown || answer.error, answer.reason); },
  }));
}

onDraw(headerView());
onDraw(homeView());
onDraw(channelView(at("messages")));
onDraw(threadView(at("thread"), panes.threadChanged));
onDraw(sidebarView());
onDraw(youView(at("you")));
onDraw(() => { for (const composer of composers) composer.show(); });
onDraw(() => { at("plus").hidden = !globalShortcuts().length; });
onDraw(() => panes.moved());
onDraw(() => showModal(page.state.views, page));
onDraw(() => drawer.changed());

window.addEventListener("hashchange", () => { if (panes.skips()) return; readAddress(); refresh(); });
document.addEventListener("visibilitychange", refresh);
readAddress();
await refresh();
listen(at("offline"));
