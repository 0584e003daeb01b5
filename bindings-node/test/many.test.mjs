// Batches: for each token, in its place, what `tryValidate` says of it alone.
import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { SignJWT } from 'jose';
import { createValidator, createValidatorFromPolicy } from 'jotgate';
import { AUDIENCE, rejectionOf, seconds, signingKey, startIssuer, until } from './support/issuer.mjs';

/** @import { Claims, HostOptions, Outcome, ValidatorEvent } from 'jotgate' */
/** @import { TestContext } from 'node:test' */
/** @import { Issuer } from './support/issuer.mjs' */

const SECRET = 'a secret of 32 bytes and some more';

/** @param {object} [claims] */
const hmacToken = (claims = {}) =>
  new SignJWT({ iss: 'me', aud: AUDIENCE, sub: 'alice', exp: seconds() + 3600, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(SECRET));

/** @param {HostOptions} [host] */
const hmacValidator = (host = {}) => createValidator({ issuer: 'me', audience: AUDIENCE, secret: SECRET, ...host });

/** What an outcome says, for comparing it with another; when to come again differs from validator to validator. */
function told(/** @type {Outcome} */ outcome) {
  if (outcome.ok) {
    const { payloadText, payload, header, issuerIndex } = outcome.verified;
    return { ...outcome, verified: { payloadText, payload, header, issuerIndex } };
  }
  return outcome.verdict === 'unavailable' ? { ...outcome, retryAt: null, retryAfter: null } : outcome;
}

const codeOf = (/** @type {Outcome} */ outcome) => (outcome.ok ? 'ok' : outcome.code);

/** Two issuers, and a third one that answers with an error. */
async function startThree(/** @type {TestContext} */ t) {
  const issuers = await Promise.all([startIssuer(t), startIssuer(t), startIssuer(t)]);
  issuers[2].respond = (_request, response) => void response.writeHead(503).end();
  const make = (/** @type {HostOptions} */ host = {}) =>
    createValidatorFromPolicy(
      {
        version: 1,
        issuers: issuers.map(({ url, jwksUri }) => ({
          issuer: url,
          audience: AUDIENCE,
          keys: { jwks_uri: jwksUri },
          // Callers that are not woken would wait beyond the test's own time.
          jwks: { timeout: '5m' },
        })),
      },
      host,
    );
  return { issuers, make };
}

/** Tokens of every issuer, good ones and each kind of bad ones. @param {Issuer[]} issuers */
async function mixed(issuers) {
  const tokens = ['', 'junk', 'a\ud800b.c.d', 'e30.e30.e30', 'a'.repeat(20_000), await hmacToken()];
  for (const issuer of issuers) {
    const good = await issuer.mint({ name: 'Zoë 🦊' });
    const [head = '', payload = '', signature = ''] = good.split('.');
    const raised = String.fromCharCode(0x100 + payload.charCodeAt(0)) + payload.slice(1);
    tokens.push(good, `${good}.`, `${head}.${payload}.`, `${head}.${raised}.${signature}`);
    tokens.push(`${head}.${payload}.${[...signature].reverse().join('')}`);
    tokens.push(await issuer.mint({ aud: 'other' }), await issuer.mint({ exp: 1 }), await issuer.mint({ exp: 'soon' }));
    tokens.push(await issuer.mint({ nbf: 4_000_000_000 }), await issuer.mint({ cnf: { jkt: 'x' } }));
    tokens.push(await issuer.mint({}, { typ: 'logout+jwt' }), await issuer.mint({}, { kid: 'unheard-of' }));
  }
  return tokens;
}

describe('a batch', () => {
  test('says what each token alone is told, in order', { timeout: 60_000 }, async (t) => {
    const { issuers, make } = await startThree(t);
    const kinds = await mixed(issuers);
    // In another order than that of the issuers, and more than one thread's share.
    const tokens = Array.from({ length: 300 }, (_, index) => kinds[(index * 5) % kinds.length] ?? '');
    const singly = make();
    const expected = [];
    for (const token of tokens) expected.push(told(await singly.tryValidate(token)));
    const alone = issuers.map(({ fetches }) => fetches);
    for (const issuer of issuers) issuer.fetches = 0;
    const together = make();
    assert.deepEqual((await together.validateMany(tokens)).map(told), expected);
    for (const [index, { fetches }] of issuers.entries()) assert.ok(fetches <= (alone[index] ?? 0));
    // And with the keys at hand.
    assert.deepEqual((await together.validateMany(tokens)).map(told), expected);
    const codes = new Set(expected.map((outcome) => (outcome.ok ? 'ok' : outcome.code)));
    assert.ok(codes.size >= 12, [...codes].join());
    for (const code of ['ok', 'keys_unavailable', 'unknown_issuer', 'unknown_key', 'expired', 'token_too_large'])
      assert.ok(/** @type {Set<string>} */ (codes).has(code), code);
  });

  test('of several parts is in order', { timeout: 60_000 }, async (t) => {
    const issuer = await startIssuer(t);
    const good = await Promise.all(Array.from({ length: 7 }, (_, n) => issuer.mint({ jti: `id-${n}` })));
    const kinds = [...good, 'junk', await issuer.mint({ exp: 1 }), await issuer.mint({}, { kid: 'unheard-of' })];
    for (const length of [1023, 1024, 1025, 2048, 3500]) {
      const validator = createValidator(issuer.options());
      const tokens = Array.from({ length }, (_, index) => kinds[(index * 3) % kinds.length] ?? '');
      const expected = new Map();
      for (const kind of kinds) expected.set(kind, told(await validator.tryValidate(kind)));
      for (const fresh of [createValidator(issuer.options()), validator]) {
        const outcomes = await fresh.validateMany(tokens);
        assert.equal(outcomes.length, length);
        for (const [place, outcome] of outcomes.entries())
          assert.deepEqual(told(outcome), expected.get(tokens[place]), `${length}: ${place}`);
      }
    }
  });

  test('has each key set fetched once, and waits for all of them at once', { timeout: 60_000 }, async (t) => {
    const { issuers, make } = await startThree(t);
    const [first, second, third] = issuers;
    const held = /** @type {(() => void)[]} */ ([]);
    for (const issuer of issuers) {
      const { respond } = issuer;
      issuer.respond = (request, response) => void held.push(() => respond(request, response));
    }
    const tokens = await Promise.all(
      Array.from({ length: 40 }, (_, n) => issuers.map((issuer) => issuer.mint({ jti: `id-${n}` }))).flat(),
    );
    const { signal } = new AbortController();
    const call = make().validateMany(tokens, { signal });
    await until(() => held.length === 3);
    await turn();
    assert.ok(getEventListeners(signal, 'abort').length <= 1);
    for (const answer of held) answer();
    const outcomes = await call;
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.ok ? outcome.verified.payload.jti : outcome.code)),
      tokens.map((_, index) => (index % 3 === 2 ? 'keys_unavailable' : `id-${Math.floor(index / 3)}`)),
    );
    assert.deepEqual([first.fetches, second.fetches, third.fetches], [1, 1, 1]);
  });

  test('looks for a new key once', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidator(issuer.options());
    const old = await issuer.mint();
    await validator.validate(old);
    issuer.keys.push(await signingKey('key-2'));
    const fresh = await issuer.mint({}, {}, issuer.keys[1]);
    const outcomes = await validator.validateMany(Array.from({ length: 80 }, (_, n) => (n % 2 === 0 ? old : fresh)));
    assert.ok(outcomes.every(({ ok }) => ok));
    assert.equal(issuer.fetches, 2);
  });

  test('begins a refresh that is due', async (t) => {
    const issuer = await startIssuer(t);
    let now = Date.now();
    const validator = createValidator({ ...issuer.options(), keySet: { ttl: '10m' }, clock: () => now });
    const token = await issuer.mint({ exp: 4_000_000_000 });
    await validator.validate(token);
    now += 10 * 60_000;
    assert.deepEqual((await validator.validateMany([token])).map(codeOf), ['ok']);
    await until(() => issuer.fetches === 2);
  });

  // What ends while other threads judge is not waited for: with this fetch timeout that would be beyond the test's own.
  test('misses no fetch that ends while it is judged', { timeout: 60_000 }, async (t) => {
    const issuer = await startIssuer(t);
    const token = await issuer.mint();
    const body = Buffer.from(JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }));
    for (let round = 0; round < 50; round += 1) {
      const answers = /** @type {((response: import('jotgate').FetcherResponse) => void)[]} */ ([]);
      const fetch = () =>
        new Promise((/** @type {(response: import('jotgate').FetcherResponse) => void} */ resolve) =>
          answers.push(resolve),
        );
      const validator = createValidator({ ...issuer.options(), keySet: { timeout: '5m' }, fetch });
      const single = validator.tryValidate(token);
      await until(() => answers.length === 1);
      const batch = validator.validateMany(Array(300).fill(token));
      // Sometimes before the threads begin, and sometimes when they are at it.
      for (let spin = 0; spin < round * 2000; spin += 1) Math.sqrt(spin);
      for (const answer of answers) answer({ status: 200, headers: {}, body });
      assert.ok((await single).ok);
      assert.ok((await batch).every(({ ok }) => ok));
      assert.equal(answers.length, 1);
    }
  });

  test('of no tokens has no verdicts', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidator(issuer.options());
    assert.deepEqual(await validator.validateMany([]), []);
    assert.deepEqual(await validator.validateMany(new Set()), []);
    assert.equal(issuer.fetches, 0);
  });

  test('may be judged for another time', async () => {
    const tokens = [await hmacToken({ exp: 2000 }), await hmacToken({ exp: 1000 })];
    for (const asOf of [1_500_000, new Date(1_500_000)])
      assert.deepEqual((await hmacValidator().validateMany(tokens, { asOf })).map(codeOf), ['ok', 'expired']);
    const validator = hmacValidator({ clock: () => 1_500_000 });
    assert.deepEqual((await validator.validateMany(tokens)).map(codeOf), ['ok', 'expired']);
  });

  test('lets nothing pass with a clock that gives no time', async () => {
    const token = await hmacToken();
    const clock = /** @type {any} */ (() => 'noon');
    const [outcome] = await hmacValidator({ clock }).validateMany([token]);
    assert.deepEqual(outcome, await hmacValidator({ clock }).tryValidate(token));
    assert.equal(outcome && codeOf(outcome), 'internal_error');
  });
});

