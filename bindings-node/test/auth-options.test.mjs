// What `auth` takes: options under two sets of names, the environment, a validator.
import assert from 'node:assert/strict';
import process from 'node:process';
import { describe, test } from 'node:test';
import express from 'express';
import Fastify from 'fastify';
import { createValidator, PolicyError } from 'jotgate';
import { auth } from 'jotgate/express';
import jotgate from 'jotgate/fastify';
import { auth as httpAuth } from 'jotgate/http';
import { auth as koaAuth } from 'jotgate/koa';
import { AUDIENCE, serve, startIssuer } from './support/issuer.mjs';

/** @import { TestContext } from 'node:test' */

const VARIABLES = ['ISSUER_BASE_URL', 'ISSUER', 'JWKS_URI', 'AUDIENCE', 'TOKEN_SIGNING_ALG', 'SECRET'];
const base = { issuerBaseURL: 'https://idp.example.com/', audience: AUDIENCE };
const secret = 'a secret of 32 bytes and some more';

/**
 * Sets the variables that `auth` reads to these alone.
 * @param {TestContext} t @param {Record<string, string>} variables
 */
function environment(t, variables) {
  const before = VARIABLES.map((name) => /** @type {const} */ ([name, process.env[name]]));
  const set = (/** @type {readonly (readonly [string, string | undefined])[]} */ entries) => {
    for (const [name, value] of entries) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  set(VARIABLES.map((name) => [name, variables[name]]));
  t.after(() => set(before));
}

/** @param {TestContext} t @param {object} [options] */
function serving(t, options) {
  const app = express();
  app.use(auth(/** @type {any} */ (options)));
  app.get('/', (req, res) => void res.json({ sub: req.auth?.payload.sub ?? null }));
  return serve(t, app);
}

/** @param {string} url @param {string} [token] */
const get = (url, token) => fetch(url, { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } });

describe('names of express-oauth2-jwt-bearer', () => {
  test('issuerBaseURL is where the issuer is', async (t) => {
    environment(t, {});
    const issuer = await startIssuer(t);
    const url = await serving(t, { issuerBaseURL: issuer.url, audience: AUDIENCE, tokenSigningAlg: 'ES256' });
    assert.deepEqual(await (await get(url, await issuer.mint())).json(), { sub: 'alice' });
    assert.equal((await get(url)).status, 401);
    assert.equal(issuer.metadataFetches, 1);
  });

  test('issuerBaseURL beside an issuer is where its metadata is', async (t) => {
    environment(t, {});
    const issuer = await startIssuer(t);
    for (const issuerBaseURL of [issuer.url, `${issuer.url}/`, `${issuer.url}/.well-known/openid-configuration`]) {
      const url = await serving(t, { issuer: issuer.url, issuerBaseURL, audience: AUDIENCE });
      assert.equal((await get(url, await issuer.mint())).status, 200);
    }
    assert.equal(issuer.metadataFetches, 3);
  });

  test('authRequired: false lets requests without a token pass, and none with a bad one', async (t) => {
    environment(t, {});
    const issuer = await startIssuer(t);
    const url = await serving(t, { ...issuer.options(), authRequired: false });
    assert.deepEqual(await (await get(url)).json(), { sub: null });
    assert.deepEqual(await (await get(url, await issuer.mint())).json(), { sub: 'alice' });
    assert.equal((await get(url, 'nonsense')).status, 401);
  });

  test('keys, profile and durations', async (t) => {
    environment(t, {});
    const issuer = await startIssuer(t);
    const jwk = issuer.keys[0]?.jwk;
    for (const publicKey of [jwk, { keys: [jwk] }]) {
      const options = { issuer: issuer.url, audience: AUDIENCE, publicKey, tokenSigningAlg: 'ES256' };
      assert.equal((await get(await serving(t, options), await issuer.mint())).status, 200);
    }
    const durations = { cooldownDuration: 30000, timeoutDuration: 5000, cacheMaxAge: 600000, clockTolerance: 5 };
    const url = await serving(t, { ...issuer.options(), strict: true, ...durations });
    assert.equal((await get(url, await issuer.mint({}, { typ: 'JWT' }))).status, 401);
  });

  /** @type {[string, object, RegExp | null][]} */
  const mistakes = [
    ['issuer', { audience: AUDIENCE }, /^give it or issuerBaseURL, or set ISSUER_BASE_URL in the environment$/],
    ['audience', { issuer: 'https://idp.example.com/' }, /^give it, or set AUDIENCE in the environment$/],
    ['issuerBaseUrl', { ...base, issuerBaseUrl: 'x' }, /^did you mean issuerBaseURL\?$/],
    ['issuerBaseURL', { ...base, issuerBaseURL: 'idp.example.com' }, /^one issuer that is an https URL is enough/],
    ['issuerBaseURL', { ...base, issuerBaseURL: 7 }, null],
    ['tokenSigningAlg', { ...base, tokenSigningAlg: 'RS266' }, /^did you mean RS256\?$/],
    ['tokenSigningAlg', { ...base, tokenSigningAlg: 'HS256' }, null],
    ['tokenSigningAlg', { ...base, tokenSigningAlg: 'RS256', algorithms: ['RS256'] }, /^give one of them$/],
    ['publicKey', { issuer: 'me', audience: AUDIENCE, publicKey: { kty: 'RSA' } }, null],
    ['publicKey', { issuer: 'me', audience: AUDIENCE, publicKey: 'x', pem: 'y' }, /^give one of them$/],
    ['timeoutDuration', { ...base, timeoutDuration: 1e9 }, null],
    ['cacheMaxAge', { ...base, cacheMaxAge: Number.NaN }, null],
    ['cooldownDuration', { ...base, cooldownDuration: 1000, keySet: { cooldown: 1 } }, /^give one of them$/],
    ['strict', { ...base, strict: 'yes' }, null],
    ['authRequired', { ...base, authRequired: 'no' }, null],
    ['agent', { ...base, agent: {} }, /fetchWith/],
    ['cache', { ...base, cache: {} }, /keySet\.ttl/],
    ['validators', { ...base, validators: {} }, /claimCheck/],
    ['mcd', { ...base, mcd: {} }, /createValidatorFromPolicy/],
    ['dpop', { ...base, dpop: {} }, /confirmation: 'ignore'/],
    ['mtls', { ...base, mtls: {} }, /confirmation: 'ignore'/],
    ['getCertificate', { ...base, getCertificate: () => {} }, /confirmation: 'ignore'/],
  ];
  for (const [path, options, hint] of mistakes) {
    test(`a mistake is told by its own name: ${path} of ${Object.keys(options).join(', ')}`, (t) => {
      environment(t, {});
      assert.throws(
        () => auth(/** @type {any} */ (options)),
        (error) => {
          assert.ok(error instanceof PolicyError);
          assert.equal(error.path, path);
          if (hint !== null) assert.match(error.hint ?? '', hint);
          assert.doesNotMatch(error.message, /_u_|issuer_/);
          return true;
        },
      );
    });
  }
});

