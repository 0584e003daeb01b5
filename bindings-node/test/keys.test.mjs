import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createValidator, createValidatorFromPolicy, JotgateError, SnapshotError } from 'jotgate';
import { signingKey, startIssuer, until } from './support/issuer.mjs';

test('health tells of each source how it is', async (t) => {
  const issuer = await startIssuer(t);
  let ahead = 0;
  const validator = createValidator({ ...issuer.options(), clock: () => Date.now() + ahead });
  const [before] = validator.health().sources;
  assert.deepEqual([before?.url, before?.state, before?.age, before?.fetches], [issuer.jwksUri, 'empty', null, 0]);

  await validator.validate(await issuer.mint());
  ahead = 60_000;
  const { sources, events_dropped } = validator.health();
  assert.deepEqual([sources.length, events_dropped], [1, 0]);
  const [after] = sources;
  assert.deepEqual([after?.issuer, after?.state, after?.keys, after?.in_flight], [0, 'fresh', 1, false]);
  assert.deepEqual([after?.fetches, after?.failures, after?.last_error, after?.skipped], [1, 0, null, []]);
  assert.ok(after?.age != null && after.age >= 60);
  assert.ok(after.next_refresh !== null && after.next_refresh > (Date.now() + ahead) / 1000);
});

test('health tells of the cache, where there is one', async (t) => {
  const issuer = await startIssuer(t);
  const { issuer: name, audience, jwksUri } = issuer.options();
  const policy = { version: 1, issuers: [{ issuer: name, audience, keys: { jwks_uri: jwksUri } }] };
  assert.equal(createValidatorFromPolicy(JSON.stringify(policy)).health().cache, undefined);
  const validator = createValidatorFromPolicy(JSON.stringify({ ...policy, cache: { entries: 8 } }));
  const token = await issuer.mint();
  for (let i = 0; i < 3; i++) await validator.validate(token);
  const { entries, hits, evictions, bytes } = validator.health().cache ?? assert.fail('no cache');
  assert.deepEqual([entries, hits, evictions], [1, 2, 0]);
  assert.ok(bytes >= token.length);
});

test('judging a token for another time leaves the keys as old as they are', async (t) => {
  const issuer = await startIssuer(t);
  const now = Date.now();
  const validator = createValidator({ ...issuer.options(), clock: () => now });
  const old = await issuer.mint({ exp: 1_000_000_000 });
  const request = { method: 'GET', url: '/', headers: ['Authorization', `Bearer ${old}`] };
  const long = 40 * 24 * 3_600_000;
  for (const time of [999_999_999_000, new Date(999_999_999_000)]) {
    assert.equal((await validator.validate(old, { asOf: time })).payload.exp, 1_000_000_000);
    assert.equal((await validator.validateRequest(request, { asOf: time }))?.payload.exp, 1_000_000_000);
    assert.ok(validator.tryValidateSync(old, { asOf: time }).ok);
  }
  assert.ok((await validator.tryValidate(await issuer.mint({ exp: 4_000_000_000 }), { asOf: now + long })).ok);
  const [source] = validator.health().sources;
  assert.deepEqual([source?.age, source?.state, source?.fetches], [0, 'fresh', 1]);
  const outcome = await validator.tryValidate(old);
  assert.equal(!outcome.ok && outcome.code, 'expired');
});

test('health tells why there are no keys', async (t) => {
  const issuer = await startIssuer(t);
  issuer.respond = (_request, response) => void response.writeHead(503).end();
  const validator = createValidator(issuer.options());
  await validator.tryValidate(await issuer.mint());
  const [source] = validator.health().sources;
  assert.deepEqual([source?.state, source?.failures, source?.last_error], ['empty', 1, 'status_503']);
});

test('a validator that imports keys begins warm', async (t) => {
  const issuer = await startIssuer(t);
  const first = createValidator(issuer.options());
  await first.validate(await issuer.mint());
  const second = createValidator(issuer.options());
  assert.equal(second.importKeys(first.exportKeys()), 1);
  assert.equal(second.validateSync(await issuer.mint()).payload.sub, 'alice');
  assert.equal(issuer.fetches, 1);
  assert.equal(second.health().sources[0]?.fetches, 0);
});

test('keys count for their own URL only, and not when they are too old', async (t) => {
  const issuer = await startIssuer(t);
  const first = createValidator(issuer.options());
  await first.validate(await issuer.mint());
  const snapshot = first.exportKeys();
  const elsewhere = createValidator({ ...issuer.options(), jwksUri: `${issuer.url}/other` });
  assert.equal(elsewhere.importKeys(snapshot), 0);
  const late = createValidator({ ...issuer.options(), clock: () => Date.now() + 25 * 3_600_000 });
  assert.equal(late.importKeys(snapshot), 0);
});

test('a text that is no snapshot changes nothing', async (t) => {
  const issuer = await startIssuer(t);
  const validator = createValidator(issuer.options());
  await validator.validate(await issuer.mint());
  const snapshot = validator.exportKeys();
  for (const text of ['', '{}', '[]', snapshot.slice(1), snapshot.replace('"version":1', '"version":2')]) {
    assert.throws(
      () => validator.importKeys(text),
      (error) => {
        assert.ok(error instanceof SnapshotError && error instanceof JotgateError);
        assert.deepEqual([error.code, error.name], ['snapshot_error', 'SnapshotError']);
        return true;
      },
    );
  }
  const early = createValidator({ ...issuer.options(), clock: () => Date.now() - 3_600_000 });
  assert.throws(() => early.importKeys(snapshot), SnapshotError);
  assert.throws(() => validator.importKeys(/** @type {any} */ (undefined)), TypeError);
  assert.equal(validator.exportKeys(), snapshot);
  assert.ok(validator.tryValidateSync(await issuer.mint()).ok);
});

describe('refreshKeys', () => {
  test('fetches past all caches, and the keys are there before the first token', async (t) => {
    const issuer = await startIssuer(t);
    const { respond } = issuer;
    const cached = /** @type {(string | undefined)[]} */ ([]);
    issuer.respond = (request, response) => {
      cached.push(request.headers['cache-control']);
      respond(request, response);
    };
    const validator = createValidator(issuer.options());
    const heard = /** @type {string[]} */ ([]);
    validator.subscribe(({ event }) => void heard.push(event));
    validator.refreshKeys();
    assert.deepEqual(heard, ['fetch_started']);
    await until(() => heard.includes('fetch_ok'));
    assert.equal(validator.validateSync(await issuer.mint()).payload.sub, 'alice');
    assert.deepEqual(cached, ['no-cache']);
  });

  test('replaces the keys that the issuer has dropped', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidator(issuer.options());
    const token = await issuer.mint();
    await validator.validate(token);
    issuer.keys = [await signingKey('key-2')];
    const next = await issuer.mint();
    validator.refreshKeys();
    await until(() => validator.health().sources[0]?.in_flight === false);
    assert.equal(issuer.fetches, 2);
    assert.ok(validator.tryValidateSync(next).ok);
    assert.equal((await validator.tryValidate(token)).ok, false);
  });

  test('starts nothing at a source that waits after a failure, or whose fetch is out', async (t) => {
    const issuer = await startIssuer(t);
    issuer.respond = (_request, response) => void response.writeHead(500).end();
    const now = Date.now();
    const validator = createValidator({ ...issuer.options(), clock: () => now });
    validator.refreshKeys();
    validator.refreshKeys();
    await until(() => validator.health().sources[0]?.failures === 1);
    validator.refreshKeys();
    assert.deepEqual([validator.health().sources[0]?.fetches, issuer.fetches], [1, 1]);
  });
});
