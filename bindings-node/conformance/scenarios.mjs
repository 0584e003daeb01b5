// Plays one scenario through the public API, with a clock and a fetch that do what its steps say.
import { createValidatorFromPolicy, fetchWith, SnapshotError } from 'jotgate';

/** @typedef {{ status: number, headers: Record<string, string>, body: string } | 'down' | 'timeout' | 'hold'} Served */

/**
 * @typedef {object} Step
 * @property {number} [at] Sets the clock, in seconds after the start.
 * @property {Record<string, Served>} [serve]
 * @property {string} [validate]
 * @property {{ name: string, token: string }} [begin]
 * @property {string} [end]
 * @property {string} [release]
 * @property {object} [requested]
 * @property {true} [refresh]
 * @property {string} [export]
 * @property {true} [restart]
 * @property {{ kept: string } | { text: string }} [import]
 * @property {{ source: number }} [health]
 * @property {string[]} [events]
 * @property {string | null} [store]
 */

/**
 * @typedef {object} Scenario
 * @property {string} id
 * @property {object} policy
 * @property {Record<string, string>} tokens
 * @property {number} start
 * @property {Step[]} steps
 */

/** @typedef {import('jotgate').FetcherRequest} Request */

/** What the steps of a scenario work on. */
class Stage {
  #scenario;
  #now;
  #fetches = 0;
  /** @type {Map<string, Served>} */
  #served = new Map();
  /** @type {{ url: string, go: () => void }[]} */
  #held = [];
  /**
   * Fetches of validations that a release has woken, while that step lasts; the next verdict that is asked for lets them go
   * on. The steps between may still change what is served to them.
   * @type {(() => void)[]}
   */
  #woken = [];
  #releasing = false;
  /** @type {Request | undefined} */
  #last;
  /** @type {Map<string, Promise<import('jotgate').Outcome>>} */
  #begun = new Map();
  #policy;
  #validator;
  /** @type {Map<string, string>} */
  #snapshots = new Map();
  /** What the store has. @type {string | null} */
  #stored = null;
  #saves = 0;
  /** Names since the last step that asked for them. @type {string[]} */
  #events = [];

  /** @param {Scenario} scenario @param {string} policy */
  constructor(scenario, policy) {
    this.#scenario = scenario;
    this.#now = scenario.start * 1000;
    this.#policy = policy;
    this.#validator = this.#start();
  }

  #start() {
    this.#events = [];
    return createValidatorFromPolicy(this.#policy, {
      clock: () => this.#now,
      // As an HTTP client, so that an issuer that is down counts as one.
      fetch: (request) => fetchWith(() => this.#fetch(request))(request),
      // The scenarios tell of key sets alone.
      onEvent: ({ event }) => void (event === 'rejected' || this.#events.push(event)),
      store: this.#scenario.steps.some(({ store }) => store !== undefined) ? this.#store : undefined,
    });
  }

