// The selects: with options of their own, of the app's, or people and channels.

import { combobox } from "../combobox.js";
import { withEmoji } from "../emoji.js";
import { avatar } from "../shell/people.js";
import { channelGlyph } from "../shell/glyphs.js";

const REST = 150; // milliseconds without a key before the app is asked

/** Draw a select with options or groups of its own. */
export function staticSelect(one, at) {
  const groups = (one.option_groups ?? [{ options: one.options }]).map(grouped);
  return select(one, at, { key: "selected_option", initial: "initial_option", toItem: itemOf, source: (typed) => searched(groups, typed) });
}

/** Draw a select whose options the app is asked for. */
export function externalSelect(one, at) {
  const least = one.min_query_length ?? 3;
  const source = (typed) => {
    if (typed.length < least) return { note: `Type ${least === 1 ? "a character" : `${least} or more characters`} to search` };
    return at.send.suggest(typed).then(suggested);
  };
  return select(one, at, { key: "selected_option", initial: "initial_option", toItem: itemOf, source, rest: REST });
}

function suggested(answer) {
  if (answer.error) return { error: "The options could not be loaded." };
  return (answer.option_groups ?? [{ options: answer.options }]).map(grouped);
}

/** Draw a select of people, channels or both. */
export function conversationSelect(one, at) {
  const kind = one.type.replace("multi_", "").replace("s_select", "");
  const items = DIRECTORY[kind](one, at.context);
  const toItem = (id) => items.find((item) => item.value === id) ?? { value: id, label: id, raw: id };
  const here = one.default_to_current_conversation ? at.channel : undefined;
  const given = one[`initial_${kind}`] ?? one[`initial_${kind}s`] ?? (one.type.startsWith("multi_") && here ? [here] : here);
  return select({ ...one, given }, at, { key: `selected_${kind}`, initial: "given", toItem, source: (typed) => searched([{ items }], typed) });
}

const kindOf = (channel) => (channel.is_im ? "im" : channel.is_private ? "private" : "public");
const living = (context) => (context.channels ?? []).filter((channel) => !channel.is_archived);
const DIRECTORY = {
  user: (_one, context) => (context.users ?? []).filter((user) => !user.deleted).map(person),
  channel: (_one, context) => living(context).filter((channel) => kindOf(channel) === "public").map(channelItem),
  conversation: ({ filter = {} }, context) => living(context)
    .filter((channel) => !filter.include || filter.include.includes(kindOf(channel)))
    .filter((channel) => !(channel.is_im && filter.exclude_bot_users)).map(channelItem),
};

function person(user) {
  return { value: user.id, raw: user.id, label: user.real_name, description: `@${user.name}`, lead: () => avatar(user, "small") };
}

function channelItem(channel) {
  return { value: channel.id, raw: channel.id, label: channel.name, lead: () => channelGlyph(channel) };
}

function itemOf(option) {
  return { value: option.value, label: withEmoji(option.text.text), description: option.description ? withEmoji(option.description.text) : "", raw: option };
}

function grouped(group) {
  return { label: group.label ? withEmoji(group.label.text) : "", items: (group.options ?? []).map(itemOf) };
}

function searched(groups, typed) {
  const wanted = typed.trim().toLocaleLowerCase();
  const fits = (item) => item.label.toLocaleLowerCase().includes(wanted) || (item.description ?? "").toLocaleLowerCase().includes(wanted);
  return groups.map((group) => ({ ...group, items: wanted ? group.items.filter(fits) : group.items }));
}

function select(one, at, { key, initial, toItem, source, rest }) {
  const many = one.type.startsWith("multi_");
  const held = at.state[many ? `${key}s` : key];
  const first = held === undefined ? one[many && initial !== "given" ? `${initial}s` : initial] : held;
  const values = (items) => (many ? items.map((item) => item.value) : items[0]?.value ?? null);
  const raws = (items) => (many ? items.map((item) => item.raw) : items[0]?.raw ?? null);
  const placeholder = one.placeholder?.text ?? (many ? "Choose options" : "Choose an option");
  return combobox({
    id: at.id, name: at.block.label?.text ?? placeholder, describedby: at.describedby, placeholder,
    many, most: one.max_selected_items, clearable: at.block.type === "input" && at.optional,
    chosen: (many ? first ?? [] : [first].filter(Boolean)).map(toItem), source, rest,
    changed: (items) => at.send.choose(values(items), { [many ? `${key}s` : key]: raws(items) }),
  });
}
