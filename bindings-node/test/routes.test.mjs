import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import express from 'express';
import { createValidatorFromPolicy, InsufficientScopeError, MissingTokenError } from 'jotgate';
import { auth } from 'jotgate/express';
import { AUDIENCE, rejectionOf, serve, startIssuer } from './support/issuer.mjs';

/** @import { Issuer } from './support/issuer.mjs' */
/** @import { TestContext } from 'node:test' */

/** @param {Issuer} issuer @returns {import('jotgate').PolicyDocument} */
const policyOf = (issuer) => ({
  version: 1,
  issuers: [
    {
      issuer: issuer.url,
      audience: AUDIENCE,
      keys: { jwks_uri: issuer.jwksUri },
      scopes: { all: ['api'] },
    },
  ],
  routes: [
    { path: '/health', skip: true },
    { path: '/catalogue', optional: true },
    { methods: ['POST'], path: '/orders', scopes: { all: ['orders:write'] } },
  ],
  unmatched: 'token',
});

const bearer = (/** @type {string} */ token) => ({ Authorization: `Bearer ${token}` });

describe('a request that needs no token', () => {
  test('is skipped, and a token that it carries is not looked at', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidatorFromPolicy(policyOf(issuer));
    for (const headers of [{}, bearer('nonsense')]) {
      const request = { method: 'GET', url: '/health?deep=1', headers };
      assert.equal(await validator.validateRequest(request), undefined);
      const outcome = await validator.tryValidateRequest(request);
      assert.deepEqual(outcome, { ok: true, verdict: 'skipped', verified: undefined, routeIndex: 0 });
    }
    assert.equal(issuer.fetches, 0);
  });

  test('may be one that only takes good tokens or none', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidatorFromPolicy(policyOf(issuer));
    const ask = (/** @type {Record<string, string>} */ headers) =>
      validator.tryValidateRequest({ method: 'GET', url: '/catalogue', headers });
    assert.deepEqual(await ask({}), { ok: true, verdict: 'skipped', verified: undefined, routeIndex: 1 });
    const good = await ask(bearer(await issuer.mint({ scope: 'api' })));
    assert.equal(good.ok && good.verified?.payload.sub, 'alice');
    const bad = await ask(bearer('nonsense'));
    assert.ok(!bad.ok && bad.verdict === 'rejected');
    assert.deepEqual([bad.code, bad.routeIndex], ['malformed_token', 1]);
  });

  test('is none whose path only looks like it', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidatorFromPolicy(policyOf(issuer));
    for (const url of ['/health/', '/HEALTH', '/x']) {
      const error = await rejectionOf(validator.validateRequest({ method: 'GET', url, headers: [] }));
      assert.ok(error instanceof MissingTokenError, url);
      assert.equal(error.routeIndex, null);
    }
    for (const url of ['/health/../orders', '/orders/../health', '/health;v=1', '//health', '/health%0a', '*']) {
      const outcome = await validator.tryValidateRequest({ method: 'GET', url, headers: [] });
      assert.ok(!outcome.ok && outcome.verdict === 'rejected', url);
      assert.deepEqual([outcome.code, outcome.routeIndex], ['ambiguous_target', null], url);
    }
  });

  test('is no failure that could be answered', async (t) => {
    const validator = createValidatorFromPolicy(policyOf(await startIssuer(t)));
    const skipped = await validator.tryValidateRequest({ method: 'GET', url: '/health', headers: [] });
    assert.equal(validator.answer(skipped).status, 500);
  });
});

test('a token by itself takes no route', async (t) => {
  const issuer = await startIssuer(t);
  const validator = createValidatorFromPolicy({ ...policyOf(issuer), routes: [{ skip: true }] });
  const outcome = await validator.tryValidate('');
  assert.ok(!outcome.ok && outcome.verdict === 'rejected');
  assert.deepEqual([outcome.code, outcome.routeIndex], ['malformed_token', null]);
});

test('a refusal names the route, and its answer the scopes of entry and route', async (t) => {
  const issuer = await startIssuer(t);
  const validator = createValidatorFromPolicy(policyOf(issuer));
  const headers = bearer(await issuer.mint({ scope: 'api orders:read' }));
  assert.ok((await validator.tryValidateRequest({ method: 'GET', url: '/orders', headers })).ok);
  const request = { method: 'POST', url: '/orders', headers };
  const error = await rejectionOf(validator.validateRequest(request));
  assert.ok(error instanceof InsufficientScopeError);
  assert.deepEqual([error.claim, error.issuerIndex, error.routeIndex], ['scope', 0, 2]);
  const answer = validator.answer(error);
  assert.equal(answer.status, 403);
  assert.match(answer.headers['WWW-Authenticate'] ?? '', / scope="api orders:write"$/);
  assert.deepEqual(validator.answer(await validator.tryValidateRequest(request)), answer);
});

describe('the middleware', () => {
  /** @param {TestContext} t @param {Issuer} issuer @param {import('jotgate/express').AuthSettings} [settings] */
  const start = (t, issuer, settings) => {
    const validator = createValidatorFromPolicy(policyOf(issuer));
    const app = express();
    app.use((req, _res, next) => {
      Object.assign(req, { auth: { payload: { sub: 'left over' } } });
      next();
    });
    app.use(auth(validator, settings));
    app.use((req, res) => void res.json({ sub: req.auth?.payload.sub ?? null }));
    app.use(
      /** @type {import('express').ErrorRequestHandler} */ (
        (error, _req, res, _next) => {
          const { status, headers, body } = validator.answer(error);
          res.status(status).set(headers).end(body);
        }
      ),
    );
    return serve(t, app);
  };

  test('lets requests pass that need no token, without claims', async (t) => {
    const issuer = await startIssuer(t);
    const url = await start(t, issuer);
    for (const path of ['/health', '/catalogue']) {
      const response = await fetch(url + path);
      assert.deepEqual([response.status, await response.json()], [200, { sub: null }]);
    }
    const headers = bearer(await issuer.mint({ scope: 'api' }));
    assert.deepEqual(await (await fetch(`${url}/catalogue`, { headers })).json(), { sub: 'alice' });
    assert.equal((await fetch(`${url}/catalogue`, { headers: bearer('nonsense') })).status, 401);
    assert.equal((await fetch(`${url}/orders`)).status, 401);
  });

  for (const forwardErrors of [false, true]) {
    test(`names the scopes of the route in its challenge, forwardErrors: ${forwardErrors}`, async (t) => {
      const issuer = await startIssuer(t);
      const url = await start(t, issuer, { forwardErrors });
      const headers = bearer(await issuer.mint({ scope: 'api' }));
      const response = await fetch(`${url}/orders`, { method: 'POST', headers });
      assert.equal(response.status, 403);
      assert.match(
        response.headers.get('WWW-Authenticate') ?? '',
        /^Bearer error="insufficient_scope", .*scope="api orders:write"$/,
      );
      const allowed = bearer(await issuer.mint({ scope: 'api orders:write' }));
      assert.equal((await fetch(`${url}/orders`, { method: 'POST', headers: allowed })).status, 200);
    });
  }
});
