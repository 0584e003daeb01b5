import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { createValidator } from 'jotgate';
import { serve, startIssuer, until } from './support/issuer.mjs';

/** @import { Fetcher } from 'jotgate' */

/** @param {unknown} reason @returns {never} */
const fail = (reason) => {
  throw reason;
};

/** @param {string} body */
async function* breaking(body) {
  yield Buffer.from(body);
  throw new Error('secret');
}

describe('a fetch callback', () => {
  test('gets the request and may answer text, bytes or a stream, with any kind of headers', async (t) => {
    const issuer = await startIssuer(t);
    const body = JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) });
    async function* chunks() {
      for (let index = 0; index < body.length; index += 10) yield Buffer.from(body.slice(index, index + 10));
    }
    const bytes = Buffer.from(body);
    /** @type {Fetcher[]} */
    const fetchers = [
      () => ({ status: 200, headers: {}, body }),
      async () => ({ status: 200, headers: { a: 'x', b: ['x', 'y'], c: undefined }, body: bytes }),
      () => ({ status: 200, headers: new Headers({ a: 'x' }), body: Uint8Array.from(bytes).buffer }),
      () => ({ status: 200, headers: new Map([['a', 'x']]), body: chunks() }),
      () => new Response(body),
      ({ url, headers, signal }) => fetch(url, { headers, signal, redirect: 'manual' }),
    ];
    for (const fetcher of fetchers) {
      const requests = /** @type {import('jotgate').FetcherRequest[]} */ ([]);
      const validator = createValidator({
        ...issuer.options(),
        fetch: (request) => {
          requests.push(request);
          return fetcher(request);
        },
      });
      assert.equal((await validator.validate(await issuer.mint())).payload.sub, 'alice');
      assert.deepEqual(
        requests.map(({ url, timeout, maxBody }) => [url, timeout, maxBody]),
        [[issuer.jwksUri, 10_000, 524_288]],
      );
      assert.match(requests[0]?.headers['accept'] ?? '', /json/);
    }
    assert.equal(issuer.fetches, 1);
  });

  /**
   * Each of these would be a good answer but for the one thing that its name says.
   * @type {[string, (body: string) => any][]}
   */
  const broken = [
    ['throws', () => fail(new Error('secret'))],
    ['throws no error', () => fail(undefined)],
    ['rejects', () => Promise.reject(new Error('secret'))],
    ['returns nothing', () => undefined],
    ['returns text', (body) => body],
    ['returns no status', (body) => ({ headers: {}, body })],
    ['returns a status that is text', (body) => ({ status: '200', headers: {}, body })],
    ['returns a status that wraps to 200', (body) => ({ status: 65_736, headers: {}, body })],
    ['returns no headers', (body) => ({ status: 200, body })],
    ['returns headers that cannot be read', (body) => ({ status: 200, headers: { [Symbol.iterator]: () => 7 }, body })],
    ['returns no body', () => ({ status: 200, headers: {} })],
    ['returns parsed JSON as the body', (body) => ({ status: 200, headers: {}, body: JSON.parse(body) })],
    ['returns a stream of text', (body) => ({ status: 200, headers: {}, body: Readable.from([body]) })],
    ['returns a stream that breaks', (body) => ({ status: 200, headers: {}, body: breaking(body) })],
    ['returns a body beyond the cap', (body) => ({ status: 200, headers: {}, body: body + ' '.repeat(600_000) })],
    [
      'returns a getter that throws',
      (body) => ({
        get status() {
          return fail(new Error('secret'));
        },
        headers: {},
        body,
      }),
    ],
    ['followed a redirect', (body) => ({ status: 200, redirected: true, headers: {}, body })],
  ];
  for (const [what, answer] of broken) {
    test(`that ${what} is a failed fetch`, async (t) => {
      const issuer = await startIssuer(t);
      const body = JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) });
      const validator = createValidator({ ...issuer.options(), fetch: () => answer(body) });
      const outcome = await validator.tryValidate(await issuer.mint());
      assert.equal(!outcome.ok && outcome.code, 'keys_unavailable');
    });
  }

  test('that hangs is given up after the timeout, and told so', async (t) => {
    const issuer = await startIssuer(t);
    /** @type {AbortSignal | undefined} */
    let signal;
    /** @type {Fetcher} */
    const hang = (request) => {
      signal = request.signal;
      return new Promise(() => {});
    };
    const validator = createValidator({ ...issuer.options(), keySet: { timeout: '100ms' }, fetch: hang });
    const outcome = await validator.tryValidate(await issuer.mint());
    assert.equal(!outcome.ok && outcome.code, 'keys_unavailable');
    assert.equal(signal?.aborted, true);
  });

  test('that rejects after its timeout harms nobody', async (t) => {
    const issuer = await startIssuer(t);
    /** @type {Fetcher} */
    const late = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('too late'))));
    const validator = createValidator({ ...issuer.options(), keySet: { timeout: '50ms' }, fetch: late });
    const outcome = await validator.tryValidate(await issuer.mint());
    assert.equal(!outcome.ok && outcome.code, 'keys_unavailable');
    await new Promise((resolve) => setImmediate(resolve));
  });

  test('may call the validator again', async (t) => {
    const issuer = await startIssuer(t);
    const token = await issuer.mint();
    const inner = /** @type {unknown[]} */ ([]);
    const validator = createValidator({
      ...issuer.options(),
      keySet: { timeout: '100ms' },
      fetch: async () => {
        inner.push(validator.tryValidateSync(token).ok);
        inner.push((await validator.tryValidate(token)).ok);
        return new Response();
      },
    });
    assert.equal((await validator.tryValidate(token)).ok, false);
    await until(() => inner.length === 2);
    assert.deepEqual(inner, [false, false]);
  });

  test('never runs inside the call that needs it', async (t) => {
    const issuer = await startIssuer(t);
    let inside = false;
    let seen = /** @type {boolean | undefined} */ (undefined);
    const validator = createValidator({
      ...issuer.options(),
      fetch: () => {
        seen = inside;
        return new Response();
      },
    });
    const token = await issuer.mint();
    inside = true;
    validator.tryValidateSync(token);
    inside = false;
    await until(() => seen !== undefined);
    assert.equal(seen, false);
  });

  test('must be a function', async () => {
    const options = { issuer: 'x', audience: 'any', jwksUri: 'https://x.example.com/' };
    assert.throws(() => createValidator({ ...options, fetch: /** @type {any} */ ('fetch') }), TypeError);
    assert.throws(() => createValidator({ ...options, clock: /** @type {any} */ (7) }), TypeError);
  });
});

test('a key set is asked for by GET, at its URL with query', async (t) => {
  const seen = /** @type {unknown[]} */ ([]);
  const url = await serve(t, (request, response) => {
    seen.push([request.method, request.url]);
    response.end('{}');
  });
  const issuer = await startIssuer(t);
  await createValidator({ ...issuer.options(), jwksUri: new URL('/a/b?c=d', url) }).tryValidate(await issuer.mint());
  assert.deepEqual(seen, [['GET', '/a/b?c=d']]);
});
