// What a person enters travels in order, so that Submit and the app find what was typed last.

/** A queue of posts to the sandbox; of values of one field still waiting only the last is sent. */
export class Queue {
  constructor(post) {
    this.post = post;
    this.waiting = [];
    this.running = null;
  }

  /** Send when all before it is through; give the answer. */
  send(name, body) {
    if (name === "suggest") return this.post(name, body);
    const last = this.waiting.at(-1);
    if (last && silent(last) && silent({ name, body }) && last.body.block === body.block && last.body.action === body.action) {
      last.body = body;
      return last.answered;
    }
    const entry = { name, body };
    entry.answered = new Promise((resolve) => { entry.resolve = resolve; });
    this.waiting.push(entry);
    this.running ??= this.run();
    return entry.answered;
  }

  async run() {
    while (this.waiting.length) {
      const { name, body, resolve } = this.waiting.shift();
      resolve(await this.post(name, body).catch(() => ({ error: "The sandbox does not answer." })));
    }
    this.running = null;
  }

  /** Wait until everything is through. */
  async idle() {
    while (this.running) await this.running;
  }
}

function silent({ name, body }) {
  return name === "choose" && body.dispatch === false;
}
