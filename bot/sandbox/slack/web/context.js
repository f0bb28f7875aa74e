// Who reads: how people, channels and moments are called for them.

/** Make the context that blocks and texts are drawn with, of the page's state. */
export function contextOf(state) {
  const { users = [], channels = [], usergroups = [] } = state;
  const find = (list, id) => list.find((one) => one.id === id);
  const me = find(users, state.me);
  return {
    me: state.me, users, channels,
    user: (id) => find(users, id),
    userName: (id) => find(users, id)?.real_name ?? id,
    channelName: (id) => find(channels, id)?.name ?? id,
    groupName: (id) => find(usergroups, id)?.handle ?? id,
    locale: me?.locale ?? "en-US",
    tz: me?.tz || undefined,
  };
}