describe('what is no batch', () => {
  test('is a TypeError, and nothing is judged', async (t) => {
    const issuer = await startIssuer(t);
    const events = /** @type {unknown[]} */ ([]);
    const validator = createValidator({ ...issuer.options(), onEvent: (event) => void events.push(event) });
    const token = await issuer.mint();
    for (const wrong of [7, null, undefined, Buffer.from(token), [token], { token }]) {
      const tokens = /** @type {any} */ ([token, 'junk', wrong, token]);
      await assert.rejects(validator.validateMany(tokens), {
        name: 'TypeError',
        message: 'tokens[2] must be a string',
      });
    }
    const message = 'tokens must be an array of strings, or another iterable of them';
    for (const wrong of [token, 7, null, undefined, {}]) {
      await assert.rejects(validator.validateMany(/** @type {any} */ (wrong)), { name: 'TypeError', message });
    }
    await assert.rejects(validator.validateMany([token], /** @type {any} */ ({ threads: 2 })), TypeError);
    await assert.rejects(validator.validateMany([token], /** @type {any} */ ({ asOf: 'noon' })), TypeError);
    assert.deepEqual([issuer.fetches, events], [0, []]);
  });

  test('may be any iterable, which is read once', async () => {
    const token = await hmacToken();
    let reads = 0;
    const tokens = {
      *[Symbol.iterator]() {
        reads += 1;
        yield* [token, 'junk'];
      },
    };
    assert.deepEqual((await hmacValidator().validateMany(tokens)).map(codeOf), ['ok', 'malformed_token']);
    assert.equal(reads, 1);
  });
});

