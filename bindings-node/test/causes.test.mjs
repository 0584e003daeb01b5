// Why keys cannot be had, in the words of the HTTP client: in health, events, errors, explanations, and one warning.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent as HttpsAgent } from 'node:https';
import { createServer } from 'node:net';
import process from 'node:process';
import { describe, test } from 'node:test';
import axios from 'axios';
import { axiosFetcher, createValidator, fetchWith, KeysUnavailableError } from 'jotgate';
import { Agent, fetch as undiciFetch } from 'undici';
import { rejectionOf, startIssuer, until } from './support/issuer.mjs';
import { certificates } from './support/tls.mjs';

/** @import { Fetcher, ValidatorEvent, ValidatorOptions } from 'jotgate' */

/** @type {[string, Fetcher | undefined][]} */
const fetchers = [
  ['the global fetch', undefined],
  ['undici', fetchWith(undiciFetch, { dispatcher: new Agent() })],
  ['axios', axiosFetcher(axios.create({ httpsAgent: new HttpsAgent() }))],
  ['axios by fetch', axiosFetcher(axios.create({ adapter: 'fetch' }))],
];

/** The warnings of key sets until the test ends. @param {import('node:test').TestContext} t */
async function warningsOf(t) {
  // Those of the test before are still to be told.
  await turn();
  const warnings = /** @type {string[]} */ ([]);
  const hear = (/** @type {Error & { code?: string }} */ { name, code, message }) => {
    if (name === 'JotgateWarning' && code === 'JOTGATE_KEYS') warnings.push(message);
  };
  process.on('warning', hear);
  t.after(() => void process.off('warning', hear));
  return warnings;
}

/** A port at which nobody listens. Fetch refuses low ones by itself. */
async function closedPort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** Warnings are told in a turn of their own. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Has a fetch fail, and looks at all places that tell of it.
 * @param {import('node:test').TestContext} t @param {string} token @param {ValidatorOptions} options
 * @param {string} problem @param {RegExp} cause
 */
async function tells(t, token, options, problem, cause) {
  const warnings = await warningsOf(t);
  const events = /** @type {ValidatorEvent[]} */ ([]);
  const validator = createValidator({ ...options, onEvent: (event) => void events.push(event) });
  const error = await rejectionOf(validator.validate(token));
  await turn();

  const [source] = validator.health().sources;
  assert.equal(source?.last_error, problem);
  assert.match(source.last_error_cause ?? '', cause);
  const failed = events.find(({ event }) => event === 'fetch_failed');
  assert.ok(failed?.event === 'fetch_failed' && failed.problem === problem);
  assert.equal(failed.cause, source.last_error_cause);

  assert.ok(error instanceof KeysUnavailableError);
  const told = `${source.url}: ${problem} (${source.last_error_cause}): `;
  for (const text of [error.message, error.detail, warnings[0]]) assert.ok(text?.includes(told), text);
  assert.equal(warnings.length, 1);
  const explanation = await validator.explain(token);
  assert.equal(explanation.key_sets[0]?.last_error_cause, source.last_error_cause);
  assert.ok(explanation.toText().includes(source.last_error_cause ?? ''));

  const answer = validator.answer(error);
  assert.equal(answer.status, 503);
  assert.ok(!JSON.stringify(answer).includes(source.last_error_cause ?? ''), 'clients do not get it');
}

for (const [name, fetch] of fetchers) {
  describe(name, () => {
    test('says that nobody listens', async (t) => {
      const issuer = await startIssuer(t);
      const options = { ...issuer.options(), jwksUri: `http://127.0.0.1:${await closedPort()}/jwks`, fetch };
      await tells(t, await issuer.mint(), options, 'connection', /ECONNREFUSED/);
    });

    test('says so of a name with several addresses', async (t) => {
      const issuer = await startIssuer(t);
      const options = { ...issuer.options(), jwksUri: `https://localhost:${await closedPort()}/jwks`, fetch };
      await tells(t, await issuer.mint(), options, 'connection', /ECONNREFUSED/);
    });

    test('says that there is no such host', async (t) => {
      const issuer = await startIssuer(t);
      // A name that begins like this has no server to be asked about it, which could be slow to answer.
      const options = { ...issuer.options(), jwksUri: 'https://-no-such-host.invalid/jwks', fetch };
      await tells(t, await issuer.mint(), options, 'connection', /ENOTFOUND/);
    });

    test('says that a certificate is not trusted', async (t) => {
      const issuer = await startIssuer(t, (await certificates()).server);
      await tells(t, await issuer.mint(), { ...issuer.options(), fetch }, 'certificate', /certificate/);
    });

    test('says where a redirect leads', async (t) => {
      const issuer = await startIssuer(t);
      issuer.respond = (_request, response) => response.writeHead(302, { Location: '/elsewhere' }).end();
      await tells(t, await issuer.mint(), { ...issuer.options(), fetch }, 'status_302', /^to \/elsewhere$/);
    });

    test('says that a connection broke', async (t) => {
      const issuer = await startIssuer(t);
      issuer.respond = (_request, response) => void response.destroy();
      await tells(t, await issuer.mint(), { ...issuer.options(), fetch }, 'connection', /socket|ECONNRESET|closed/);
    });
  });
}

