/**
 * Metrics and span events for OpenTelemetry.
 *
 * ```js
 * import { instrument } from 'jotgate/opentelemetry';
 *
 * instrument(validator);
 * ```
 *
 * @packageDocumentation
 */
import { metrics, trace, type Attributes, type BatchObservableResult, type MeterProvider } from '@opentelemetry/api';
import { STATES, type SourceHealth } from './health.js';
import type { Validator } from './validator.js';

/** Where the metrics go, and what tells several validators apart. */
export interface InstrumentSettings {
  /** Default: the global meter provider. */
  meterProvider?: MeterProvider;
  /** The attribute `jotgate.validator` of all that is told. Default `default`. */
  name?: string;
}

/**
 * Tells OpenTelemetry about a validator:
 *
 * - `jotgate.rejections` by `jotgate.code`: tokens and requests that did not pass, `keys_unavailable` among them; and an
 *   event of that name on the active span
 * - `jotgate.accepted` by `jotgate.issuer`: tokens that passed the policy
 * - `jotgate.ready`: 1 while keys are at hand for the tokens of every issuer, else 0
 * - `jotgate.policy_replacements`: policies that came in the place of the one before
 * - `jotgate.key_set.events` by `jotgate.event`: what happened to the key sets
 * - `jotgate.key_set.fetches`, `jotgate.key_set.fetch_failures`, `jotgate.key_set.flood_rejections`
 * - `jotgate.key_set.fetch`: the time that fetches took (seconds)
 * - `jotgate.key_set.keys`, `jotgate.key_set.skipped_keys`, `jotgate.key_set.age` (seconds)
 * - `jotgate.key_set.state` by `jotgate.state`: 1 for the state that the set is in
 *
 * All have `jotgate.validator`, and those of key sets `jotgate.issuer` (the entry of the policy) and `url.full`. Returns how to end it.
 */
export function instrument(
  validator: Validator,
  { meterProvider = metrics.getMeterProvider(), name = 'default' }: InstrumentSettings = {},
): () => void {
  const attributes: Attributes = { 'jotgate.validator': name };
  const meter = meterProvider.getMeter('jotgate');
  const rejections = meter.createCounter('jotgate.rejections', {
    description: 'Tokens and requests that did not pass.',
    unit: '{request}',
  });
  const events = meter.createCounter('jotgate.key_set.events', {
    description: 'What happened to the key sets.',
    unit: '{event}',
  });
  const replacements = meter.createCounter('jotgate.policy_replacements', {
    description: 'Policies that came in the place of the one before.',
    unit: '{policy}',
  });
  const accepted = meter.createObservableCounter('jotgate.accepted', {
    description: 'Tokens that passed the policy.',
    unit: '{token}',
  });
  const ready = meter.createObservableGauge('jotgate.ready', {
    description: 'Whether keys are at hand for the tokens of every issuer.',
    unit: '1',
  });
  const counted = (of: string, description: string, unit: string): ReturnType<typeof meter.createObservableCounter> =>
    meter.createObservableCounter(`jotgate.key_set.${of}`, { description, unit });
  const gauged = (of: string, description: string, unit: string): ReturnType<typeof meter.createObservableGauge> =>
    meter.createObservableGauge(`jotgate.key_set.${of}`, { description, unit });
  const fetches = counted('fetches', 'Fetches that were started.', '{fetch}');
  const failures = counted('fetch_failures', 'Fetches that failed.', '{fetch}');
  const took = counted('fetch', 'Time that fetches took, failed ones included.', 's');
  const floods = counted('flood_rejections', 'Tokens refused at once because too many named unknown keys.', '{token}');
  const keys = gauged('keys', 'Keys that can be used.', '{key}');
  const skipped = gauged('skipped_keys', 'Keys that cannot be used.', '{key}');
  const age = gauged('age', 'Time since the last successful fetch was started.', 's');
  const state = gauged('state', 'Whether the key set is in this state.', '1');

  const observe = (result: BatchObservableResult): void => {
    const health = validator.health();
    result.observe(ready, Number(health.ready), attributes);
    for (const issuer of health.issuers)
      result.observe(accepted, issuer.accepted, { ...attributes, 'jotgate.issuer': issuer.issuer });
    for (const source of health.sources) {
      const of = { ...attributes, ...attributesOf(source) };
      result.observe(fetches, source.fetches, of);
      result.observe(failures, source.failures, of);
      result.observe(took, source.fetch_time, of);
      result.observe(floods, source.flood_rejections, of);
      result.observe(keys, source.keys, of);
      result.observe(skipped, source.skipped_count, of);
      if (source.age !== null) result.observe(age, source.age, of);
      for (const known of STATES)
        result.observe(state, Number(known === source.state), { ...of, 'jotgate.state': known });
    }
  };
  const observed = [accepted, ready, fetches, failures, took, floods, keys, skipped, age, state];
  meter.addBatchObservableCallback(observe, observed);

  let sources = validator.health().sources.map(attributesOf);
  const unsubscribe = validator.subscribe((event) => {
    if (event.event === 'rejected') {
      const told = { ...attributes, 'jotgate.code': event.code };
      rejections.add(1, told);
      trace.getActiveSpan()?.addEvent('jotgate.rejections', told);
    } else if (event.event === 'policy_replaced') {
      sources = validator.health().sources.map(attributesOf);
      replacements.add(1, attributes);
    } else {
      events.add(1, { ...attributes, ...sources[event.source], 'jotgate.event': event.event });
    }
  });
  return () => {
    unsubscribe();
    meter.removeBatchObservableCallback(observe, observed);
  };
}

function attributesOf({ issuer, url }: SourceHealth): Attributes {
  return { 'jotgate.issuer': issuer, 'url.full': url };
}
