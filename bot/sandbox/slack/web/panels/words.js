// What the panel of troubles calls things, and what one will see. Clouds without words here are shown by their own.

const ALWAYS = [["succeed", "succeeds"], ["fail", "fails"], ["hang", "never ends"]];
const START = [["succeed", "succeeds"], ["fail", "fails"], ["hang", "never ends"], ["never_begin", "never begins"], ["strange_state", "reports a state nobody knows"]];

/** What each cloud's jobs can be told to do (`turns`: member of its behaviour → what it is, and how it
 * can end, as [value, words, further members]), how long that takes, and which calls are worth breaking. */
const CLOUDS = {
  alibaba: {
    title: "Alibaba Cloud",
    turns: {
      outcome: ["Its next hot update", [
        ["succeed", "succeeds"], ["fail", "fails, the job goes on", { severity: "LOW" }], ["fail", "fails and takes the job down", { severity: "CRITICAL" }],
        ...START.slice(2),
      ]],
    },
    times: { duration_s: "Hot update takes" },
    operations: ["HotUpdateJob", "GetHotUpdateJobResult", "UpdateDeployment", "GetDeployment", "GetJob", "ListJobs", "ListDeployments"],
  },
  dli: {
    title: "Huawei Cloud DLI",
    turns: {
      outcome: ["Its next start", [...START, ["exception", "runs, then breaks"], ["crash_loop", "restarts again and again"], ["arrears", "is stopped for arrears"], ["finish", "runs, then finishes"]]],
      stop: ["Its next stop", [...ALWAYS, ["finish", "finds it finished"]]],
      savepoint: ["Its next savepoint", ALWAYS],
    },
    times: { duration_s: "Start takes", stop_s: "Stop takes" },
    operations: ["BatchRunFlinkJobs", "BatchStopFlinkJobs", "UpdateFlinkSqlJob", "UpdateFlinkJarJob", "ExecuteFlinkJobSavepoint", "ShowFlinkJob", "ListFlinkJobs", "ImportFlinkJobSavepoint"],
    faults: { refuse_200: "Says no inside a 200", deny: "Denies the permission (403)", server_error: "Fails inside (500)" },
  },
};
const UNKNOWN = { turns: { outcome: ["Its next change", ALWAYS] }, times: { duration_s: "Change takes" }, operations: [] };

/** What a fault does to a call, by kind. */
const FAULTS = {
  delay: "Answers late", timeout: "Does it, then says nothing", drop_before: "Drops the request", drop_after: "Does it, drops the answer",
  status_429: "Throttles (429)", html_502: "Bad gateway (502)", xml_error: "Unavailable (503)", refuse: "Refuses with a code", truncate: "Answers half of the JSON",
};

/** Faults that take seconds. */
export const TIMED = new Set(["delay", "timeout", "status_429"]);
/** Faults that come with a code and a message. */
export const CODED = new Set(["refuse", "refuse_200", "deny", "server_error", "xml_error"]);

/** Give what is known of a cloud. */
export function cloudWords(name) {
  const known = CLOUDS[name] ?? UNKNOWN;
  return { title: name, ...known, faults: { ...FAULTS, ...known.faults } };
}

/** Say how something ends that a behaviour names. */
export function endOf(ends, behaviour, member) {
  return ends.find(([value, , more]) => value === behaviour[member] && holds(behaviour, more)) ?? [behaviour[member], String(behaviour[member]).replaceAll("_", " ")];
}

function holds(behaviour, more = {}) {
  return Object.entries(more).every(([name, value]) => behaviour[name] === value);
}

const MET = { drop_answer: "loses its answer", drop_request: "never arrives", rate_limited: "is rate limited", server_error: "ends in a server error" };

/** Say what a call to Slack meets. */
export function metWith({ kind, error }) {
  return MET[kind] ?? (error ? `is refused with ${error}` : `meets ${kind.replaceAll("_", " ")}`);
}

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
