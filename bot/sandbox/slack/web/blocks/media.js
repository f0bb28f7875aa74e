// Pictures, videos and files.

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { link, text } from "../mrkdwn.js";
import { picture } from "../picture.js";

/** Draw an image block. */
export function image(block, place) {
  return el("figure", {}, block.title ? el("figcaption", {}, text(block.title, place.context)) : null, picture(block));
}

/** Draw a video: its picture, which leads to it. */
export function video(block, place) {
  const by = [block.provider_name, block.author_name].filter(Boolean).join(" · ");
  const title = text(block.title, place.context);
  return el("div", {},
    by ? el("div", { class: "quiet by" }, by) : null,
    el("div", { class: "title" }, block.title_url ? link(block.title_url, title) : title),
    block.description ? el("div", {}, text(block.description, place.context)) : null,
    el("a", { class: "still", href: block.video_url, target: "_blank", rel: "noreferrer", "aria-label": `Play: ${block.title.text}` },
      picture({ image_url: block.thumbnail_url, alt_text: block.alt_text }, "hero"), el("span", { class: "play", "aria-hidden": "true" }, icon("play"))));
}

/** Draw a file that stands in a message. */
export function file(block) {
  return el("div", {}, icon("file"), el("span", {}, el("strong", {}, block.file?.title ?? "File"), el("span", { class: "quiet" }, ` ${block.external_id ?? ""}`)));
}