  #store = {
    load: () => this.#stored,
    save: (/** @type {string} */ text) => {
      this.#stored = text;
      this.#saves += 1;
    },
  };

  /** @param {Step} step What the step shows. */
  async take(step) {
    if (step.at !== undefined) this.#now = (this.#scenario.start + step.at) * 1000;
    const shown = await this.#act(step);
    return { ...shown, fetches: this.#fetches, saves: this.#saves };
  }

  /** @param {Step} step */
  async #act(step) {
    const { serve, validate, begin, end, release, requested } = step;
    if (serve !== undefined) {
      for (const [url, answer] of Object.entries(serve)) this.#served.set(url, answer);
      return {};
    }
    if (validate !== undefined) return this.#verdict(this.#validator.tryValidate(this.#token(validate)));
    if (begin !== undefined) {
      this.#begun.set(begin.name, this.#validator.tryValidate(this.#token(begin.token)));
      await settled();
      return {};
    }
    if (end !== undefined) return this.#verdict(this.#begun.get(end) ?? fail(`nothing was begun as ${end}`));
    if (release !== undefined) return this.#release(release);
    return requested === undefined ? this.#actOnKeys(step) : this.#requested();
  }

  /** The steps of the functions that a validator has for its key sets. @param {Step} step */
  async #actOnKeys({ refresh, export: kept, restart, import: snapshot, health, events, store }) {
    if (refresh !== undefined) {
      this.#validator.refreshKeys();
      await settled();
      return {};
    }
    if (kept !== undefined) {
      this.#snapshots.set(kept, this.#validator.exportKeys());
      return {};
    }
    if (restart !== undefined) {
      this.#validator = this.#start();
      return {};
    }
    if (snapshot !== undefined) return { imported: this.#import(snapshot) };
    if (health !== undefined) return { health: this.#validator.health().sources[health.source] };
    if (events !== undefined) return { events: this.#events.splice(0) };
    if (store !== undefined) {
      this.#stored = store;
      return {};
    }
    return fail('a step that no validator of this interface can take');
  }

  /** @param {{ kept: string } | { text: string }} snapshot */
  #import(snapshot) {
    const text = 'text' in snapshot ? snapshot.text : this.#snapshots.get(snapshot.kept);
    try {
      return this.#validator.importKeys(text ?? fail('no snapshot was kept under this name'));
    } catch (error) {
      if (error instanceof SnapshotError) return 'refused';
      throw error;
    }
  }

  /** @param {string} url */
  async #release(url) {
    const released = this.#held.filter((held) => held.url === url);
    this.#held = this.#held.filter((held) => held.url !== url);
    this.#releasing = true;
    for (const { go } of released) go();
    await settled();
    this.#releasing = false;
    return {};
  }

  /** @param {Promise<import('jotgate').Outcome>} asked */
  async #verdict(asked) {
    for (const go of this.#woken.splice(0)) go();
    const outcome = await asked;
    // The refreshes that are due beside the verdict have been started; those that are not held end here.
    await settled();
    if (outcome.ok) return { verdict: outcome.verdict };
    const { verdict, code } = outcome;
    if (verdict === 'rejected') return { verdict, code };
    return { verdict, code, retry_after: (outcome.retryAt.getTime() - this.#now) / 1000 };
  }

  /** @param {Request} request */
  async #fetch(request) {
    this.#fetches += 1;
    this.#last = request;
    const { url } = request;
    if (this.#served.get(url) === 'hold') {
      await new Promise((resolve) => this.#held.push({ url, go: () => resolve(undefined) }));
    } else if (this.#releasing) {
      await new Promise((resolve) => this.#woken.push(() => resolve(undefined)));
    }
    const served = this.#served.get(url);
    return typeof served === 'object' ? served : fail(`nobody answers at ${url}`);
  }

  #requested() {
    const { url, timeout, maxBody, headers } = this.#last ?? fail('nothing was asked for');
    const [accept, tag, cache] = ['accept', 'if-none-match', 'cache-control'].map((name) => headers[name] ?? null);
    const requested = { url, timeout: timeout / 1000, max_body: maxBody };
    return { requested: { ...requested, accept, if_none_match: tag, cache_control: cache } };
  }

  /** @param {string} name */
  #token(name) {
    return this.#scenario.tokens[name] ?? fail(`the scenario has no token ${name}`);
  }
}

/** Lets everything happen that waits for nothing but a turn of the event loop: a fetch to its end, and its save after it. */
async function settled() {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** @param {string} reason @returns {never} */
function fail(reason) {
  throw new Error(reason);
}

/**
 * What each step showed.
 * @param {Scenario} scenario @param {string} policy
 */
export async function play(scenario, policy) {
  const stage = new Stage(scenario, policy);
  const steps = [];
  for (const step of scenario.steps) steps.push(await stage.take(step));
  return { id: scenario.id, steps };
}
