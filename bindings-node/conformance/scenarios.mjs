// Plays one scenario through the public API, with a clock and a fetch that do what its steps say.
import { createValidatorFromPolicy } from 'jotgate';

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
  #validator;

  /** @param {Scenario} scenario @param {string} policy */
  constructor(scenario, policy) {
    this.#scenario = scenario;
    this.#now = scenario.start * 1000;
    this.#validator = createValidatorFromPolicy(policy, {
      clock: () => this.#now,
      fetch: (request) => this.#fetch(request),
    });
  }

  /** @param {Step} step What the step shows. */
  async take(step) {
    if (step.at !== undefined) this.#now = (this.#scenario.start + step.at) * 1000;
    const shown = await this.#act(step);
    return { ...shown, fetches: this.#fetches };
  }

  /** @param {Step} step */
  async #act({ serve, validate, begin, end, release, requested }) {
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
    if (release !== undefined) {
      const released = this.#held.filter(({ url }) => url === release);
      this.#held = this.#held.filter(({ url }) => url !== release);
      this.#releasing = true;
      for (const { go } of released) go();
      await settled();
      this.#releasing = false;
      return {};
    }
    return requested === undefined ? fail('a step that no validator of this interface can take') : this.#requested();
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

/** Lets everything happen that waits for nothing but a turn of the event loop. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

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
