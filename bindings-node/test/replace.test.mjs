// A policy that is replaced while the service runs.
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { clearInterval, setInterval } from 'node:timers';
import { createValidator, createValidatorFromFile, createValidatorFromPolicy, PolicyError } from 'jotgate';
import { watchPolicy } from '../examples/watch-policy.mjs';
import { startIssuer } from './support/issuer.mjs';

const OTHER = 'https://other-api.test';

/** @param {Awaited<ReturnType<typeof startIssuer>>} issuer */
function documentOf(issuer, audience = issuer.options().audience, members = {}) {
  const { issuer: name, jwksUri } = issuer.options();
  const entry = { issuer: name, audience, keys: { jwks_uri: jwksUri } };
  return { version: /** @type {const} */ (1), issuers: [{ ...entry, ...members }] };
}

/** @param {import('jotgate').Outcome} outcome */
function codeOf(outcome) {
  return outcome.ok ? undefined : outcome.code;
}

describe('replace', () => {
  test('takes the options of createValidator, and keeps the keys and what the application brought', async (t) => {
    const issuer = await startIssuer(t);
    /** @type {string[]} */
    const told = [];
    const validator = createValidator({
      ...issuer.options(),
      transform: (claims) => ({ ...claims, seen: true }),
      onEvent: ({ event }) => void told.push(event),
    });
    const token = await issuer.mint();
    await validator.validate(token);
    validator.replace({ ...issuer.options(), leeway: 7 });
    assert.equal((await validator.validate(token)).payload['seen'], true);
    assert.equal(validator.health().sources[0]?.fetches, 1);
    validator.replace({ ...issuer.options(), audience: OTHER });
    assert.equal(codeOf(await validator.tryValidate(token)), 'audience_mismatch');
    assert.equal(told.filter((event) => event === 'policy_replaced').length, 2);
  });

  test('a bad one is the error of construction and changes nothing', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidator(issuer.options());
    const token = await issuer.mint();
    // @ts-expect-error -- there is no such option
    assert.throws(() => validator.replace({ ...issuer.options(), leeeway: 7 }), {
      code: 'policy_error',
      path: 'leeeway',
    });
    assert.throws(() => validator.replaceFromPolicy('{"version": 1, "issuers"'), PolicyError);
    const asked = documentOf(issuer, undefined, { client_id: { allowed: 'host' } });
    assert.throws(() => validator.replaceFromPolicy(asked), { path: 'issuers[0].client_id.allowed' });
    assert.equal((await validator.tryValidate(token)).ok, true);
  });

  test('who waits ends under the policy before', async (t) => {
    const issuer = await startIssuer(t);
    const token = await issuer.mint();
    /** @type {() => void} */
    let release = () => {};
    const released = new Promise((resolve) => (release = () => resolve(undefined)));
    const validator = createValidatorFromPolicy(documentOf(issuer), {
      fetch: async ({ url }) => {
        await released;
        const answer = await fetch(url);
        return { status: answer.status, headers: {}, body: new Uint8Array(await answer.arrayBuffer()) };
      },
    });
    const old = validator.tryValidate(token);
    validator.replaceFromPolicy(documentOf(issuer, OTHER));
    const later = validator.tryValidate(token);
    release();
    assert.equal((await old).ok, true);
    assert.equal(codeOf(await later), 'audience_mismatch');
    assert.equal(validator.health().sources[0]?.fetches, 1);
  });

  test('what is read of requests, and whether they change, are those of the policy that holds', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidatorFromPolicy(documentOf(issuer));
    const { reads, forwards } = validator;
    assert.deepEqual([reads.headers, forwards], [['authorization'], false]);
    const forward = { claims_to_headers: { sub: 'X-User' } };
    validator.replaceFromPolicy({ ...documentOf(issuer), forward });
    assert.deepEqual([validator.reads.headers, validator.forwards], [null, true]);
    const headers = ['Authorization', `Bearer ${await issuer.mint()}`, 'x_user', 'root'];
    const request = { method: 'GET', url: '/', headers };
    const verified = await validator.validateRequest(request);
    assert.deepEqual(validator.forward(request, verified).remove, ['X-User', 'x_user']);
  });

  test('the example watches a file', async (t) => {
    const issuer = await startIssuer(t);
    const folder = mkdtempSync(join(tmpdir(), 'jotgate-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'policy.json');
    /** @param {string} text */
    const write = (text) => {
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    };
    write(JSON.stringify(documentOf(issuer)));
    const validator = createValidatorFromFile(path);
    /** @type {((error: unknown) => void)[]} */
    const waiting = [];
    /** What the next attempt comes to. @returns {Promise<unknown>} */
    const next = () => new Promise((resolve) => waiting.push(resolve));
    t.after(watchPolicy(validator, path, { told: (error) => waiting.splice(0).forEach((tell) => tell(error)) }));
    const token = await issuer.mint();

    // The watch keeps no process alive, and the test is to go on.
    const alive = setInterval(() => {}, 1000);
    t.after(() => clearInterval(alive));
    let told = next();
    write(JSON.stringify(documentOf(issuer, OTHER)));
    assert.equal(await told, undefined);
    assert.equal(codeOf(await validator.tryValidate(token)), 'audience_mismatch');
    told = next();
    write('{"version": 1, "issuers"');
    assert.ok((await told) instanceof PolicyError);
    assert.equal(codeOf(await validator.tryValidate(token)), 'audience_mismatch');
    told = next();
    write(JSON.stringify(documentOf(issuer)));
    assert.equal(await told, undefined);
    assert.equal((await validator.tryValidate(token)).ok, true);
  });
});
