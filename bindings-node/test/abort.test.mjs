// A signal ends one call, and nothing else: not the fetch, not those who wait for it too.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, test } from 'node:test';
import { createValidator } from 'jotgate';
import { rejectionOf, startIssuer, until } from './support/issuer.mjs';

/** An issuer that answers when it is told to, with the fetch timeout that woken callers do not need. */
async function startHeld(/** @type {import('node:test').TestContext} */ t) {
  const issuer = await startIssuer(t);
  const { respond } = issuer;
  const held = /** @type {(() => void)[]} */ ([]);
  issuer.respond = (request, response) => void held.push(() => respond(request, response));
  const release = () => held.splice(0).forEach((answer) => answer());
  const validator = createValidator({ ...issuer.options(), keySet: { timeout: '5m' } });
  return { issuer, release, validator, token: await issuer.mint() };
}

describe('a signal', () => {
  test('ends its call and not the fetch that others wait for', { timeout: 60_000 }, async (t) => {
    const { issuer, release, validator, token } = await startHeld(t);
    const controllers = Array.from({ length: 40 }, () => new AbortController());
    const calls = controllers.map(({ signal }) => validator.validate(token, { signal }));
    const settled = Promise.allSettled(calls);
    await until(() => issuer.fetches === 1);
    // The first caller is among them: the one whose call has started the fetch.
    for (const [index, controller] of controllers.entries()) {
      if (index % 2 === 0) controller.abort(new Error('the client went away'));
    }
    assert.match((await rejectionOf(calls[0] ?? assert.fail())).message, /the client went away/);
    release();
    assert.deepEqual(
      (await settled).map(({ status }) => status),
      controllers.map((_, index) => (index % 2 === 0 ? 'rejected' : 'fulfilled')),
    );
    assert.equal(issuer.fetches, 1);
  });

  test('of everybody leaves the keys to the next', { timeout: 60_000 }, async (t) => {
    const { issuer, release, validator, token } = await startHeld(t);
    const request = new Request('http://api.example.com/', { headers: { Authorization: `Bearer ${token}` } });
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [
      validator.tryValidate(token, { signal }),
      validator.validateRequest(request, { signal }),
      validator.tryValidateRequest(request, { signal }),
      validator.explain(token, { signal }),
      validator.explainRequest(request, { signal }),
    ];
    const rejections = Promise.all(calls.map((call) => rejectionOf(call)));
    await until(() => issuer.fetches === 1);
    controller.abort();
    for (const { name } of await rejections) assert.equal(name, 'AbortError');
    release();
    await until(() => validator.health().sources[0]?.in_flight === false);
    assert.equal(validator.validateSync(token).payload.sub, 'alice');
    assert.equal(issuer.fetches, 1);
  });

  test('that fires while a second fetch is needed harms nobody', { timeout: 60_000 }, async (t) => {
    const { issuer, release, validator, token } = await startHeld(t);
    const first = validator.validate(token);
    await until(() => issuer.fetches === 1);
    release();
    await first;
    // A key that the set does not have: the issuer is asked again, for all who have such a token.
    const stranger = await issuer.mint({}, { kid: 'key-2' });
    const controller = new AbortController();
    const aborted = validator.tryValidate(stranger, { signal: controller.signal });
    const other = validator.tryValidate(stranger);
    await until(() => issuer.fetches === 2);
    controller.abort();
    assert.equal((await rejectionOf(aborted)).name, 'AbortError');
    // Whose key is at hand does not wait.
    assert.ok((await validator.tryValidate(token)).ok);
    release();
    const outcome = await other;
    assert.equal(!outcome.ok && outcome.code, 'unknown_key');
    assert.equal(issuer.fetches, 2);
  });

  test('before the call starts nothing', async (t) => {
    const { issuer, validator, token } = await startHeld(t);
    const signal = AbortSignal.abort();
    await assert.rejects(validator.validate(token, { signal }), { name: 'AbortError' });
    await assert.rejects(validator.tryValidate(token, { signal }), { name: 'AbortError' });
    assert.deepEqual([validator.health().sources[0]?.fetches, issuer.fetches], [0, 0]);
  });

  test('that serves many calls keeps nothing of them', { timeout: 60_000 }, async (t) => {
    const { issuer, release, validator, token } = await startHeld(t);
    const { signal } = new AbortController();
    const calls = Array.from({ length: 5 }, () => validator.validate(token, { signal }));
    await until(() => issuer.fetches === 1);
    assert.equal(getEventListeners(signal, 'abort').length, 5);
    release();
    await Promise.all(calls);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  test('that counts time ends a call in its time', async (t) => {
    const { issuer, validator, token } = await startHeld(t);
    await assert.rejects(validator.validate(token, { signal: AbortSignal.timeout(50) }), { name: 'TimeoutError' });
    await until(() => issuer.fetches === 1);
  });
});
