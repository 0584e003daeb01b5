// What the driver does with the work of the core: who is woken, what is saved when, and what comes late.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SignJWT } from 'jose';
import { createValidator, createValidatorFromPolicy } from 'jotgate';
import { AUDIENCE, seconds, signingKey, startIssuer, until } from './support/issuer.mjs';
import { source } from './support/memory-store.mjs';

/** A function of a store whose calls end when they are told to. */
function held() {
  /** @type {{ text: string, end: (value?: any) => void }[]} */
  const calls = [];
  const call = (/** @type {string} */ text = '') =>
    new Promise((/** @type {(value?: any) => void} */ end) => calls.push({ text, end }));
  return { calls, call };
}

/** The ids of the keys in a saved text. @param {string | undefined} text */
const kids = (text = '') => [...text.matchAll(/key-\d/g)].map(String);

/** A turn of the event loop in which nothing more happens. */
const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('who waits', () => {
  test('is woken by the end of the work that it waits for, and by no other', { timeout: 60_000 }, async () => {
    const key = await signingKey('key-1');
    /** @type {Map<string, () => void>} */
    const answers = new Map();
    let asked = 0;
    const issuers = ['a', 'b', 'c'].map((name) => `https://${name}.example.com`);
    const validator = createValidatorFromPolicy(
      {
        version: 1,
        issuers: issuers.map((issuer) => ({ issuer, audience: AUDIENCE, keys: { jwks_uri: `${issuer}/jwks` } })),
      },
      {
        // Each verdict and each report asks the clock once.
        clock: () => {
          asked += 1;
          return Date.now();
        },
        fetch: async ({ url }) => {
          await new Promise((resolve) => answers.set(new URL(url).hostname.slice(0, 1), () => resolve(undefined)));
          return { status: 200, headers: {}, body: JSON.stringify({ keys: [key.jwk] }) };
        },
      },
    );
    const mint = (/** @type {string} */ iss) =>
      new SignJWT({ iss, aud: AUDIENCE, exp: seconds() + 3600 })
        .setProtectedHeader({ alg: key.alg, kid: key.kid })
        .sign(key.privateKey);
    const tokens = await Promise.all(issuers.map(mint));
    const ends = /** @type {string[]} */ ([]);
    const calls = tokens.flatMap((token, index) =>
      Array.from({ length: 10 }, () => validator.validate(token).then(() => ends.push('abc'.charAt(index)))),
    );
    await until(() => answers.size === 3);
    assert.equal(asked, 30);
    for (const [done, name] of ['b', 'c', 'a'].entries()) {
      answers.get(name)?.();
      await until(() => ends.length === 10 * (done + 1));
      await settled();
      // One report, and the ten who waited for it.
      assert.equal(asked, 30 + 11 * (done + 1));
      assert.deepEqual(new Set(ends.slice(-10)), new Set([name]));
    }
    await Promise.all(calls);
  });

  test('asks again once for the store and once for the fetch', { timeout: 60_000 }, async (t) => {
    const issuer = await startIssuer(t);
    let asked = 0;
    const clock = () => {
      asked += 1;
      return Date.now();
    };
    const [load, save] = [held(), held()];
    const validator = createValidator({ ...issuer.options(), clock, store: { load: load.call, save: save.call } });
    const token = await issuer.mint();
    const calls = Promise.all(Array.from({ length: 5 }, () => validator.validate(token)));
    await until(() => load.calls.length === 1);
    assert.equal(asked, 5);
    load.calls[0]?.end(null);
    await calls;
    await until(() => save.calls.length === 1);
    assert.equal(asked, 5 + 6 + 6);
    save.calls[0]?.end();
    await settled();
    assert.equal(asked, 5 + 6 + 6 + 1);
  });
});

