// The control APIs of the simulated clouds, through the page's own origin.

/** Read a cloud's state. */
export async function cloudState(name) {
  const response = await fetch(`/sandbox/clouds/${name}/state`);
  if (!response.ok) throw new Error(`${name} answers ${response.status}`);
  return response.json();
}

/** Ask for something; what cannot be done comes back as `error`, in words. */
export async function cloudAct(name, path, body, method = "POST") {
  try {
    const response = await fetch(`/sandbox/clouds/${name}/${path}`, {
      method, headers: { "Content-Type": "application/json" }, body: body === null ? undefined : JSON.stringify(body),
    });
    const answer = await response.json();
    return response.ok ? answer : { error: worded(answer.error) };
  } catch {
    return { error: "The simulated cloud does not answer." };
  }
}

function worded(error) {
  if (!Array.isArray(error)) return error ?? "That could not be done.";
  return error.map((one) => `${(one.loc ?? []).join(".")}: ${one.msg}`).join("; ");
}
