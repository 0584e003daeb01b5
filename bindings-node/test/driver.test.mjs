import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { describe, test } from 'node:test';
import { createValidator, InvalidTokenError, KeysUnavailableError } from 'jotgate';
import { rejectionOf, signingKey, startIssuer, until } from './support/issuer.mjs';

/** A clock that stands still until it is moved. */
function handClock() {
  const clock = {
    now: Date.now(),
    read: () => clock.now,
    advance: (/** @type {number} */ s) => (clock.now += s * 1000),
  };
  return clock;
}

/** @param {import('node:http').IncomingMessage} _request @param {import('node:http').ServerResponse} response */
const outage = (_request, response) => {
  response.statusCode = 500;
  response.end();
};

describe('single flight', () => {
  // With this fetch timeout, callers that are not woken by the end of the fetch would wait beyond the test's own.
  test('fifty concurrent validations cause one fetch, whose end wakes them all', { timeout: 60_000 }, async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidator({ ...issuer.options(), keySet: { timeout: '5m' } });
    const tokens = await Promise.all(Array.from({ length: 50 }, (_, n) => issuer.mint({ n })));
    const verified = await Promise.all(tokens.map((token) => validator.validate(token)));
    assert.deepEqual(
      verified.map(({ payload }) => payload['n']),
      [...tokens.keys()],
    );
    assert.equal(issuer.fetches, 1);
  });

  test('a key that was added later causes one more', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidator(issuer.options());
    await validator.validate(await issuer.mint());
    issuer.keys = [await signingKey('key-2')];
    const token = await issuer.mint();
    await Promise.all(Array.from({ length: 20 }, () => validator.validate(token)));
    assert.equal(issuer.fetches, 2);
  });
});

describe('validateSync', () => {
  test('says keys_unavailable, starts the fetch, and works once the keys are there', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidator(issuer.options());
    const token = await issuer.mint();
    assert.throws(() => validator.validateSync(token), KeysUnavailableError);
    await until(() => validator.tryValidateSync(token).ok);
    assert.equal(issuer.fetches, 1);
  });
});

describe('an outage', () => {
  test('without keys is unavailable at once while backing off, and ends by itself', async (t) => {
    const issuer = await startIssuer(t);
    const clock = handClock();
    const validator = createValidator({ ...issuer.options(), clock: clock.read });
    const token = await issuer.mint();
    const { respond } = issuer;
    issuer.respond = outage;
    const error = await rejectionOf(validator.validate(token));
    assert.ok(error instanceof KeysUnavailableError && !(error instanceof InvalidTokenError));
    assert.equal(error.retryAfter, Math.ceil((error.retryAt.getTime() - clock.now) / 1000));
    assert.equal(validator.answer(error).status, 503);
    assert.equal(validator.answer(error).headers['Retry-After'], String(Math.max(1, error.retryAfter)));
    issuer.respond = respond;
    assert.ok(error.retryAt.getTime() > clock.now);
    clock.now = error.retryAt.getTime() - 1;
    assert.equal((await validator.tryValidate(token)).ok, false);
    assert.equal(issuer.fetches, 1);
    clock.now = error.retryAt.getTime();
    assert.equal((await validator.validate(token)).payload.sub, 'alice');
    assert.equal(issuer.fetches, 2);
  });

  test('with old keys serves them until max_stale', async (t) => {
    const issuer = await startIssuer(t);
    const clock = handClock();
    const keySet = { ttl: '10m', maxStale: '1h' };
    const validator = createValidator({ ...issuer.options(), keySet, clock: clock.read });
    const token = await issuer.mint({ exp: 4_000_000_000 });
    await validator.validate(token);
    issuer.respond = outage;
    clock.advance(11 * 60);
    await validator.validate(token);
    await until(() => issuer.fetches === 2);
    clock.advance(48 * 60);
    await validator.validate(token);
    clock.advance(2 * 60);
    await assert.rejects(validator.validate(token), KeysUnavailableError);
  });
});

describe('refresh in the background', () => {
  test('keeps nobody waiting and replaces the keys', async (t) => {
    const issuer = await startIssuer(t);
    const clock = handClock();
    const validator = createValidator({ ...issuer.options(), keySet: { ttl: '10m' }, clock: clock.read });
    const token = await issuer.mint({ exp: 4_000_000_000 });
    await validator.validate(token);
    let release = () => {};
    const { respond } = issuer;
    issuer.respond = (request, response) => void (release = () => respond(request, response));
    clock.advance(9.9 * 60);
    for (let call = 0; call < 10; call += 1) assert.ok(validator.tryValidateSync(token).ok);
    await until(() => issuer.fetches === 2);
    issuer.keys = [await signingKey('key-2')];
    release();
    const next = await issuer.mint({ exp: 4_000_000_000 });
    await until(() => validator.tryValidateSync(next).ok);
    assert.equal(issuer.fetches, 2);
    assert.equal(validator.tryValidateSync(token).ok, false);
  });
});

describe('the process', () => {
  test('ends although a refresh in the background hangs', async () => {
    const script = `
      import { createValidator } from 'jotgate';
      import { createHmac } from 'node:crypto';
      const validator = createValidator({
        issuer: 'me', audience: 'any', jwksUri: 'https://idp.example.com/jwks', fetch: () => new Promise(() => {}),
      });
      const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const outcome = validator.tryValidateSync(part({ alg: 'ES256' }) + '.' + part({ iss: 'me', exp: 4e9 }) + '.' + 'A'.repeat(86));
      console.log(outcome.code);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: new URL('..', import.meta.url),
      timeout: 8000,
    });
    const output = /** @type {string[]} */ ([]);
    child.stdout.setEncoding('utf8').on('data', (text) => output.push(text));
    const [code, signal] = await once(child, 'close');
    assert.deepEqual([code, signal, output.join('')], [0, null, 'keys_unavailable\n']);
  });
});
