import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import Fastify from 'fastify';
import { createValidator, createValidatorFromPolicy, TokenExpiredError } from 'jotgate';
import jotgate from 'jotgate/fastify';
import { auth as httpAuth } from 'jotgate/http';
import { auth as koaAuth } from 'jotgate/koa';
import { frameworks } from './support/frameworks.mjs';
import { AUDIENCE, seconds, startIssuer } from './support/issuer.mjs';

/** @param {string} url @param {string} [token] */
const get = (url, token) => fetch(url, { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } });

/**
 * Sends header lines exactly as given: `fetch` would join two of one name.
 * @param {string} url @param {string[]} headers
 */
async function getRaw(url, headers) {
  const sent = httpRequest(url, { headers: /** @type {any} */ (['Host', '127.0.0.1', ...headers]) }).end();
  const [response] = await once(sent, 'response');
  response.resume();
  return response.statusCode;
}

for (const { name, forwards, start } of frameworks) {
  describe(name, () => {
    test('lets a good token pass and sets what was verified', async (t) => {
      const issuer = await startIssuer(t);
      const response = await get(`${await start(t, issuer.options())}/orders?x=1`, await issuer.mint());
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { sub: 'alice', kid: 'key-1' });
    });

    test('answers others exactly as the core says', async (t) => {
      const issuer = await startIssuer(t);
      const options = { ...issuer.options(), scopes: { all: ['orders'] } };
      for (const responses of /** @type {const} */ (['rfc6750', 'mulesoft', 'wso2'])) {
        const validator = createValidator({ ...options, responses });
        const url = `${await start(t, validator)}/orders`;
        const bad = [
          await issuer.mint({ exp: seconds() - 6 }),
          await issuer.mint({ aud: 'other' }),
          await issuer.mint(),
        ];
        for (const token of [undefined, 'nonsense', ...bad]) {
          const response = await get(url, token);
          const headers = token === undefined ? [] : ['Authorization', `Bearer ${token}`];
          const outcome = await validator.tryValidateRequest({ method: 'GET', url: '/orders', headers });
          const answer = validator.answer(outcome);
          assert.deepEqual([response.status, await response.text()], [answer.status, answer.body]);
          for (const [field, value] of Object.entries(answer.headers)) assert.equal(response.headers.get(field), value);
        }
      }
    });

    test('answers 503 while the keys cannot be had', async (t) => {
      const issuer = await startIssuer(t);
      issuer.respond = (_request, response) => void response.writeHead(500).end();
      const response = await get(`${await start(t, issuer.options())}/orders`, await issuer.mint());
      assert.equal(response.status, 503);
      assert.match(response.headers.get('Retry-After') ?? '', /^[1-9][0-9]*$/);
      assert.equal(response.headers.get('WWW-Authenticate'), null);
    });

    test('refuses two different tokens and takes the same one twice', async (t) => {
      const issuer = await startIssuer(t);
      const url = `${await start(t, issuer.options())}/orders`;
      const [one, two] = [await issuer.mint(), await issuer.mint({ n: 2 })];
      const bearer = (/** @type {string} */ token) => ['Authorization', `Bearer ${token}`];
      assert.equal(await getRaw(url, [...bearer(one), ...bearer(one)]), 200);
      assert.equal(await getRaw(url, [...bearer(one), ...bearer(two)]), 400);
      assert.equal(await getRaw(url, [...bearer('nonsense'), ...bearer(one)]), 400);
    });

    test('follows the routes of the policy', async (t) => {
      const issuer = await startIssuer(t);
      const validator = createValidatorFromPolicy({
        version: 1,
        issuers: [{ issuer: issuer.url, audience: AUDIENCE, keys: { jwks_uri: issuer.jwksUri } }],
        routes: [
          { path: '/orders', methods: 'GET', optional: true },
          { path: '/health', skip: true },
        ],
      });
      const url = await start(t, validator);
      assert.deepEqual(await (await get(`${url}/orders`)).json(), { sub: null, kid: null });
      assert.deepEqual(await (await get(`${url}/orders`, await issuer.mint())).json(), { sub: 'alice', kid: 'key-1' });
      assert.equal((await get(`${url}/orders`, 'nonsense')).status, 401);
      assert.notEqual((await get(`${url}/health`)).status, 401);
      assert.equal((await get(`${url}/elsewhere`)).status, 401);
    });

    test('hands on the claims that the policy forwards, and neither the token nor what a client made up', async (t) => {
      const issuer = await startIssuer(t);
      const validator = createValidatorFromPolicy({
        version: 1,
        issuers: [{ issuer: issuer.url, audience: AUDIENCE, keys: { jwks_uri: issuer.jwksUri } }],
        token: { sources: [{ header: 'Authorization', scheme: 'Bearer' }, { query: 'access_token' }] },
        routes: [{ path: '/echo', optional: true }],
        forward: { claims_to_headers: { sub: 'X-User', email: 'X-Email' }, strip_token: true },
      });
      const url = `${await start(t, validator)}/echo`;
      const token = await issuer.mint();
      const forged = { 'X-User': 'root', 'x-email': 'root@example.com', x_user: 'root', 'X-Other': 'kept' };
      const asked = [
        await fetch(`${url}?a=1&b=2`, { headers: { ...forged, Authorization: `Bearer ${token}` } }),
        await fetch(`${url}?a=1&access_token=${token}&b=2`, { headers: forged }),
        await fetch(`${url}?a=1&b=2`, { headers: forged }),
      ];
      for (const [index, response] of asked.entries()) {
        const text = await response.text();
        assert.equal(response.status, 200, text);
        assert.ok(!text.includes(token.slice(-20)) && !text.includes('root'), text);
        const seen = JSON.parse(text);
        const user = index < 2 ? 'alice' : undefined;
        assert.deepEqual([seen.headers['x-user'], seen.distinct['x-user']?.[0]], [user, user]);
        assert.equal(seen.raw.includes('X-User'), index < 2);
        assert.equal(seen.headers['x-other'], 'kept');
        assert.deepEqual(
          [seen.url, seen.originalUrl, seen.query],
          ['/echo?a=1&b=2', '/echo?a=1&b=2', { a: '1', b: '2' }],
        );
      }
    });

    test('asks the hooks', async (t) => {
      const issuer = await startIssuer(t);
      const url = await start(t, {
        ...issuer.options(),
        isRevoked: async ({ jti }) => jti === 'bad',
        transform: (claims) => ({ ...claims, sub: 'bob' }),
      });
      assert.deepEqual(await (await get(`${url}/orders`, await issuer.mint())).json(), { sub: 'bob', kid: 'key-1' });
      const response = await get(`${url}/orders`, await issuer.mint({ jti: 'bad' }));
      assert.equal(response.status, 401);
      assert.match(await response.text(), /"code":"revoked"/);
    });

    test('answers 500 and lets nobody pass when something breaks', async (t) => {
      const issuer = await startIssuer(t);
      const options = { ...issuer.options(), clock: () => Number.NaN };
      const response = await get(`${await start(t, options)}/orders`, await issuer.mint());
      assert.equal(response.status, 500);
      assert.match(await response.text(), /internal_error/);
    });

    test('hands errors on where that is wanted', { skip: !forwards }, async (t) => {
      const issuer = await startIssuer(t);
      const isExpired = (/** @type {unknown} */ error) => error instanceof TokenExpiredError;
      const url = await start(t, issuer.options(), { forwardErrors: true, isExpired });
      const response = await get(`${url}/orders`, await issuer.mint({ exp: seconds() - 6 }));
      assert.equal(response.status, 418);
      assert.deepEqual(await response.json(), { code: 'expired', expired: true });
    });
  });
}

