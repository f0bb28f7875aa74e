// Pictures. No request leaves the sandbox, so those of other hosts are shown by their description.

import { el } from "./dom.js";
import { icon } from "./icons.js";

/** Draw an image element or block. `size`: full, thumbnail or tiny. */
export function picture(image, size = "full") {
  const address = image.image_url ?? image.slack_file?.url ?? "";
  if (isHere(address)) return el("img", { class: `picture ${size}`, src: address, alt: image.alt_text, loading: "lazy" });
  return el("span", { class: `picture away ${size}`, role: "img", "aria-label": image.alt_text, title: `${image.alt_text}\n${address}` },
    icon("image"), size === "full" ? el("span", { "aria-hidden": "true" }, image.alt_text) : null);
}

function isHere(address) {
  return address.startsWith("data:image/") || (URL.canParse(address) && new URL(address).host === location.host);
}
