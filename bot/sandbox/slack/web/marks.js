// The signs that stand for kinds of conversations.

/** Give a conversation's sign. */
export function channelMark(channel) {
  if (channel.is_im) return "●";
  return channel.is_private ? "🔒\uFE0E" : "#";
}
