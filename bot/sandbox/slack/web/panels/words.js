// What the panel of troubles calls things, and what one will see.

const TITLES = { alibaba: "Alibaba Cloud", dli: "Huawei DLI", huawei: "Huawei DLI" };

/** Name a cloud. */
export function titleOf(cloud) {
  return TITLES[cloud] ?? cloud;
}

/** How a hot update can end, by the simulator's word. */
export const OUTCOMES = {
  succeed: "succeeds", fail: "fails", hang: "never ends", never_begin: "never begins", strange_state: "reports a state nobody knows",
};

/** What a fault does to a call, by kind. */
export const FAULTS = {
  delay: "Answers late", timeout: "Does it, then says nothing", drop_before: "Drops the request", drop_after: "Does it, drops the answer",
  status_429: "Throttles (429)", html_502: "Bad gateway (502)", xml_error: "Unavailable (503)", refuse: "Refuses with a code", truncate: "Answers half of the JSON",
};
/** Faults that take seconds. */
export const TIMED = new Set(["delay", "timeout", "status_429"]);

/** Operations worth breaking, first those of the change itself; a cloud's own calls are added. */
export const OPERATIONS = { alibaba: ["HotUpdateJob", "GetHotUpdateJobResult", "UpdateDeployment", "GetDeployment", "GetJob", "ListJobs", "ListDeployments"] };

/** What can be done to Slack in one press. */
export const SLACK = [
  {
    title: "Lose an answer", button: "Drop the next answer", body: { method: "chat.postMessage", kind: "drop_answer", times: 1 },
    see: "Slack takes the next post, but the bot never hears so. It must find its own message instead of posting a second one.",
  },
  {
    title: "Rate limits", button: "Start a storm of 429", body: { method: "*", kind: "rate_limited", times: 5, retry_after: 3 },
    see: "The next five calls are told to wait three seconds. Cards lag behind and catch up; nothing is lost.",
  },
  {
    title: "Slack is down", button: "Fail the next calls", body: { method: "*", kind: "server_error", times: 5 },
    see: "The next five calls end in a server error. The update goes on; its card is brought up to date afterwards.",
  },
  {
    title: "Revoked token", button: "Revoke the token", body: { method: "*", kind: "refuse", error: "token_revoked", times: 20 },
    see: "The next twenty calls are refused with token_revoked. The bot's log says what to do; commands still get their first answer.",
  },
];