describe('the environment', () => {
  test('stands for options that are not given, in every framework', async (t) => {
    const issuer = await startIssuer(t);
    environment(t, { ISSUER_BASE_URL: issuer.url, AUDIENCE });
    assert.equal((await get(await serving(t), await issuer.mint())).status, 200);
    assert.ok(koaAuth());
    assert.ok(httpAuth({}, () => {}));
    const app = Fastify();
    t.after(() => app.close());
    await app.register(jotgate, {});
    app.get('/', async (request) => request.auth?.payload.sub);
    const headers = { authorization: `Bearer ${await issuer.mint()}` };
    assert.equal((await app.inject({ url: '/', headers })).body, 'alice');
  });

  /** @type {[string, Record<string, string>, object | undefined, string | null][]} */
  const cases = [
    ['keys by URL', { ISSUER: 'me', JWKS_URI: 'https://idp.example.com/jwks', AUDIENCE }, undefined, null],
    ['a secret', { ISSUER: 'me', SECRET: secret, TOKEN_SIGNING_ALG: 'HS256', AUDIENCE }, undefined, null],
    ['a secret for an algorithm of the options', { SECRET: secret }, { ...base, tokenSigningAlg: 'HS256' }, null],
    ['an empty variable is none', { ...base, JWKS_URI: '' }, base, null],
    ['keys of another issuer', { JWKS_URI: 'nonsense', TOKEN_SIGNING_ALG: 'HS256', SECRET: 'short' }, base, null],
    ['SECRET of something else', { SECRET: 'keyboard cat' }, base, null],
    [
      'variables beside options that say it',
      { ISSUER: 'other', JWKS_URI: 'nonsense' },
      { ...base, discovery: true },
      null,
    ],
    ['no URL', { ISSUER_BASE_URL: 'foo', AUDIENCE }, undefined, 'ISSUER_BASE_URL'],
    ['no URL of keys', { ISSUER: 'bar', JWKS_URI: 'qux', AUDIENCE }, undefined, 'JWKS_URI'],
    [
      'no algorithm',
      { ISSUER_BASE_URL: base.issuerBaseURL, TOKEN_SIGNING_ALG: 'RS1', AUDIENCE },
      undefined,
      'TOKEN_SIGNING_ALG',
    ],
    ['a short secret', { ISSUER: 'me', SECRET: 'short', TOKEN_SIGNING_ALG: 'HS256', AUDIENCE }, undefined, 'SECRET'],
    ['nothing', {}, undefined, 'issuer'],
  ];
  for (const [what, variables, options, path] of cases) {
    test(what, (t) => {
      environment(t, variables);
      const make = () => auth(/** @type {any} */ (options));
      if (path === null) assert.ok(make());
      else assert.throws(make, { name: 'PolicyError', path });
    });
  }

  test('is none of createValidator', (t) => {
    environment(t, { ISSUER_BASE_URL: base.issuerBaseURL, AUDIENCE });
    assert.throws(() => createValidator(/** @type {any} */ ({})), { path: 'issuer' });
  });
});

describe('a validator', () => {
  test('may be an option, with forwardErrors beside it', async (t) => {
    const issuer = await startIssuer(t);
    const url = await serving(t, { validator: createValidator(issuer.options()) });
    assert.equal((await get(url, await issuer.mint())).status, 200);
    const app = express();
    app.use(auth({ validator: createValidator(issuer.options()), forwardErrors: true }));
    app.use(
      /** @type {import('express').ErrorRequestHandler} */ (
        (error, _req, res, _next) => void res.status(418).send(error.code)
      ),
    );
    assert.equal(await (await get(await serve(t, app))).text(), 'missing_token');
  });

  test('is the only one to say what passes', () => {
    const validator = createValidator({ issuer: 'me', audience: AUDIENCE, secret });
    assert.throws(() => auth(/** @type {any} */ ({ validator, audience: 'x' })), { path: 'audience', hint: /makes/ });
    assert.throws(() => auth(/** @type {any} */ ({ validator: {} })), { path: 'validator', hint: /createValidator/ });
    for (const wrong of [null, 7, 'x']) assert.throws(() => auth(/** @type {any} */ (wrong)), TypeError);
  });
});