describe('saves', () => {
  test('never overlap, and the newest is the last', { timeout: 60_000 }, async (t) => {
    const issuer = await startIssuer(t);
    const save = held();
    const validator = createValidator({ ...issuer.options(), store: { load: () => null, save: save.call } });
    await validator.validate(await issuer.mint());
    await until(() => save.calls.length === 1);
    for (const kid of ['key-2', 'key-3']) {
      issuer.keys = [await signingKey(kid)];
      await validator.validate(await issuer.mint());
    }
    await settled();
    assert.equal(save.calls.length, 1);
    save.calls[0]?.end();
    await until(() => save.calls.length === 2);
    save.calls[1]?.end();
    await settled();
    assert.deepEqual(
      save.calls.map(({ text }) => kids(text)),
      [['key-1'], ['key-3']],
    );
  });

  test('that hang are given up, and what they save late does not stay', { timeout: 60_000 }, async (t) => {
    const issuer = await startIssuer(t);
    const save = held();
    const store = { load: () => null, save: save.call };
    const validator = createValidator({ ...issuer.options(), store, keySet: { timeout: '1s' } });
    await validator.validate(await issuer.mint());
    issuer.keys = [await signingKey('key-2')];
    await validator.validate(await issuer.mint());
    await until(() => save.calls.length === 2);
    save.calls[1]?.end();
    await settled();
    assert.equal(save.calls.length, 2);
    // The old text lies on top of the new one now.
    save.calls[0]?.end();
    await until(() => save.calls.length === 3);
    save.calls[2]?.end();
    await settled();
    assert.deepEqual(
      save.calls.map(({ text }) => kids(text)),
      [['key-1'], ['key-2'], ['key-2']],
    );
  });

  test('that fail are not repeated before there is something new', async (t) => {
    const issuer = await startIssuer(t);
    let saves = 0;
    const save = () => {
      saves += 1;
      throw new Error('no room');
    };
    const validator = createValidator({ ...issuer.options(), store: { load: () => null, save } });
    await validator.validate(await issuer.mint());
    await until(() => saves === 1);
    for (let call = 0; call < 3; call += 1) await validator.validate(await issuer.mint());
    await settled();
    assert.equal(saves, 1);
    issuer.keys = [await signingKey('key-2')];
    await validator.validate(await issuer.mint());
    await until(() => saves === 2);
  });

  test('keep no process alive, and no validation waiting', { timeout: 60_000 }, async (t) => {
    const issuer = await startIssuer(t);
    const store = { load: () => null, save: () => new Promise(() => {}) };
    const validator = createValidator({ ...issuer.options(), store, keySet: { timeout: '5m' } });
    for (const kid of ['key-1', 'key-2', 'key-3']) {
      issuer.keys = [await signingKey(kid)];
      assert.equal((await validator.validate(await issuer.mint())).payload.sub, 'alice');
    }
    assert.equal(issuer.fetches, 3);
  });
});

test('a fetch that hangs and ends too late changes nothing', { timeout: 60_000 }, async (t) => {
  const issuer = await startIssuer(t);
  const late = held();
  const validator = createValidator({
    ...issuer.options(),
    fetch: () => late.call(),
    keySet: { timeout: '100ms' },
  });
  const outcomes = await Promise.all([1, 2].map(async () => validator.tryValidate(await issuer.mint())));
  assert.deepEqual(
    outcomes.map(({ verdict }) => verdict),
    ['unavailable', 'unavailable'],
  );
  late.calls[0]?.end({ status: 200, headers: {}, body: JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }) });
  await settled();
  const { keys, fetches, failures, last_error } = source(validator);
  assert.deepEqual([keys, fetches, failures, last_error], [0, 1, 1, 'timeout']);
});

test('the keys are there also when the clock fails as they arrive', { timeout: 60_000 }, async () => {
  const key = await signingKey('key-1');
  const issuer = 'https://idp.example.com';
  let broken = false;
  const validator = createValidatorFromPolicy(
    { version: 1, issuers: [{ issuer, audience: AUDIENCE, keys: { jwks_uri: `${issuer}/jwks` } }] },
    {
      clock: () => {
        if (!broken) return Date.now();
        broken = false;
        throw new Error('no clock');
      },
      fetch: () => {
        broken = true;
        return { status: 200, headers: {}, body: JSON.stringify({ keys: [key.jwk] }) };
      },
    },
  );
  const token = await new SignJWT({ iss: issuer, aud: AUDIENCE, exp: seconds() + 3600, sub: 'alice' })
    .setProtectedHeader({ alg: key.alg, kid: key.kid })
    .sign(key.privateKey);
  assert.equal((await validator.validate(token)).payload.sub, 'alice');
  assert.equal(broken, false);
});