describe('the plugin of Fastify', () => {
  const options = { issuer: 'me', audience: 'any', secret: 'x'.repeat(32) };

  test('protects the scope that registers it, and routes that ask for it with `global: false`', async (t) => {
    const issuer = await startIssuer(t);
    const app = Fastify();
    t.after(() => app.close());
    app.get('/open', async () => 'open');
    await app.register(async (scope) => {
      await scope.register(jotgate, issuer.options());
      scope.get('/closed', async (request) => request.auth?.payload.sub);
    });
    await app.register(
      async (scope) => {
        await scope.register(jotgate, { ...issuer.options(), global: false });
        scope.get('/free', async () => 'free');
        scope.get('/asked', { onRequest: [scope.authenticate] }, async (request) => request.auth?.payload.sub);
      },
      { prefix: '/v2' },
    );
    const authorization = `Bearer ${await issuer.mint()}`;
    const ask = async (/** @type {string} */ url, headers = {}) => {
      const { statusCode, body } = await app.inject({ url, headers });
      return statusCode === 200 ? body : statusCode;
    };
    assert.deepEqual(
      [await ask('/open'), await ask('/closed'), await ask('/closed', { authorization })],
      ['open', 401, 'alice'],
    );
    assert.deepEqual(
      [await ask('/v2/free'), await ask('/v2/asked'), await ask('/v2/asked', { authorization })],
      ['free', 401, 'alice'],
    );
  });

  test('refuses to start with wrong options', async () => {
    const wrong = /** @type {any[]} */ ([
      { ...options, audience: undefined },
      { ...options, globl: false },
      { ...options, global: 'no' },
      { validator: createValidator(options), audience: 'any' },
    ]);
    for (const given of wrong) await assert.rejects(async () => Fastify().register(jotgate, given));
    await Fastify().register(jotgate, { ...options, prefix: '/x', logLevel: 'silent' });
  });
});

test('wrong options fail when a middleware is made', () => {
  const wrong = /** @type {any} */ ({ issuer: 'x', audience: 'y' });
  assert.throws(() => koaAuth(wrong), { code: 'policy_error' });
  assert.throws(() => httpAuth(wrong, () => undefined), { code: 'policy_error' });
  assert.throws(() => httpAuth({ ...wrong, secret: 'x'.repeat(32) }, /** @type {any} */ (undefined)), TypeError);
});
