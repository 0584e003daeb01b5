// Refusals cross as numbers once they are known: each says the same as the first of its kind, and is an object of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createValidator, createValidatorFromPolicy } from 'jotgate';
import { AUDIENCE, startIssuer, until } from './support/issuer.mjs';

const SECRET = 'a secret of 32 bytes and some more';

/** More routes than refusals are known, each with a refusal of its own. */
const ROUTES = 100;

function manyRoutes() {
  return createValidatorFromPolicy({
    version: 1,
    issuers: [{ issuer: 'me', audience: AUDIENCE, keys: { secret: { text: SECRET } } }],
    routes: Array.from({ length: ROUTES }, (_, route) => ({ path: `/${String(route)}` })),
  });
}

test('a refusal says what it says, however many others there are', async () => {
  const validator = manyRoutes();
  for (let turn = 0; turn < ROUTES * 3; turn += 1) {
    const route = (turn * 7) % ROUTES;
    const outcome = await validator.tryValidateRequest({ method: 'GET', url: `/${String(route)}`, headers: {} });
    assert.ok(!outcome.ok && outcome.verdict === 'rejected');
    const { detail, ...rest } = outcome;
    assert.notEqual(detail, '');
    const nowhere = { claim: null, issuerIndex: null };
    assert.deepEqual(rest, { ok: false, verdict: 'rejected', code: 'missing_token', routeIndex: route, ...nowhere });
  }
});

test('a refusal belongs to whoever got it', () => {
  const validator = createValidator({ issuer: 'me', audience: AUDIENCE, secret: SECRET });
  const first = validator.tryValidateSync('junk');
  const kept = { ...first };
  Object.assign(first, { code: 'changed', detail: 'changed', cause: 'mine' });
  const second = validator.tryValidateSync('junk');
  assert.notEqual(first, second);
  assert.deepEqual(second, kept);
});

test('a refusal begins a refresh that is due', async (t) => {
  const issuer = await startIssuer(t);
  let now = Date.now();
  const validator = createValidator({ ...issuer.options(), keySet: { ttl: '10m' }, clock: () => now });
  await validator.validate(await issuer.mint({ exp: 4_000_000_000 }));
  const bad = await issuer.mint({ exp: 1 });
  for (let fetches = 1; fetches <= 3; fetches += 1) {
    // The first is told in full, and the others by their number.
    const outcome = validator.tryValidateSync(bad);
    assert.ok(!outcome.ok && outcome.code === 'expired');
    await until(() => issuer.fetches === fetches);
    now += 10 * 60_000;
  }
  const outcome = validator.tryValidateSync(bad);
  assert.ok(!outcome.ok && outcome.code === 'expired');
  await until(() => issuer.fetches === 4);
});