describe('hooks and events', () => {
  test('come token by token, in their order, after the keys', async (t) => {
    const issuer = await startIssuer(t);
    const heard = /** @type {ValidatorEvent[]} */ ([]);
    const asked = /** @type {unknown[]} */ ([]);
    const gone = new Error('the list is gone');
    const validator = createValidator({
      ...issuer.options(),
      clientId: { claims: ['azp'], allowed: 'host' },
      clientLookup: (client) => client === 'web',
      isRevoked: async ({ jti }) => {
        asked.push(jti);
        await turn();
        if (jti === 'broken') throw gone;
        return jti === 'stolen';
      },
      transform: ({ jti }) => ({ id: jti }),
      onEvent: (event) => void heard.push(event),
    });
    const minted = (/** @type {object} */ claims) => issuer.mint({ azp: 'web', ...claims });
    const tokens = [
      await minted({ jti: 'mine' }),
      await minted({ exp: 1 }),
      await minted({ jti: 'stolen' }),
      'junk',
      await minted({ jti: 'broken' }),
      await minted({ azp: 'other' }),
      await minted({ jti: 'yours' }),
    ];
    const outcomes = await validator.validateMany(tokens);
    const codes = ['ok', 'expired', 'revoked', 'malformed_token', 'internal_error', 'client_not_allowed', 'ok'];
    assert.deepEqual(outcomes.map(codeOf), codes);
    assert.deepEqual(asked, ['mine', 'stolen', 'broken', 'yours']);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.ok && outcome.verified.payload),
      [{ id: 'mine' }, false, false, false, false, false, { id: 'yours' }],
    );
    const broken = outcomes[4];
    assert.ok(broken?.verdict === 'rejected' && broken.cause === gone);
    assert.deepEqual(
      heard.map((event) => (event.event === 'rejected' ? event.code : event.event)),
      ['fetch_started', 'fetch_ok', 'keys_changed', ...codes.filter((code) => code !== 'ok')],
    );
    for (const [index, token] of tokens.entries())
      assert.deepEqual(told(outcomes[index] ?? assert.fail()), told(await validator.tryValidate(token)));
  });

  test('of one batch do not mix with those of another call', async () => {
    const isRevoked = async (/** @type {Claims} */ { jti }) => {
      await turn();
      return jti === 'b';
    };
    const validator = hmacValidator({ isRevoked });
    const tokens = await Promise.all(['a', 'b', 'c'].map((jti) => hmacToken({ jti, sub: `sub-${jti}` })));
    const told = (/** @type {Outcome} */ outcome) => (outcome.ok ? outcome.verified.payload.sub : outcome.code);
    const calls = Array.from({ length: 5 }, () => validator.validateMany(tokens));
    const [single] = await Promise.all([validator.tryValidate(tokens[2] ?? ''), turn()]);
    assert.equal(told(single), 'sub-c');
    for (const outcomes of await Promise.all(calls))
      assert.deepEqual(outcomes.map(told), ['sub-a', 'revoked', 'sub-c']);
  });
});

