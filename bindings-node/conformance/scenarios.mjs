// Plays one scenario through the public API, with a clock and a fetch that do what its steps say.
import process from 'node:process';
import { createValidatorFromPolicy, fetchWith, PolicyError, Requirement, SnapshotError } from 'jotgate';
import { Store } from './store.mjs';
import { Timers } from './timers.mjs';

/** @typedef {{ status: number, headers: Record<string, string>, body: string } | { down: string } | 'down' | 'timeout' | 'hold'} Served */

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
 * @property {object} [replace]
 * @property {{ of: string, asks: import('jotgate').RequirementDocument }} [require]
 * @property {{ kept: string } | { text: string }} [import]
 * @property {{ source: number }} [health]
 * @property {string[]} [events]
 * @property {string[]} [warnings]
 * @property {string | null} [store]
 * @property {{ load?: import('./store.mjs').Does, save?: import('./store.mjs').Does }} [store_does]
 * @property {'load' | 'save'} [store_release]
 * @property {true} [overrun]
 * @property {string} [waiting]
 * @property {true} [saved]
 * @property {number} [poll]
 * @property {true} [refresh_keys]
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

/** A validation on its way: how often it has asked the core, and whether it has its verdict. */
class Waiter {
  asked = 0;
  waits = true;

  /** @param {import('jotgate').Validator} validator @param {string} token */
  constructor(validator, token) {
    const { signal } = new AbortController();
    // It is looked at before each question to the core.
    signal.throwIfAborted = () => void (this.asked += 1);
    this.outcome = validator.tryValidate(token, { signal }).finally(() => (this.waits = false));
  }
}

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
  /** @type {Map<string, Waiter>} */
  #begun = new Map();
  #policy;
  #validator;
  /** @type {Map<string, string>} */
  #snapshots = new Map();
  /**
   * What was accepted last, by the name of the token or of the validation.
   * @type {Map<string, import('jotgate').Verified>}
   */
  #accepted = new Map();
  #store = new Store();
  timers = new Timers(() => this.#now);
  /** Names since the last step that asked for them. @type {string[]} */
  #events = [];
  /** Warnings of key sets since the last step that asked for them. @type {string[]} */
  warnings = [];

  /** @param {Scenario} scenario @param {string} policy */
  constructor(scenario, policy) {
    this.#scenario = scenario;
    this.#now = scenario.start * 1000;
    this.#policy = policy;
    this.#validator = this.#start();
  }

  #start() {
    this.#events = [];
    this.warnings = [];
    return createValidatorFromPolicy(this.#policy, {
      clock: () => this.#now,
      // As an HTTP client, so that an issuer that is down counts as one.
      fetch: (request) => fetchWith(() => this.#fetch(request))(request),
      // The scenarios tell of key sets alone.
      onEvent: ({ event }) => void (event === 'rejected' || this.#events.push(event)),
      store: this.#scenario.steps.some((step) => 'store' in step || 'store_does' in step) ? this.#store : undefined,
    });
  }

  /** @param {Step} step What the step shows. */
  async take(step) {
    if (step.at !== undefined) this.#now = (this.#scenario.start + step.at) * 1000;
    const shown = await this.#act(step);
    const { loads, saves } = this.#store;
    return { ...shown, fetches: this.#fetches, loads, saves };
  }

  /** @param {Step} step */
  async #act(step) {
    const { serve, validate, begin, end, release, requested } = step;
    if (serve !== undefined) {
      for (const [url, answer] of Object.entries(serve)) this.#served.set(url, answer);
      return {};
    }
    if (validate !== undefined) {
      return this.#verdict(validate, new Waiter(this.#validator, this.#token(validate)));
    }
    if (begin !== undefined) {
      this.#begun.set(begin.name, new Waiter(this.#validator, this.#token(begin.token)));
      await settled();
      return {};
    }
    if (end !== undefined) return this.#verdict(end, this.#waiter(end));
    if (release !== undefined) return this.#release(release);
    return requested === undefined ? this.#actOnKeys(step) : this.#requested();
  }

  /** The steps of the functions that a validator has for its key sets. @param {Step} step */
  async #actOnKeys(step) {
    const { refresh, export: kept, restart, import: snapshot, health, events, warnings, store } = step;
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
    if (step.replace !== undefined) return this.#replace(step.replace);
    if (step.require !== undefined) return this.#require(step.require);
    if (snapshot !== undefined) return { imported: this.#import(snapshot) };
    if (health !== undefined) return { health: this.#validator.health().sources[health.source] };
    if (events !== undefined) return { events: this.#events.splice(0) };
    if (warnings !== undefined) return { warnings: this.warnings.splice(0) };
    if (store !== undefined) {
      this.#store.text = store;
      return {};
    }
    return this.#actOnDriver(step);
  }

  /** The steps that look at the driver from both sides. @param {Step} step */
  async #actOnDriver(step) {
    const { store_does: does, store_release: part, overrun, waiting, saved, poll, refresh_keys: refresh } = step;
    const before = this.#fetches;
    if (waiting !== undefined) {
      const { waits, asked } = this.#waiter(waiting);
      return { waiting: waits, asked };
    }
    if (saved !== undefined) return { saved: this.#store.landed.splice(0) };
    if (does !== undefined) this.#store.change(does);
    else if (part !== undefined) this.#store.release(part);
    else if (overrun !== undefined) this.timers.fireWork();
    else if (refresh !== undefined) this.#validator.refreshKeys();
    // What is due is started after each verdict, whatever it says.
    else if (poll !== undefined) this.#validator.tryValidateSync('');
    else fail('a step that no validator of this interface can take');
    await settled();
    return poll === undefined ? {} : { polled: this.#fetches - before };
  }

  /** @param {string} name */
  #waiter(name) {
    return this.#begun.get(name) ?? fail(`nothing was begun as ${name}`);
  }

  /** @param {object} document */
  #replace(document) {
    try {
      this.#validator.replaceFromPolicy(JSON.stringify(document));
      return { replaced: true };
    } catch (error) {
      if (error instanceof PolicyError) return { replaced: false, code: error.code, path: error.path };
      throw error;
    }
  }

  /** @param {{ of: string, asks: import('jotgate').RequirementDocument }} step */
  #require({ of, asks }) {
    const verified = this.#accepted.get(of) ?? fail(`nothing was accepted as ${of}`);
    const outcome = this.#validator.tryRequire(verified, new Requirement(asks));
    if (outcome.ok) return { verdict: 'accepted' };
    const { verdict, code, claim } = outcome;
    const challenge = this.#validator.answer(outcome).headers['WWW-Authenticate'] ?? null;
    return { verdict, code, claim, challenge };
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

  /** @param {string} name @param {Waiter} waiter */
  async #verdict(name, waiter) {
    for (const go of this.#woken.splice(0)) go();
    if (waiter.waits) this.timers.fireWaiting();
    const outcome = await waiter.outcome;
    // The refreshes that are due beside the verdict have been started; those that are not held end here.
    await settled();
    const { asked } = waiter;
    if (outcome.ok) {
      this.#accepted.set(name, outcome.verified);
      return { verdict: outcome.verdict, asked };
    }
    const { verdict, code } = outcome;
    if (verdict === 'rejected') return { verdict, code, asked };
    return { verdict, code, asked, retry_after: (outcome.retryAt.getTime() - this.#now) / 1000 };
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
    if (typeof served !== 'object') return fail(`nobody answers at ${url}`);
    return 'down' in served ? fail(served.down) : served;
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
  const restore = stage.timers.install();
  const { emitWarning } = process;
  // What an application's handler of warnings would get, without the lines that Node prints.
  process.emitWarning = (/** @type {any} */ text, /** @type {any} */ options) =>
    void (options?.code === 'JOTGATE_KEYS' ? stage.warnings.push(text) : emitWarning(text, options));
  try {
    const steps = [];
    for (const step of scenario.steps) steps.push(await stage.take(step));
    return { id: scenario.id, steps };
  } finally {
    process.emitWarning = emitWarning;
    restore();
  }
}