describe('a fetcher of one’s own', () => {
  const nested = new Error('outer', { cause: new Error('inner', { cause: { code: 'E_MINE' } }) });
  /** @type {[string, () => any, RegExp][]} */
  const cases = [
    ['that throws', () => Promise.reject(new Error('no proxy is set')), /^no proxy is set$/],
    ['that throws an error with a code', () => Promise.reject(nested), /^E_MINE$/],
    [
      'that throws an error with words and a code',
      () => Promise.reject(Object.assign(new Error('no luck'), { code: 'E_MINE' })),
      /^E_MINE: no luck$/,
    ],
    ['that throws a text', () => Promise.reject('no'), /^no$/],
    ['that gives nothing', () => undefined, /no response/],
    ['that follows redirects', () => ({ status: 200, headers: {}, body: '', redirected: true }), /redirect/],
    ['that gives no body', () => ({ status: 200, headers: {}, body: 7 }), /body/],
  ];
  for (const [what, fetch, cause] of cases) {
    test(what, async (t) => {
      const issuer = await startIssuer(t);
      await tells(t, await issuer.mint(), { ...issuer.options(), fetch }, 'callback', cause);
    });
  }

  test('may throw whatever cannot be looked at', async (t) => {
    const issuer = await startIssuer(t);
    const round = new Error('');
    round.cause = round;
    const closed = new Proxy(
      {},
      {
        get() {
          throw new Error('no');
        },
      },
    );
    for (const thrown of [round, closed, Symbol('x'), 7, null, { message: 7, errors: [closed] }]) {
      const validator = createValidator({ ...issuer.options(), fetch: () => Promise.reject(thrown) });
      const outcome = await validator.tryValidate(await issuer.mint());
      assert.equal(!outcome.ok && outcome.code, 'keys_unavailable');
      const [source] = validator.health().sources;
      assert.deepEqual([source?.last_error, source?.last_error_cause], ['callback', null]);
    }
  });

  test('brings no secret into logs', async (t) => {
    const issuer = await startIssuer(t);
    const words = 'http://user:hunter2@proxy:3128 refused "Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln"\nline two';
    const validator = createValidator({ ...issuer.options(), fetch: () => Promise.reject(new Error(words)) });
    await validator.tryValidate(await issuer.mint());
    const cause = validator.health().sources[0]?.last_error_cause ?? '';
    assert.match(cause, /^http:\/\/…@proxy:3128 refused .* line two$/);
    assert.doesNotMatch(cause, /hunter2|c2ln/);
  });
});

describe('warnings', () => {
  test('are one for each time that the keys cease to come', async (t) => {
    const warnings = await warningsOf(t);
    const issuer = await startIssuer(t);
    const { respond } = issuer;
    const outage = /** @type {typeof respond} */ ((_request, response) => void response.writeHead(500).end());
    let now = Date.now();
    const validator = createValidator({ ...issuer.options(), clock: () => now });
    const source = () => validator.health().sources[0] ?? assert.fail('there is no source');
    const refreshed = async () => {
      // Past the longest pause after failures.
      now += 600_000;
      const { fetches } = source();
      validator.refreshKeys();
      await until(() => source().fetches > fetches && !source().in_flight);
      await turn();
    };

    issuer.respond = outage;
    for (let round = 0; round < 3; round += 1) await refreshed();
    assert.deepEqual([source().failures, warnings.length], [3, 1]);
    assert.match(warnings[0] ?? '', /status_500/);
    issuer.respond = respond;
    await refreshed();
    assert.deepEqual([source().last_error, source().last_error_cause, warnings.length], [null, null, 1]);
    issuer.respond = outage;
    for (let round = 0; round < 2; round += 1) await refreshed();
    assert.deepEqual([source().failures, warnings.length], [5, 2]);
  });

  test('that the application does not take break no work', async (t) => {
    const issuer = await startIssuer(t);
    const { emitWarning } = process;
    t.after(() => void (process.emitWarning = emitWarning));
    let calls = 0;
    process.emitWarning = () => {
      calls += 1;
      throw new Error('no');
    };
    issuer.respond = (_request, response) => void response.writeHead(500).end();
    const outcome = await createValidator(issuer.options()).tryValidate(await issuer.mint());
    assert.deepEqual([!outcome.ok && outcome.code, calls], ['keys_unavailable', 1]);
  });
});

describe('discovery', () => {
  test('needs no more than issuer and audience', async (t) => {
    const issuer = await startIssuer(t);
    const { issuer: name, audience } = issuer.options();
    for (const more of [
      {},
      { discovery: true },
      { discovery: new URL(`${issuer.url}/.well-known/openid-configuration`) },
    ]) {
      const validator = createValidator({ issuer: name, audience, ...more });
      assert.equal((await validator.validate(await issuer.mint())).payload.sub, 'alice');
      assert.equal(validator.health().sources[0]?.jwks_uri, issuer.jwksUri);
    }
    assert.deepEqual([issuer.metadataFetches, issuer.fetches], [3, 3]);
  });

  test('is not asked where another source of keys is given', async (t) => {
    const issuer = await startIssuer(t);
    await createValidator(issuer.options()).validate(await issuer.mint());
    assert.deepEqual([issuer.metadataFetches, issuer.fetches], [0, 1]);
  });
});
