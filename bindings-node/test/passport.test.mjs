import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import express from 'express';
import passport from 'passport';
import { createValidatorFromPolicy } from 'jotgate';
import { requiredScopes } from 'jotgate/express';
import { Strategy } from 'jotgate/passport';
import { AUDIENCE, seconds, serve, startIssuer } from './support/issuer.mjs';

/** @import { TestContext } from 'node:test' */

/** @param {TestContext} t @param {Strategy} strategy */
function start(t, strategy) {
  const own = new passport.Passport();
  own.use(strategy);
  /** @type {(options?: object) => import('express').RequestHandler} */
  const authenticate = (options = {}) => own.authenticate('jotgate', { session: false, ...options });
  const app = express();
  const told = (/** @type {any} */ { user, authInfo }, /** @type {import('express').Response} */ response) => {
    response.json({ user: user ?? null, kid: authInfo?.header?.kid ?? null });
  };
  app.get('/orders', authenticate(), told);
  app.get('/scoped', authenticate({ scope: 'read write' }), told);
  app.get('/guarded', authenticate(), requiredScopes('read'), told);
  app.get('/health', authenticate(), told);
  app.use(
    /** @type {import('express').ErrorRequestHandler} */ (
      (error, _request, response, _next) => void response.status(500).send(error.code ?? error.message)
    ),
  );
  return serve(t, app);
}

/** @param {string} url @param {string} [token] */
async function get(url, token) {
  const response = await fetch(url, { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } });
  const text = await response.text();
  return {
    status: response.status,
    challenge: response.headers.get('WWW-Authenticate'),
    text,
    headers: response.headers,
  };
}

describe('the strategy of passport', () => {
  test('sets user and authInfo, or fails with the challenge', async (t) => {
    const issuer = await startIssuer(t);
    const url = await start(t, new Strategy(issuer.options()));
    const good = await get(`${url}/orders`, await issuer.mint());
    const { user, kid } = JSON.parse(good.text);
    assert.deepEqual([good.status, user.sub, kid], [200, 'alice', 'key-1']);
    const none = await get(`${url}/orders`);
    assert.deepEqual([none.status, none.challenge], [401, 'Bearer']);
    const expired = await get(`${url}/orders`, await issuer.mint({ exp: seconds() - 60 }));
    assert.equal(expired.status, 401);
    assert.match(expired.challenge ?? '', /^Bearer error="invalid_token"/);
  });

  test('asks for scopes', async (t) => {
    const issuer = await startIssuer(t);
    const url = await start(t, new Strategy(issuer.options()));
    const [rich, poor] = [await issuer.mint({ scope: 'read write' }), await issuer.mint({ scope: 'write' })];
    for (const [path, scopes] of [
      ['scoped', 'read write'],
      ['guarded', 'read'],
    ]) {
      assert.equal((await get(`${url}/${path}`, rich)).status, 200);
      const { status, challenge } = await get(`${url}/${path}`, poor);
      assert.equal(status, 403);
      assert.match(challenge ?? '', new RegExp(`scope="${scopes}"$`));
    }
  });

  test('finds users', async (t) => {
    const issuer = await startIssuer(t);
    const users = new Map([['alice', { name: 'Alice' }]]);
    const strategy = new Strategy(issuer.options(), async ({ payload }) => {
      if (payload.sub === 'broken') throw new Error('the database is away');
      return users.get(payload.sub ?? '');
    });
    const url = await start(t, strategy);
    assert.deepEqual(JSON.parse((await get(`${url}/orders`, await issuer.mint())).text).user, { name: 'Alice' });
    const unknown = await get(`${url}/orders`, await issuer.mint({ sub: 'bob' }));
    assert.equal(unknown.status, 401);
    assert.match(unknown.challenge ?? '', /invalid_token/);
    const broken = await get(`${url}/orders`, await issuer.mint({ sub: 'broken' }));
    assert.deepEqual([broken.status, broken.text], [500, 'the database is away']);
  });

  test('tells what is no fault of the token otherwise', async (t) => {
    const issuer = await startIssuer(t);
    const token = await issuer.mint();
    issuer.respond = (_request, response) => void response.writeHead(500).end();
    const away = await get(`${await start(t, new Strategy(issuer.options()))}/orders`, token);
    assert.deepEqual([away.status, away.challenge], [503, null]);
    assert.match(away.headers.get('Retry-After') ?? '', /^[1-9][0-9]*$/);
    const strategy = new Strategy({ ...issuer.options(), clock: () => Number.NaN });
    const broken = await get(`${await start(t, strategy)}/orders`, token);
    assert.deepEqual([broken.status, broken.text], [500, 'internal_error']);
  });

  test('follows the routes of the policy', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidatorFromPolicy({
      version: 1,
      issuers: [{ issuer: issuer.url, audience: AUDIENCE, keys: { jwks_uri: issuer.jwksUri } }],
      routes: [
        { path: '/health', skip: true },
        { path: '/scoped', optional: true },
      ],
    });
    const url = await start(t, new Strategy(validator));
    assert.deepEqual(JSON.parse((await get(`${url}/health`)).text), { user: null, kid: null });
    assert.equal((await get(`${url}/scoped`)).status, 401);
    assert.equal((await get(`${url}/orders`)).status, 401);
  });

  test('wrong options fail when it is made', () => {
    assert.throws(() => new Strategy(/** @type {any} */ ({ issuer: 'x', audience: 'y' })), { code: 'policy_error' });
    const options = { issuer: 'x', audience: 'y', secret: 'x'.repeat(32) };
    assert.throws(() => new Strategy(options, /** @type {any} */ (7)), TypeError);
  });
});
