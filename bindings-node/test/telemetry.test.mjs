import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { register as globalRegistry, Registry } from 'prom-client';
import { createValidator } from 'jotgate';
import { instrument } from 'jotgate/opentelemetry';
import { collectMetrics } from 'jotgate/prom-client';
import { startIssuer } from './support/issuer.mjs';

/** A fetch that takes a second and a half on the clock of the validator. */
function slowly() {
  let late = 0;
  const clock = () => Date.now() + late;
  /** @param {import('jotgate').FetcherRequest} request */
  const fetch = ({ url, headers }) => {
    late += 1500;
    return globalThis.fetch(url, { headers });
  };
  return { clock, fetch };
}

/**
 * A validator that has accepted one token and refused three.
 * @param {import('node:test').TestContext} t
 * @param {(validator: import('jotgate').Validator) => void} watch
 */
async function used(t, watch, options = {}) {
  const issuer = await startIssuer(t);
  const validator = createValidator({ ...issuer.options(), ...options });
  watch(validator);
  await validator.validate(await issuer.mint());
  for (const bad of ['nonsense', 'x.y.z', await issuer.mint({ aud: 'other' })]) await validator.tryValidate(bad);
  return { issuer, validator };
}

describe('prom-client', () => {
  /** @param {Registry} register @param {string} metric */
  const values = async (register, metric) => {
    const text = await register.getSingleMetricAsString(metric);
    const lines = text.split('\n').filter((line) => !line.startsWith('#'));
    return Object.fromEntries(lines.map((line) => [/\{.*\}/.exec(line)?.[0] ?? '', Number(line.split(' ').at(-1))]));
  };

  test('is told of rejections and key sets', async (t) => {
    const register = new Registry();
    const { issuer, validator } = await used(t, (given) => void collectMetrics(given, { register }), slowly());
    const of = (more = '') => `{validator="default",issuer="0",url="${issuer.jwksUri}"${more}}`;
    assert.deepEqual(await values(register, 'jotgate_rejections_total'), {
      '{validator="default",code="malformed_token"}': 2,
      '{validator="default",code="audience_mismatch"}': 1,
    });
    assert.deepEqual(await values(register, 'jotgate_key_set_events_total'), {
      [of(',event="fetch_started"')]: 1,
      [of(',event="fetch_ok"')]: 1,
      [of(',event="keys_changed"')]: 1,
    });
    assert.deepEqual(await values(register, 'jotgate_key_set_keys'), { [of()]: 1 });
    assert.deepEqual(await values(register, 'jotgate_key_set_skipped_keys'), { [of()]: 0 });
    assert.deepEqual(await values(register, 'jotgate_key_set_fetch_failures_total'), { [of()]: 0 });
    const took = validator.health().sources[0]?.fetch_time ?? 0;
    assert.ok(took >= 1.5, String(took));
    assert.deepEqual(await values(register, 'jotgate_key_set_fetch_seconds_total'), { [of()]: took });
    assert.deepEqual(await values(register, 'jotgate_key_set_flood_rejections_total'), { [of()]: 0 });
    const states = await values(register, 'jotgate_key_set_state');
    assert.deepEqual(
      [states[of(',state="fresh"')], states[of(',state="empty"')], Object.keys(states).length],
      [1, 0, 5],
    );
    assert.ok((await values(register, 'jotgate_key_set_age_seconds'))[of()] !== undefined);
    for (let scrape = 0; scrape < 2; scrape += 1) {
      assert.deepEqual(await values(register, 'jotgate_key_set_fetches_total'), { [of()]: 1 });
    }
    assert.equal(validator.health().sources[0]?.fetches, 1);
    assert.deepEqual(await values(register, 'jotgate_accepted_total'), { '{validator="default",issuer="0"}': 1 });
    assert.deepEqual(await values(register, 'jotgate_ready'), { '{validator="default"}': 1 });
    validator.replace({ ...issuer.options(), leeway: 7 });
    assert.deepEqual(await values(register, 'jotgate_policy_replacements_total'), { '{validator="default"}': 1 });
  });

  test('alert rules and the dashboard name what there is', async (t) => {
    const register = new Registry();
    await used(t, (given) => void collectMetrics(given, { register }));
    const exported = new Set(register.getMetricsAsArray().map(({ name }) => name));
    for (const file of ['alerts.yml', 'dashboard.json']) {
      const text = readFileSync(new URL(`../../core/docs/operations/${file}`, import.meta.url), 'utf8');
      const named = new Set(text.match(/\bjotgate_\w+/g));
      assert.ok(named.size > 5);
      for (const name of named) assert.ok(exported.has(name), name);
    }
  });

  test('is told of several validators by name, also while the clock of one is broken', async (t) => {
    const register = new Registry();
    let broken = false;
    const clock = () => (broken ? Number.NaN : Date.now());
    await used(t, (validator) => void collectMetrics(validator, { register, name: 'inner' }), { clock });
    const { validator } = await used(t, (given) => void collectMetrics(given, { register, name: 'outer' }));
    assert.throws(() => collectMetrics(validator, { register, name: 'outer' }), /name of its own/);
    assert.equal(Object.keys(await values(register, 'jotgate_key_set_keys')).length, 2);
    broken = true;
    assert.equal(Object.keys(await values(register, 'jotgate_key_set_keys')).length, 1);
  });

  test('ends when it is told to', async (t) => {
    const register = new Registry();
    let stop = () => {};
    const { validator } = await used(t, (given) => (stop = collectMetrics(given, { register })));
    stop();
    await validator.tryValidate('nonsense');
    assert.equal(
      (await values(register, 'jotgate_rejections_total'))['{validator="default",code="malformed_token"}'],
      2,
    );
    assert.deepEqual(await values(register, 'jotgate_key_set_keys'), {});
    collectMetrics(validator, { register })();
  });

  test('uses the global registry unless told otherwise', async (t) => {
    t.after(() => globalRegistry.clear());
    await used(t, (validator) => void collectMetrics(validator));
    assert.match(await globalRegistry.metrics(), /^jotgate_rejections_total\{.*code="malformed_token"\} 2$/m);
  });
});

