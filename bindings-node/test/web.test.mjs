// A `Request` in, a `Response` out, without a server; with one: `endpoints.test.mjs` and the HTTP vectors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import { createValidator, createValidatorFromPolicy, TokenExpiredError } from 'jotgate';
import { auth as honoAuth, requiredScopes as honoScopes } from 'jotgate/hono';
import { auth, requiredScopes } from 'jotgate/web';
import { AUDIENCE, seconds, startIssuer } from './support/issuer.mjs';

/** @param {string} [token] @param {RequestInit} [init] */
const request = (token, init, url = 'https://api.example.com/orders?a=1') =>
  new Request(url, { ...init, headers: { ...init?.headers, ...(token && { Authorization: `Bearer ${token}` }) } });

test('answers exactly as the core says', async (t) => {
  const issuer = await startIssuer(t);
  for (const responses of /** @type {const} */ (['rfc6750', 'mulesoft', 'wso2'])) {
    const validator = createValidator({ ...issuer.options(), responses, scopes: { all: ['read'] } });
    const protect = auth(validator);
    for (const token of [undefined, 'nonsense', await issuer.mint(), await issuer.mint({ exp: seconds() - 60 })]) {
      const response = await protect(request(token), assert.fail);
      const answer = validator.answer(await validator.tryValidateRequest(request(token)));
      assert.deepEqual([response.status, await response.text()], [answer.status, answer.body]);
      for (const [field, value] of Object.entries(answer.headers)) assert.equal(response.headers.get(field), value);
    }
  }
});

test('gives what a handler gives, and hands errors on where that is wanted', async (t) => {
  const issuer = await startIssuer(t);
  const protect = auth({ ...issuer.options(), forwardErrors: true });
  const given = await protect(request(await issuer.mint()), ({ url }, verified) => [url, verified?.payload.sub]);
  assert.deepEqual(given, ['https://api.example.com/orders?a=1', 'alice']);
  const expired = request(await issuer.mint({ exp: seconds() - 60 }));
  await assert.rejects(protect(expired, assert.fail), TokenExpiredError);
  await assert.rejects(protect(expired, /** @type {any} */ (undefined)), TypeError);
  assert.throws(() => requiredScopes('a')(/** @type {any} */ (7)), TypeError);
});

test('hands on a request that the policy has changed, with its body', async (t) => {
  const issuer = await startIssuer(t);
  const protect = auth(
    createValidatorFromPolicy({
      version: 1,
      issuers: [{ issuer: issuer.url, audience: AUDIENCE, keys: { jwks_uri: issuer.jwksUri } }],
      token: { sources: [{ header: 'Authorization', scheme: 'Bearer' }, { query: 'access_token' }] },
      forward: { claims_to_headers: { sub: 'X-User', email: 'X-Email' }, strip_token: true },
    }),
  );
  const token = await issuer.mint();
  const init = {
    method: 'POST',
    body: 'the body',
    headers: { 'X-User': 'root', 'X-Email': 'root', 'X-Other': 'kept' },
  };
  const url = `https://api.example.com/orders?a=1&access_token=${token}&b=2`;
  const changed = await protect(request(undefined, init, url), async (other) => ({
    url: other.url,
    method: other.method,
    headers: Object.fromEntries(other.headers),
    body: await other.text(),
  }));
  assert.ok(!(changed instanceof Response));
  assert.deepEqual(
    [changed.url, changed.method, changed.body],
    ['https://api.example.com/orders?a=1&b=2', 'POST', 'the body'],
  );
  const { 'x-user': user, 'x-email': email, 'x-other': other, authorization } = changed.headers;
  assert.deepEqual([user, email, other, authorization], ['alice', undefined, 'kept', undefined]);
});

test('Hono has the variable in every handler, below a prefix and in applications of its own', async (t) => {
  const issuer = await startIssuer(t);
  const orders = new Hono();
  orders.get('/', honoScopes('read'), (c) => c.json({ sub: c.get('auth')?.payload.sub, set: c.var.auth?.scopes }));
  const app = new Hono().basePath('/v1');
  app.use(honoAuth(issuer.options()));
  app.route('/orders', orders);
  const ask = async (/** @type {string} */ token) =>
    app.request('/v1/orders', { headers: { Authorization: `Bearer ${token}` } });
  assert.deepEqual(await (await ask(await issuer.mint({ scope: 'read' }))).json(), { sub: 'alice', set: ['read'] });
  assert.equal((await ask(await issuer.mint())).status, 403);
  assert.equal((await app.request('/v1/orders')).status, 401);
});
