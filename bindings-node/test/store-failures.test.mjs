// Everything that a store may do wrong.
import assert from 'node:assert/strict';
import process from 'node:process';
import { describe, test } from 'node:test';
import { createValidator } from 'jotgate';
import { signingKey, startIssuer, until } from './support/issuer.mjs';
import { memoryStore, source } from './support/memory-store.mjs';
import { run } from './support/run.mjs';

/** @import { KeyStore } from 'jotgate' */

/** @param {unknown} reason @returns {never} */
const fail = (reason) => {
  throw reason;
};

const never = new Promise(() => {});

describe('a store that', () => {
  const garbage = '{"version":1,"written_at":0,"sources":[],"more":1}';
  /** @type {[string, Partial<Record<keyof KeyStore, (text?: string) => any>>][]} */
  const useless = [
    ['has nothing', { load: () => undefined }],
    ['has null', { load: () => null }],
    ['has an empty text', { load: () => '' }],
    ['throws when it loads', { load: () => fail(new Error('secret')) }],
    ['throws no error', { load: () => fail(undefined) }],
    ['rejects when it loads', { load: () => Promise.reject(new Error('secret')) }],
    ['gives a number', { load: () => 7 }],
    ['gives bytes', { load: () => Buffer.from(garbage) }],
    ['gives an object', { load: () => JSON.parse(garbage) }],
    ['gives a promise of one', { load: async () => ({}) }],
    ['gives a thenable that throws', { load: () => ({ then: () => fail(new Error('secret')) }) }],
    ['gives text that is none', { load: () => 'saved' }],
    ['gives a snapshot of another version', { load: () => garbage.replace('1', '2') }],
    ['gives a lone surrogate', { load: () => '\ud800' }],
    ['gives a megabyte of brackets', { load: () => '['.repeat(1_000_000) }],
    ['throws when it saves', { save: () => fail(new Error('secret')) }],
    ['rejects when it saves', { save: () => Promise.reject(new Error('secret')) }],
    ['never finishes saving', { save: () => never }],
  ];
  for (const [what, functions] of useless) {
    test(`${what} costs nobody a token`, async (t) => {
      const issuer = await startIssuer(t);
      let saves = 0;
      const save = (/** @type {string} */ text) => {
        saves += 1;
        return functions.save?.(text);
      };
      const store = { load: functions.load ?? (() => null), save };
      const validator = createValidator({ ...issuer.options(), store });
      assert.equal((await validator.validate(await issuer.mint())).payload.sub, 'alice');
      await until(() => saves === 1);
      // The next fetch is made, and saved, as if nothing had been.
      issuer.keys = [await signingKey('key-2')];
      assert.equal((await validator.validate(await issuer.mint())).payload.sub, 'alice');
      await until(() => saves === 2);
      assert.deepEqual([issuer.fetches, source(validator).last_error, source(validator).shared], [2, null, 0]);
    });
  }

  test('hangs when it loads costs half of the time, and then the issuer is asked', async (t) => {
    const issuer = await startIssuer(t);
    const store = { load: () => /** @type {Promise<null>} */ (never), save: () => {} };
    const validator = createValidator({ ...issuer.options(), store, keySet: { timeout: '4s' } });
    const begun = Date.now();
    assert.equal((await validator.validate(await issuer.mint())).payload.sub, 'alice');
    assert.ok(Date.now() - begun >= 1900);
    const { failures, last_error } = source(validator);
    assert.deepEqual([failures, last_error, issuer.fetches], [0, null, 1]);
  });

  test('answers after its time changes nothing', async (t) => {
    const issuer = await startIssuer(t);
    const store = memoryStore();
    await createValidator({ ...issuer.options(), store }).validate(await issuer.mint());
    await until(() => store.saves === 1);
    issuer.keys = [await signingKey('key-2')];
    let answer = () => {};
    const load = () =>
      new Promise((/** @type {(text: string | null) => void} */ resolve) => (answer = () => resolve(store.text)));
    const late = createValidator({ ...issuer.options(), store: { load, save: () => {} }, keySet: { timeout: '2s' } });
    const token = await issuer.mint();
    assert.ok((await late.tryValidate(token)).ok);
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(late.tryValidateSync(token).ok);
    assert.deepEqual([source(late).keys, source(late).fetches, source(late).shared, issuer.fetches], [1, 1, 0, 2]);
  });

  test('calls the validator that asks it is no deadlock', async (t) => {
    const issuer = await startIssuer(t);
    const token = await issuer.mint();
    const inner = /** @type {boolean[]} */ ([]);
    /** @type {KeyStore} */
    const store = {
      load: async () => {
        inner.push(validator.tryValidateSync(token).ok);
        // It waits for the load that waits for it.
        inner.push((await validator.tryValidate(token)).ok);
        return null;
      },
      save: () => {},
    };
    const validator = createValidator({ ...issuer.options(), store, keySet: { timeout: '2s' } });
    assert.ok((await validator.tryValidate(token)).ok);
    await until(() => inner.length === 2);
    assert.deepEqual([inner, source(validator).last_error, issuer.fetches], [[false, true], null, 1]);
  });

  test('calls the validator when it saves gets its answer', async (t) => {
    const issuer = await startIssuer(t);
    const token = await issuer.mint();
    const inner = /** @type {unknown[]} */ ([]);
    /** @type {KeyStore} */
    const store = {
      load: () => null,
      save: async (text) => {
        inner.push(
          validator.validateSync(token).payload.sub,
          validator.importKeys(text),
          validator.exportKeys() === text,
        );
        validator.refreshKeys();
        inner.push((await validator.validate(token)).payload.sub);
      },
    };
    const validator = createValidator({ ...issuer.options(), store });
    await validator.validate(token);
    await until(() => inner.length >= 4);
    assert.deepEqual(inner.slice(0, 4), ['alice', 0, true, 'alice']);
  });

  test('is asked never runs inside the call that needs keys', async (t) => {
    const issuer = await startIssuer(t);
    let inside = false;
    const seen = /** @type {boolean[]} */ ([]);
    const store = { load: () => void seen.push(inside), save: () => void seen.push(inside) };
    const validator = createValidator({ ...issuer.options(), store });
    const token = await issuer.mint();
    inside = true;
    validator.tryValidateSync(token);
    inside = false;
    await until(() => seen.length === 2);
    assert.deepEqual(seen, [false, false]);
  });

  test('fails is warned of once, without what it said', async (t) => {
    const issuer = await startIssuer(t);
    const store = { load: () => fail(new Error('secret')), save: () => fail(new Error('secret')) };
    const validator = createValidator({ ...issuer.options(), store });
    const warnings = /** @type {Error[]} */ ([]);
    const listener = (/** @type {Error} */ warning) =>
      void (warning.name === 'JotgateWarning' && warnings.push(warning));
    process.on('warning', listener);
    t.after(() => process.off('warning', listener));
    for (const kid of ['key-1', 'key-2', 'key-3']) {
      issuer.keys = [await signingKey(kid)];
      await validator.validate(await issuer.mint());
    }
    await until(() => warnings.length === 2);
    const [load, save] = warnings;
    assert.match(load?.message ?? '', /store .* load failed/);
    assert.match(save?.message ?? '', /store .* save failed/);
    assert.ok(!`${load?.message}${save?.message}`.includes('secret'));
  });

  test('hangs keeps no process alive', async () => {
    const script = `
      import { createValidator } from 'jotgate';
      const validator = createValidator({
        issuer: 'me', audience: 'any', jwksUri: 'https://idp.example.com/jwks', fetch: () => assert.fail(),
        store: { load: () => new Promise(() => {}), save: () => {} },
      });
      const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const outcome = validator.tryValidateSync(part({ alg: 'ES256' }) + '.' + part({ iss: 'me', exp: 4e9 }) + '.' + 'A'.repeat(86));
      console.log(outcome.code);`;
    const cwd = new URL('..', import.meta.url);
    const { code, stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd });
    assert.deepEqual([code, stdout], [0, 'keys_unavailable\n']);
  });

  test('is none is refused', () => {
    const options = { issuer: 'x', audience: 'any', jwksUri: 'https://x.example.com/' };
    for (const store of [null, 7, 'redis', {}, { load: () => null }, { load: () => null, save: 'text' }]) {
      assert.throws(() => createValidator({ ...options, store: /** @type {any} */ (store) }), TypeError);
    }
    createValidator({ ...options, store: undefined });
  });
});
