import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import express5 from 'express';
import { createValidator, TokenExpiredError } from 'jotgate';
import { auth } from 'jotgate/express';
import { AUDIENCE, seconds, serve, startIssuer } from './support/issuer.mjs';

// @ts-expect-error -- Express 4 is here under a second name, for which there are no types.
import express4 from 'express4';

/** @import { TestContext } from 'node:test' */
/** @import { Middleware } from 'jotgate/express' */

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

for (const [version, express] of /** @type {[string, typeof express5][]} */ ([
  ['5', express5],
  ['4', express4],
])) {
  describe(`Express ${version}`, () => {
    /** @param {TestContext} t @param {Middleware} middleware */
    const start = (t, middleware) => {
      const app = express();
      const router = express.Router();
      router.use(middleware);
      router.get('/orders', (req, res) => void res.json({ sub: req.auth?.payload.sub, kid: req.auth?.header.kid }));
      app.use('/api', router);
      app.use(
        /** @type {import('express').ErrorRequestHandler} */ (
          (error, _req, res, _next) => {
            res.status(418).json({ code: error.code, expired: error instanceof TokenExpiredError });
          }
        ),
      );
      return serve(t, app);
    };

    test('lets a good token pass and sets req.auth', async (t) => {
      const issuer = await startIssuer(t);
      const url = await start(t, auth(issuer.options()));
      const response = await get(`${url}/api/orders?x=1`, await issuer.mint());
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { sub: 'alice', kid: 'key-1' });
    });

    test('answers others exactly as the core says', async (t) => {
      const issuer = await startIssuer(t);
      const validator = createValidator(issuer.options());
      const url = await start(t, auth(validator));
      const expired = await issuer.mint({ exp: seconds() - 6 });
      for (const token of [undefined, 'nonsense', expired, await issuer.mint({ aud: 'other' })]) {
        const response = await get(`${url}/api/orders`, token);
        const headers = token === undefined ? [] : ['Authorization', `Bearer ${token}`];
        const outcome = await validator.tryValidateRequest({ method: 'GET', url: '/api/orders', headers });
        const answer = validator.answer(outcome);
        assert.deepEqual([response.status, await response.text()], [answer.status, answer.body]);
        for (const [name, value] of Object.entries(answer.headers)) assert.equal(response.headers.get(name), value);
      }
    });

    test('answers 503 while the keys cannot be had', async (t) => {
      const issuer = await startIssuer(t);
      issuer.respond = (_request, response) => void response.writeHead(500).end();
      const response = await get(`${await start(t, auth(issuer.options()))}/api/orders`, await issuer.mint());
      assert.equal(response.status, 503);
      assert.match(response.headers.get('Retry-After') ?? '', /^[1-9][0-9]*$/);
      assert.equal(response.headers.get('WWW-Authenticate'), null);
    });

    test('refuses two different tokens and takes the same one twice', async (t) => {
      const issuer = await startIssuer(t);
      const url = `${await start(t, auth(issuer.options()))}/api/orders`;
      const [one, two] = [await issuer.mint(), await issuer.mint({ n: 2 })];
      const bearer = (/** @type {string} */ token) => ['Authorization', `Bearer ${token}`];
      assert.equal(await getRaw(url, [...bearer(one), ...bearer(one)]), 200);
      assert.equal(await getRaw(url, [...bearer(one), ...bearer(two)]), 400);
      assert.equal(await getRaw(url, [...bearer('nonsense'), ...bearer(one)]), 400);
    });

    test('sees the path that routers see, whatever has put it there', async (t) => {
      const seen = /** @type {(string | undefined)[]} */ ([]);
      const issuer = await startIssuer(t);
      const validator = createValidator(issuer.options());
      const judged = validator.tryValidateRequest.bind(validator);
      validator.tryValidateRequest = (request) => {
        seen.push(request.url);
        return judged(request);
      };
      const app = express();
      app.use((req, _res, next) => {
        req.url = req.url.replace('/public/', '/api/');
        next();
      });
      const router = express.Router();
      router.use(auth(validator));
      app.use('/api', router);
      const url = await serve(t, app);
      for (const path of ['/api/orders?x', '/api', '/api?x', '/api/?x', '/API/orders', '/public/orders?x'])
        assert.equal((await get(`${url}${path}`)).status, 401);
      const rewritten = '/api/orders?x';
      assert.deepEqual(seen, ['/api/orders?x', '/api', '/api?x', '/api/?x', '/API/orders', rewritten]);
    });

    test('hands errors on where that is wanted', async (t) => {
      const issuer = await startIssuer(t);
      const url = await start(t, auth(issuer.options(), { forwardErrors: true }));
      const response = await get(`${url}/api/orders`, await issuer.mint({ exp: seconds() - 6 }));
      assert.equal(response.status, 418);
      assert.deepEqual(await response.json(), { code: 'expired', expired: true });
    });

    test('answers 500 and lets nobody pass when something breaks', async (t) => {
      const issuer = await startIssuer(t);
      const clock = () => Number.NaN;
      const response = await get(
        `${await start(t, auth({ ...issuer.options(), clock }))}/api/orders`,
        await issuer.mint(),
      );
      assert.equal(response.status, 500);
      assert.match(await response.text(), /internal_error/);
    });
  });
}

test('the middleware works on plain node:http', async (t) => {
  const issuer = await startIssuer(t);
  const middleware = auth(issuer.options());
  const url = await serve(t, (request, response) => {
    middleware(request, response, () => response.end(/** @type {any} */ (request).auth.payload.sub));
  });
  assert.equal(await (await get(url, await issuer.mint())).text(), 'alice');
  assert.equal((await get(url)).status, 401);
});

test('wrong options fail when the middleware is made', () => {
  assert.throws(() => auth(/** @type {any} */ ({ issuer: 'x', audience: 'y' })), { code: 'policy_error' });
});

test('the example serves /orders', async (t) => {
  const issuer = await startIssuer(t);
  const child = spawn(process.execPath, ['examples/express-app.mjs'], {
    cwd: new URL('..', import.meta.url),
    env: { ...process.env, ISSUER: issuer.url, AUDIENCE, JWKS_URI: issuer.jwksUri, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill());
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  const url = `${/http:\S+/.exec(line)?.[0]}/orders`;
  const response = await get(url, await issuer.mint());
  assert.deepEqual([response.status, await response.json()], [200, { sub: 'alice', language: 'node' }]);
  assert.equal((await get(url)).status, 401);
});
