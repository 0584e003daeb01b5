import assert from 'node:assert/strict';
import { once } from 'node:events';
import process from 'node:process';
import { describe, test } from 'node:test';
import { createValidator } from 'jotgate';
import { signingKey, startIssuer, until } from './support/issuer.mjs';

/** @import { ValidatorEvent } from 'jotgate' */

/** Collects what it is called with. */
function recorder() {
  /** @type {ValidatorEvent[]} */
  const heard = [];
  return {
    heard,
    names: () => heard.map(({ event }) => event),
    onEvent: (/** @type {ValidatorEvent} */ event) => void heard.push(event),
  };
}

describe('events', () => {
  test('tell what happens to the key sets', async (t) => {
    const issuer = await startIssuer(t);
    const { heard, names, onEvent } = recorder();
    const now = Date.now();
    const validator = createValidator({ ...issuer.options(), clock: () => now, onEvent });
    await validator.validate(await issuer.mint());
    assert.deepEqual(names(), ['fetch_started', 'fetch_ok', 'keys_changed']);
    assert.ok(heard.every(({ at }) => at === now / 1000));
    const [started, ok, changed] = heard;
    assert.deepEqual(started, { at: now / 1000, source: 0, event: 'fetch_started', forced: false, metadata: false });
    assert.ok(ok?.event === 'fetch_ok' && ok.status === 200 && ok.bytes > 100);
    assert.deepEqual(changed, { at: now / 1000, source: 0, event: 'keys_changed', added: 1, removed: 0, keys: 1 });
    await validator.validate(await issuer.mint());
    assert.equal(heard.length, 3);
  });

  test('tell what does not pass, with its code and never more of the token', async (t) => {
    const issuer = await startIssuer(t);
    const { heard, onEvent } = recorder();
    const validator = createValidator({ ...issuer.options(), onEvent });
    await validator.validate(await issuer.mint());
    heard.length = 0;
    const other = await issuer.mint({ aud: 'a-secret-audience' });
    await validator.tryValidate(other);
    validator.tryValidateSync('nonsense');
    await validator.tryValidateRequest({ method: 'GET', url: '/', headers: [] });
    await assert.rejects(validator.validate(await issuer.mint({ exp: 1 })));
    assert.deepEqual(
      heard.map((event) => event.event === 'rejected' && [event.code, event.claim, event.issuer, event.route]),
      [
        ['audience_mismatch', 'aud', 0, null],
        ['malformed_token', null, null, null],
        ['missing_token', null, null, null],
        ['expired', 'exp', 0, null],
      ],
    );
    assert.doesNotMatch(JSON.stringify(heard), /a-secret-audience/);
  });

  test('tell what the hooks refuse', async (t) => {
    const issuer = await startIssuer(t);
    const { heard, onEvent } = recorder();
    const validator = createValidator({ ...issuer.options(), onEvent, isRevoked: () => true });
    await validator.tryValidate(await issuer.mint());
    const last = heard.at(-1);
    assert.ok(last?.event === 'rejected' && last.code === 'revoked' && last.issuer === 0);
  });

  test('tell of an outage', async (t) => {
    const issuer = await startIssuer(t);
    issuer.respond = (_request, response) => void response.writeHead(503).end();
    const { heard, names, onEvent } = recorder();
    await createValidator({ ...issuer.options(), onEvent }).tryValidate(await issuer.mint());
    assert.deepEqual(names(), ['fetch_started', 'fetch_failed', 'rejected']);
    const [, failed, rejected] = heard;
    assert.ok(failed?.event === 'fetch_failed' && failed.problem === 'status_503' && failed.retry_at >= failed.at);
    assert.ok(rejected?.event === 'rejected' && rejected.code === 'keys_unavailable');
  });

  test('tell of a refresh in the background without another call', async (t) => {
    const issuer = await startIssuer(t);
    const { heard, names, onEvent } = recorder();
    let ahead = 0;
    const clock = () => Date.now() + ahead;
    const validator = createValidator({ ...issuer.options(), keySet: { ttl: '10m' }, clock, onEvent });
    const token = await issuer.mint({ exp: 4_000_000_000 });
    await validator.validate(token);
    heard.length = 0;
    issuer.keys = [await signingKey('key-2')];
    ahead = 9.9 * 60_000;
    await validator.validate(token);
    await until(() => names().includes('keys_changed'));
    assert.deepEqual(names(), ['fetch_started', 'fetch_ok', 'keys_changed']);
  });
});

describe('a listener', () => {
  test('that throws or rejects breaks nothing, and is warned of once', async (t) => {
    const issuer = await startIssuer(t);
    const warned = once(process, 'warning');
    let others = 0;
    const onEvent = () => {
      throw new Error('secret');
    };
    const validator = createValidator({ ...issuer.options(), onEvent });
    validator.subscribe(/** @type {any} */ (async () => Promise.reject(new Error('secret'))));
    validator.subscribe(() => void (others += 1));
    assert.equal((await validator.validate(await issuer.mint())).payload.sub, 'alice');
    assert.equal((await validator.tryValidate('nonsense')).ok, false);
    const [warning] = await warned;
    assert.equal(warning.name, 'JotgateWarning');
    assert.doesNotMatch(String(warning.stack), /secret/);
    assert.equal(others, 4);
  });

  test('may validate and unsubscribe while it is called', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidator(issuer.options());
    /** @type {unknown[]} */
    const heard = [];
    const stop = validator.subscribe((event) => {
      heard.push(event.event);
      if (event.event === 'rejected') stop();
      validator.tryValidateSync('another');
    });
    const outcome = validator.tryValidateSync('a.b');
    assert.equal(!outcome.ok && outcome.code, 'malformed_token');
    assert.deepEqual(heard, ['rejected']);
    validator.tryValidateSync('a.b');
    assert.deepEqual(heard, ['rejected']);
  });

  test('that comes late hears what nobody has heard', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidator(issuer.options());
    await validator.validate(await issuer.mint());
    const { names, onEvent } = recorder();
    validator.subscribe(onEvent);
    await validator.validate(await issuer.mint());
    assert.deepEqual(names(), ['fetch_started', 'fetch_ok', 'keys_changed']);
  });

  test('must be a function', () => {
    const options = { issuer: 'me', audience: 'any', secret: 'x'.repeat(32) };
    assert.throws(() => createValidator(/** @type {any} */ ({ ...options, onEvent: {} })), TypeError);
    assert.throws(() => createValidator(options).subscribe(/** @type {any} */ ({})), TypeError);
  });
});
