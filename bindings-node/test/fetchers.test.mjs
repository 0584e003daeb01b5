// Each ready fetcher against one server that answers in every way that a server can go wrong.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { brotliCompressSync, createGzip, gzipSync } from 'node:zlib';
import axios from 'axios';
import axios118 from 'axios118';
import { axiosFetcher, createValidator, fetchWith } from 'jotgate';
import { Agent, fetch as undiciFetch } from 'undici';
import { startIssuer, until } from './support/issuer.mjs';

/** @import { ServerResponse } from 'node:http' */
/** @import { Fetcher } from 'jotgate' */
/** @typedef {(response: ServerResponse, body: string) => void} Answer */

/** @type {[string, Fetcher | undefined][]} */
const fetchers = [
  ['the global fetch', undefined],
  ['undici', fetchWith(undiciFetch, { dispatcher: new Agent() })],
  ['axios', axiosFetcher(axios)],
  [
    'an instance of axios with other ideas',
    axiosFetcher(
      axios.create({
        decompress: false,
        maxRedirects: 5,
        responseType: 'json',
        timeout: 1,
        transformResponse: () => 'x',
        validateStatus: () => false,
      }),
    ),
  ],
  ['axios by fetch', axiosFetcher(axios.create({ adapter: 'fetch' }))],
  // It follows redirects there, whatever `maxRedirects` says.
  ['axios 1.18 by fetch', axiosFetcher(axios118.create({ adapter: 'fetch' }))],
];

/** What the answers are, and what `health` calls them. @type {[string, string, Answer][]} */
const failures = [
  ['a redirect', 'status_302', (response) => response.writeHead(302, { Location: '/elsewhere' }).end()],
  [
    'a redirect with a key set',
    'status_301',
    (response, body) => response.writeHead(301, { Location: '/x' }).end(body),
  ],
  ['a status 204', 'status_204', (response) => response.writeHead(204).end()],
  ['a status 304 that nobody asked for', 'status_304', (response) => response.writeHead(304).end()],
  ['a status 500 with a key set', 'status_500', (response, body) => response.writeHead(500).end(body)],
  [
    'an HTML page',
    'html_page',
    (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html></html>'),
  ],
  ['an empty key set', 'no_keys', (response) => response.end('{"keys":[]}')],
  ['a body beyond the cap', 'too_large', (response, body) => response.end(body + ' '.repeat(5000))],
  [
    'a small body that is beyond the cap once decoded',
    'too_large',
    (response, body) => response.writeHead(200, gzip).end(gzipSync(body + ' '.repeat(5000))),
  ],
  [
    'a body that breaks off',
    'connection',
    (response, body) => response.writeHead(200, { 'Content-Length': 5000 }).write(body, () => response.destroy()),
  ],
  ['a body that cannot be decoded', 'connection', (response, body) => response.writeHead(200, gzip).end(body)],
  ['a connection that breaks', 'connection', (response) => response.destroy()],
];

const gzip = { 'Content-Encoding': 'gzip' };

/** An endless body: writes as fast as the other side reads, until it hangs up. @type {Record<string, Answer>} */
const endless = {
  plain: (response) => pour(response, response),
  gzip: (response) => {
    const encoder = createGzip();
    encoder.pipe(response.writeHead(200, gzip));
    pour(encoder, response);
  },
};

/** @param {import('node:stream').Writable} into @param {ServerResponse} response */
function pour(into, response) {
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  const more = () => {
    if (!response.destroyed) into.write(chunk, () => setImmediate(more));
  };
  more();
}

for (const [name, fetch] of fetchers) {
  /** @param {import('node:test').TestContext} t @param {Answer} answer */
  const start = async (t, answer, keySet = {}, clock = Date.now) => {
    const issuer = await startIssuer(t);
    const headers = /** @type {import('node:http').IncomingHttpHeaders[]} */ ([]);
    let open = 0;
    issuer.respond = (request, response) => {
      headers.push({ ...request.headers, method: request.method });
      open += 1;
      response.on('close', () => (open -= 1));
      answer(response, JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }));
    };
    const validator = createValidator({ ...issuer.options(), keySet, clock, ...(fetch && { fetch }) });
    const token = await issuer.mint({ exp: 4_000_000_000 });
    const health = () => validator.health().sources[0] ?? assert.fail('there is no source');
    return { issuer, validator, token, headers, health, open: () => open };
  };

  /** @param {Awaited<ReturnType<typeof start>>} started @param {string} error */
  const fails = async ({ issuer, validator, token, health }, error) => {
    const outcome = await validator.tryValidate(token);
    assert.equal(!outcome.ok && outcome.code, 'keys_unavailable');
    assert.equal(health().last_error, error);
    assert.equal(issuer.fetches, 1);
  };

  describe(name, () => {
    for (const [what, error, answer] of failures) {
      test(`takes ${what} for a failed fetch`, async (t) => {
        await fails(await start(t, answer, { maxBody: 4096 }), error);
      });
    }

    /** @type {Record<string, Answer>} */
    const good = {
      'as it is': (response, body) => response.end(body),
      'in pieces': (response, body) => response.write(body.slice(0, 9), () => response.end(body.slice(9))),
      'with gzip': (response, body) => response.writeHead(200, gzip).end(gzipSync(body)),
      'with brotli': (response, body) =>
        response.writeHead(200, { 'Content-Encoding': 'br' }).end(brotliCompressSync(body)),
    };
    for (const [how, answer] of Object.entries(good)) {
      test(`takes a key set ${how}`, async (t) => {
        const { validator, token, headers, health } = await start(t, answer);
        assert.equal((await validator.validate(token)).payload.sub, 'alice');
        assert.deepEqual([headers.length, headers[0]?.['method'], health().last_error], [1, 'GET', null]);
        assert.match(headers[0]?.accept ?? '', /^application\/.*json/);
      });
    }

    test('asks whether the set has changed, and takes 304 for a no', async (t) => {
      let now = Date.now();
      const { validator, token, headers, health } = await start(
        t,
        (response, body) => {
          const known = response.req.headers['if-none-match'] === '"tag"';
          response.writeHead(known ? 304 : 200, { ETag: '"tag"' }).end(known ? undefined : body);
        },
        { ttl: '10m' },
        () => now,
      );
      await validator.validate(token);
      now += 9.9 * 60_000;
      await validator.validate(token);
      await until(() => health().not_modified === 1);
      assert.deepEqual([headers.length, health().failures, health().state], [2, 0, 'fresh']);
    });

    test('gives a silent server up after the timeout', async (t) => {
      const started = await start(t, () => {}, { timeout: '200ms' });
      await fails(started, 'timeout');
      await until(() => started.open() === 0);
    });

    test('counts the body into the timeout', async (t) => {
      const started = await start(t, (response) => void response.write('{"keys":['), { timeout: '200ms' });
      await fails(started, 'timeout');
      await until(() => started.open() === 0);
    });

    for (const [form, answer] of Object.entries(endless)) {
      test(`stops reading an endless body (${form}) and closes the connection`, async (t) => {
        const started = await start(t, answer);
        await fails(started, 'too_large');
        await until(() => started.open() === 0);
      });
    }

    test('fails when nobody listens', async (t) => {
      const { issuer, token } = await start(t, () => {});
      const options = { ...issuer.options(), jwksUri: 'http://127.0.0.1:1/jwks' };
      const validator = createValidator({ ...options, ...(fetch && { fetch }) });
      const outcome = await validator.tryValidate(token);
      assert.equal(!outcome.ok && outcome.code, 'keys_unavailable');
      assert.equal(validator.health().sources[0]?.last_error, 'connection');
    });
  });
}