test('the event loop goes on while tokens are judged', { timeout: 60_000 }, async (t) => {
  const issuer = await startIssuer(t);
  const validator = createValidator(issuer.options());
  const token = await issuer.mint();
  await validator.validate(token);
  let [turns, ended] = [0, false];
  const call = validator.validateMany(Array(2000).fill(token)).finally(() => (ended = true));
  while (!ended) {
    turns += 1;
    await turn();
  }
  assert.ok((await call).every(({ ok }) => ok));
  assert.ok(turns > 10, `it takes a few turns to begin and to end: ${turns}`);
});

describe('a signal', () => {
  test('ends a batch that waits for a fetch, and not the fetch', { timeout: 60_000 }, async (t) => {
    const issuer = await startIssuer(t);
    const { respond } = issuer;
    let release = () => {};
    issuer.respond = (request, response) => void (release = () => respond(request, response));
    const validator = createValidator({ ...issuer.options(), keySet: { timeout: '5m' } });
    const tokens = Array(100).fill(await issuer.mint());
    const controller = new AbortController();
    const aborted = validator.validateMany(tokens, { signal: controller.signal });
    const other = validator.validateMany(tokens);
    await until(() => issuer.fetches === 1);
    controller.abort(new Error('the client went away'));
    assert.match((await rejectionOf(aborted)).message, /the client went away/);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
    release();
    assert.ok((await other).every(({ ok }) => ok));
    assert.equal(issuer.fetches, 1);
  });

  test('ends a batch that is judged, and one that waits for a hook', { timeout: 60_000 }, async () => {
    const tokens = Array(3000).fill(await hmacToken());
    const validator = hmacValidator();
    const controller = new AbortController();
    const call = validator.validateMany(tokens, { signal: controller.signal });
    controller.abort();
    assert.equal((await rejectionOf(call)).name, 'AbortError');
    // Whoever is judged then gets verdicts of his own.
    assert.deepEqual((await validator.validateMany(['junk', tokens[0]])).map(codeOf), ['malformed_token', 'ok']);
    const gone = new AbortController();
    const isRevoked = () => {
      gone.abort(new Error('the client went away'));
      return new Promise((/** @type {(revoked: boolean) => void} */ _resolve) => undefined);
    };
    const hooked = hmacValidator({ isRevoked }).validateMany(tokens, { signal: gone.signal });
    assert.match((await rejectionOf(hooked)).message, /the client went away/);
  });

  test('before the call starts nothing', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidator(issuer.options());
    const signal = AbortSignal.abort();
    await assert.rejects(validator.validateMany([await issuer.mint()], { signal }), { name: 'AbortError' });
    await assert.rejects(validator.validateMany([], { signal }), { name: 'AbortError' });
    assert.equal(issuer.fetches, 0);
  });
});

test('a worker thread may end while its batch is judged', { timeout: 60_000 }, async () => {
  const script = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { createValidator } = require('jotgate');
    createValidator(workerData.options).validateMany(Array(workerData.count).fill(workerData.token));
    parentPort.postMessage('begun');`;
  const options = { issuer: 'me', audience: AUDIENCE, secret: SECRET };
  for (let round = 0; round < 5; round += 1) {
    const workerData = { options, token: await hmacToken(), count: 5000 };
    const worker = new Worker(script, { eval: true, workerData });
    await once(worker, 'message');
    await worker.terminate();
  }
});
