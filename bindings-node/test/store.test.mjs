// A store of key sets that validators share.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createValidator, createValidatorFromPolicy } from 'jotgate';
import { rejectionOf, signingKey, startIssuer, until } from './support/issuer.mjs';
import { memoryStore, source } from './support/memory-store.mjs';

describe('validators with one store', () => {
  test('share one fetch', async (t) => {
    const issuer = await startIssuer(t);
    const store = memoryStore();
    const token = await issuer.mint();
    const first = createValidator({ ...issuer.options(), store });
    assert.equal((await first.validate(token)).payload.sub, 'alice');
    await until(() => store.saves === 1);

    const told = /** @type {import('jotgate').ValidatorEvent[]} */ ([]);
    const second = createValidator({ ...issuer.options(), store, onEvent: (event) => void told.push(event) });
    assert.equal((await second.validate(token)).payload.sub, 'alice');
    assert.deepEqual([issuer.fetches, source(first).shared, source(second).shared], [1, 0, 1]);
    assert.deepEqual(
      told.map(({ event }) => event),
      ['fetch_started', 'fetch_shared', 'keys_changed'],
    );
    assert.equal(store.saves, 1);
  });

  test('learn of a new key from each other', async (t) => {
    const issuer = await startIssuer(t);
    const store = memoryStore();
    const validators = [1, 2].map(() => createValidator({ ...issuer.options(), store }));
    const [first, second] = validators;
    await first?.validate(await issuer.mint());
    await until(() => store.saves === 1);
    await second?.validate(await issuer.mint());
    issuer.keys = [await signingKey('key-2')];
    await first?.validate(await issuer.mint());
    await until(() => store.saves === 2);
    await second?.validate(await issuer.mint());
    assert.equal(issuer.fetches, 2);
  });

  test('refresh from the issuer when they are told to', async (t) => {
    const issuer = await startIssuer(t);
    const store = memoryStore();
    const validator = createValidator({ ...issuer.options(), store });
    await validator.validate(await issuer.mint());
    validator.refreshKeys();
    await until(() => store.saves === 2);
    assert.equal(issuer.fetches, 2);
  });

  test('may have functions that return at once', async (t) => {
    const issuer = await startIssuer(t);
    const kept = /** @type {string[]} */ ([]);
    const store = { load: () => kept.at(-1), save: (/** @type {string} */ text) => kept.push(text) };
    for (let round = 0; round < 2; round += 1) {
      await createValidator({ ...issuer.options(), store }).validate(await issuer.mint());
      await until(() => kept.length === 1);
    }
    assert.equal(issuer.fetches, 1);
  });

  test('have a document and a class as well', async (t) => {
    class Kept {
      /** @type {string | undefined} */
      #text;
      load() {
        return this.#text;
      }
      /** @param {string} text */
      save(text) {
        this.#text = text;
      }
    }
    const issuer = await startIssuer(t);
    const { jwksUri, issuer: name, audience } = issuer.options();
    const store = new Kept();
    /** @type {import('jotgate').PolicyDocument} */
    const policy = { version: 1, issuers: [{ issuer: name, audience, keys: { jwks_uri: jwksUri } }] };
    for (let round = 0; round < 2; round += 1) {
      await createValidatorFromPolicy(policy, { store }).validate(await issuer.mint());
      await until(() => store.load() !== undefined);
    }
    assert.equal(issuer.fetches, 1);
  });
});

describe('those who wait', () => {
  test('go on before anything is saved', async (t) => {
    const issuer = await startIssuer(t);
    const order = /** @type {string[]} */ ([]);
    const store = { load: () => null, save: () => void order.push('saved') };
    const validator = createValidator({ ...issuer.options(), store });
    const token = await issuer.mint();
    await Promise.all([1, 2, 3].map(() => validator.validate(token).then(() => order.push('validated'))));
    await until(() => order.length === 4);
    assert.deepEqual(order, ['validated', 'validated', 'validated', 'saved']);
  });

  test('may leave while the store is asked', { timeout: 60_000 }, async (t) => {
    const issuer = await startIssuer(t);
    let answer = (/** @type {null} */ _text) => {};
    let asked = 0;
    const load = () => {
      asked += 1;
      return new Promise((/** @type {(text: null) => void} */ resolve) => (answer = resolve));
    };
    const store = { load, save: () => {} };
    const validator = createValidator({ ...issuer.options(), store, keySet: { timeout: '5m' } });
    const token = await issuer.mint();
    const controller = new AbortController();
    const aborted = validator.validate(token, { signal: controller.signal });
    const other = validator.validate(token);
    await until(() => asked === 1);
    controller.abort();
    assert.equal((await rejectionOf(aborted)).name, 'AbortError');
    answer(null);
    assert.equal((await other).payload.sub, 'alice');
    assert.deepEqual([asked, issuer.fetches], [1, 1]);
  });
});
