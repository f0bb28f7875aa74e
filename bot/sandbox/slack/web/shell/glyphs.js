// The signs of the page around the messages.

import { icon } from "../icons.js";

/** Draw one; it is decoration, the control around it has the name. */
export function glyph(name) {
  return icon(name);
}

/** Draw what stands before a conversation's name. */
export function channelGlyph(channel) {
  if (channel.is_archived) return glyph("archive");
  if (channel.is_im) return glyph("chat");
  return glyph(channel.is_private ? "lock" : "hash");
}
