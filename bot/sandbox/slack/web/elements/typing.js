// When what is typed is told: kept at every key, sent to the app only where it asked for that.

const REST = 250; // milliseconds without a key before what was typed is sent on

/** Say when an element's text is sent: {enter, character}. */
export function triggers(one, dispatches) {
  const on = dispatches ? one.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"] : [];
  return { enter: on.includes("on_enter_pressed"), character: on.includes("on_character_entered") };
}

/** Listen to a field. `tell(silent)`: with `silent` it is only kept. */
export function listenTyping(field, told, tell) {
  let timer = null;
  const flush = () => {
    if (timer === null) return;
    clearTimeout(timer);
    timer = null;
    tell(false);
  };
  field.addEventListener("blur", flush);
  field.addEventListener("input", () => {
    if (!told.character) return tell(true);
    clearTimeout(timer);
    timer = setTimeout(flush, REST);
    return null;
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !told.enter || event.shiftKey) return;
    event.preventDefault();
    timer ??= 0; // what Enter ends is sent, typed or not
    flush();
  });
}
