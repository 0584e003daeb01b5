/**
 * Metrics for Prometheus, by prom-client.
 *
 * ```js
 * import { collectMetrics } from 'jotgate/prom-client';
 *
 * collectMetrics(validator);
 * ```
 *
 * @packageDocumentation
 */
import { Counter, Gauge, register as globalRegistry, type Registry } from 'prom-client';
import { STATES, type Health, type SourceHealth } from './health.js';
import type { Validator } from './validator.js';

/** Where the metrics go, and what tells several validators apart. */
export interface MetricsSettings {
  /** Default: the global registry of prom-client. */
  register?: Registry;
  /** The label `validator`; each validator in one registry has its own. Default `default`. */
  name?: string;
}

/**
 * Tells a registry of prom-client about a validator:
 *
 * - `jotgate_rejections_total` by `code`: tokens and requests that did not pass, `keys_unavailable` among them
 * - `jotgate_accepted_total` by `issuer` (the entry of the policy): tokens that passed the policy
 * - `jotgate_ready`: 1 while keys are at hand for the tokens of every issuer, else 0
 * - `jotgate_policy_replacements_total`: policies that came in the place of the one before
 * - `jotgate_key_set_events_total` by `event`: what happened to the key sets
 * - `jotgate_key_set_fetches_total`, `jotgate_key_set_fetch_failures_total`, `jotgate_key_set_flood_rejections_total`
 * - `jotgate_key_set_fetch_seconds_total`: the time that fetches took
 * - `jotgate_key_set_keys`, `jotgate_key_set_skipped_keys`, `jotgate_key_set_age_seconds`
 * - `jotgate_key_set_state` by `state`: 1 for the state that the set is in
 *
 * Alert rules and a dashboard lie in `core/docs/operations` of the source tree. All have the label `validator`, and those of key sets `issuer` (the entry of the policy) and `url`. Returns how to end it.
 */
export function collectMetrics(
  validator: Validator,
  { register = globalRegistry, name = 'default' }: MetricsSettings = {},
): () => void {
  let metrics = registered.get(register);
  if (metrics === undefined) registered.set(register, (metrics = new Metrics(register)));
  return metrics.add(name, validator);
}

const registered = new WeakMap<Registry, Metrics>();

const SOURCE_LABELS = ['validator', 'issuer', 'url'] as const;

type SourceLabels = Record<(typeof SOURCE_LABELS)[number], string>;

/** One number of a source. */
type Reading = (source: SourceHealth) => number | null;

const GAUGES: [name: string, help: string, Reading][] = [
  ['keys', 'Keys that can be used.', ({ keys }) => keys],
  ['skipped_keys', 'Keys that cannot be used.', ({ skipped_count }) => skipped_count],
  ['age_seconds', 'Time since the last successful fetch was started.', ({ age }) => age],
];

const COUNTERS: [name: string, help: string, Reading][] = [
  ['fetches_total', 'Fetches that were started.', ({ fetches }) => fetches],
  ['fetch_failures_total', 'Fetches that failed.', ({ failures }) => failures],
  ['fetch_seconds_total', 'Time that fetches took, failed ones included.', ({ fetch_time }) => fetch_time],
  ['flood_rejections_total', 'Tokens refused at once because too many named unknown keys.', (s) => s.flood_rejections],
];

/** The metrics of one registry, for all validators that it was told about. */
class Metrics {
  readonly #validators = new Map<string, Validator>();
  readonly #rejections: Counter<'validator' | 'code'>;
  readonly #events: Counter<(typeof SOURCE_LABELS)[number] | 'event'>;
  readonly #replacements: Counter<'validator'>;

  constructor(register: Registry) {
    const registers = [register];
    this.#rejections = new Counter({
      name: 'jotgate_rejections_total',
      help: 'Tokens and requests that did not pass.',
      labelNames: ['validator', 'code'],
      registers,
    });
    this.#events = new Counter({
      name: 'jotgate_key_set_events_total',
      help: 'What happened to the key sets.',
      labelNames: [...SOURCE_LABELS, 'event'],
      registers,
    });
    this.#replacements = new Counter({
      name: 'jotgate_policy_replacements_total',
      help: 'Policies that came in the place of the one before.',
      labelNames: ['validator'],
      registers,
    });
    this.#addValidators(registers);
    const sources = (): Generator<[SourceLabels, SourceHealth]> => this.#sources();
    for (const [name, help, read] of GAUGES) {
      new Gauge({
        name: `jotgate_key_set_${name}`,
        help,
        labelNames: SOURCE_LABELS,
        registers,
        collect() {
          this.reset();
          for (const [labels, source] of sources()) {
            const value = read(source);
            if (value !== null) this.set(labels, value);
          }
        },
      });
    }
    for (const [name, help, read] of COUNTERS) {
      new Counter({
        name: `jotgate_key_set_${name}`,
        help,
        labelNames: SOURCE_LABELS,
        registers,
        collect() {
          // The core counts; what it says only grows.
          this.reset();
          for (const [labels, source] of sources()) this.inc(labels, read(source) ?? 0);
        },
      });
    }
    new Gauge({
      name: 'jotgate_key_set_state',
      help: 'Whether the key set is in this state.',
      labelNames: [...SOURCE_LABELS, 'state'],
      registers,
      collect() {
        this.reset();
        for (const [labels, source] of sources()) {
          for (const state of STATES) this.set({ ...labels, state }, Number(state === source.state));
        }
      },
    });
  }

  add(name: string, validator: Validator): () => void {
    if (this.#validators.has(name))
      throw new Error('another validator has this name in the registry; give it a name of its own');
    const known = (): SourceLabels[] => validator.health().sources.map((source) => labelsOf(name, source));
    let labels = known();
    this.#validators.set(name, validator);
    const unsubscribe = validator.subscribe((event) => {
      if (event.event === 'rejected') this.#rejections.inc({ validator: name, code: event.code });
      else if (event.event === 'policy_replaced') {
        labels = known();
        this.#replacements.inc({ validator: name });
      } else this.#events.inc({ ...labels[event.source], event: event.event });
    });
    return () => {
      unsubscribe();
      this.#validators.delete(name);
    };
  }

  #addValidators(registers: Registry[]): void {
    const validators = (): Generator<[string, Health]> => this.#healths();
    new Counter({
      name: 'jotgate_accepted_total',
      help: 'Tokens that passed the policy.',
      labelNames: ['validator', 'issuer'],
      registers,
      collect() {
        this.reset();
        for (const [validator, { issuers }] of validators())
          for (const { issuer, accepted } of issuers) this.inc({ validator, issuer: String(issuer) }, accepted);
      },
    });
    new Gauge({
      name: 'jotgate_ready',
      help: 'Whether keys are at hand for the tokens of every issuer.',
      labelNames: ['validator'],
      registers,
      collect() {
        this.reset();
        for (const [validator, { ready }] of validators()) this.set({ validator }, Number(ready));
      },
    });
  }

  *#sources(): Generator<[SourceLabels, SourceHealth]> {
    for (const [name, health] of this.#healths())
      for (const source of health.sources) yield [labelsOf(name, source), source];
  }

  *#healths(): Generator<[string, Health]> {
    for (const [name, validator] of this.#validators) {
      let health: Health;
      try {
        health = validator.health();
      } catch {
        // Its clock is broken; the numbers of the others are good.
        continue;
      }
      yield [name, health];
    }
  }
}

function labelsOf(validator: string, { issuer, url }: SourceHealth): SourceLabels {
  return { validator, issuer: String(issuer), url };
}