describe('OpenTelemetry', () => {
  /** A meter provider, and what it has been told so far, by name. */
  function meters() {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const meterProvider = new MeterProvider({ readers: [reader] });
    const read = async () => {
      exporter.reset();
      await reader.forceFlush();
      const told = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
      return new Map(
        told.map(({ descriptor, dataPoints }) => [
          descriptor.name,
          dataPoints.map(({ attributes, value }) => ({ attributes, value })),
        ]),
      );
    };
    return { meterProvider, read };
  }

  test('is told of rejections and key sets', async (t) => {
    const { meterProvider, read } = meters();
    t.after(() => meterProvider.shutdown());
    const attributes = { 'jotgate.validator': 'public' };
    let stop = () => {};
    const { issuer, validator } = await used(
      t,
      (given) => (stop = instrument(given, { meterProvider, name: 'public' })),
      slowly(),
    );
    const source = { ...attributes, 'jotgate.issuer': 0, 'url.full': issuer.jwksUri };
    const told = await read();
    assert.deepEqual(told.get('jotgate.rejections'), [
      { attributes: { ...attributes, 'jotgate.code': 'malformed_token' }, value: 2 },
      { attributes: { ...attributes, 'jotgate.code': 'audience_mismatch' }, value: 1 },
    ]);
    assert.deepEqual(
      told.get('jotgate.key_set.events')?.map((point) => [point.attributes['jotgate.event'], point.value]),
      [
        ['fetch_started', 1],
        ['fetch_ok', 1],
        ['keys_changed', 1],
      ],
    );
    for (const [name, value] of Object.entries({
      fetches: 1,
      fetch_failures: 0,
      fetch: validator.health().sources[0]?.fetch_time,
      flood_rejections: 0,
      keys: 1,
      skipped_keys: 0,
    })) {
      assert.deepEqual(told.get(`jotgate.key_set.${name}`), [{ attributes: source, value }], name);
    }
    assert.equal(told.get('jotgate.key_set.age')?.length, 1);
    const states = told.get('jotgate.key_set.state')?.filter(({ value }) => value === 1);
    assert.deepEqual(states, [{ attributes: { ...source, 'jotgate.state': 'fresh' }, value: 1 }]);

    stop();
    await validator.tryValidate('nonsense');
    const after = await read();
    assert.equal(after.get('jotgate.rejections')?.[0]?.value, 2);
  });

  test('gets an event on the span in which a token did not pass', async (t) => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    t.after(() => {
      context.disable();
      return provider.shutdown();
    });
    const issuer = await startIssuer(t);
    const validator = createValidator(issuer.options());
    instrument(validator);
    const span = provider.getTracer('test').startSpan('GET /orders');
    // The first call waits for the keys: the span is still the one of the caller afterwards.
    await context.with(trace.setSpan(context.active(), span), async () => {
      await validator.tryValidate(await issuer.mint({ exp: 1 }));
    });
    span.end();
    const [finished] = exporter.getFinishedSpans();
    assert.deepEqual(
      finished?.events.map(({ name, attributes }) => [name, attributes]),
      [['jotgate.rejections', { 'jotgate.validator': 'default', 'jotgate.code': 'expired' }]],
    );
  });

  test('costs nothing but calls where no provider is set', async (t) => {
    metrics.disable();
    const { validator } = await used(t, (given) => void instrument(given));
    assert.equal((await validator.tryValidate('nonsense')).ok, false);
  });
});