describe('a ready fetcher', () => {
  test('has a name of its own, which bot rules let pass', async (t) => {
    const issuer = await startIssuer(t);
    const { respond } = issuer;
    const seen = /** @type {(string | undefined)[]} */ ([]);
    issuer.respond = (request, response) => {
      seen.push(request.headers['user-agent']);
      respond(request, response);
    };
    for (const fetcher of [undefined, fetchWith(undiciFetch), axiosFetcher(axios), axiosFetcher(axios.create())]) {
      await createValidator({ ...issuer.options(), fetch: fetcher }).validate(await issuer.mint());
    }
    assert.equal(seen.length, 4);
    for (const agent of seen) assert.match(agent ?? '', /^jotgate\/\d/);
  });

  test('sends the header fields that it is given, under those of the request', async (t) => {
    const issuer = await startIssuer(t);
    const { respond } = issuer;
    const seen = /** @type {(string | undefined)[][]} */ ([]);
    issuer.respond = (request, response) => {
      seen.push([request.headers['user-agent'], request.headers.accept]);
      respond(request, response);
    };
    const headers = { 'user-agent': 'orders/1', accept: 'text/html' };
    for (const fetcher of [fetchWith(undiciFetch, { headers }), axiosFetcher(axios.create({ headers }))]) {
      await createValidator({ ...issuer.options(), fetch: fetcher }).validate(await issuer.mint());
    }
    assert.deepEqual(
      seen.map(([agent]) => agent),
      ['orders/1', 'orders/1'],
    );
    for (const [, accept] of seen) assert.match(accept ?? '', /json/);
  });

  test('is made of a function like fetch, and of something like axios', () => {
    for (const wrong of [undefined, null, {}, 'fetch', { request: 'text' }]) {
      assert.throws(() => fetchWith(/** @type {any} */ (wrong)), TypeError);
      assert.throws(() => axiosFetcher(/** @type {any} */ (wrong)), TypeError);
    }
  });
});
