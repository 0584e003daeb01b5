// What endpoints ask for in code, in each framework, on a real server.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import Router from '@koa/router';
import { Catch } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import express5 from 'express';
import Fastify5 from 'fastify';
import Fastify4 from 'fastify4';
import { Hono } from 'hono';
import Koa3 from 'koa';
import { createValidator, InsufficientScopeError, InvalidClaimError, PolicyError, Requirement } from 'jotgate';
import * as forExpress from 'jotgate/express';
import * as forFastify from 'jotgate/fastify';
import * as forHono from 'jotgate/hono';
import * as forHttp from 'jotgate/http';
import * as forKoa from 'jotgate/koa';
import * as forNest from 'jotgate/nestjs';
import * as forWeb from 'jotgate/web';
import { controllerOf, handlerOf, nestApp } from '../conformance/nest.mjs';
import { AUDIENCE, serve, startIssuer } from './support/issuer.mjs';

// @ts-expect-error -- Express 4 is here under a second name, for which there are no types.
import express4 from 'express4';
// @ts-expect-error -- and so is Koa 2.
import Koa2 from 'koa2';

/** @import { TestContext } from 'node:test' */
/** @import { Validator } from 'jotgate' */

/**
 * @typedef {object} Asking
 * @property {(...scopes: (string | string[])[]) => any} requiredScopes
 * @property {(...scopes: (string | string[])[]) => any} scopeIncludesAny
 * @property {(claim: string | string[], expected: string | number | boolean) => any} claimEquals
 * @property {(claim: string | string[], ...expected: (string | number | boolean)[]) => any} claimIncludes
 * @property {(check: (claims: any) => any, detail?: string) => any} claimCheck
 * @property {(asked: any) => any} requires
 */

/** @typedef {(asking: Asking) => Record<string, any>} Guards */

/** Serves each guard under its name. @typedef {(t: TestContext, validator: Validator, guards: Guards, settings?: { forwardErrors: true }) => Promise<string>} Start */

/** @type {Record<string, Start>} */
const frameworks = {
  'Express 5': onExpress(express5),
  'Express 4': onExpress(express4),
  'Fastify 5': onFastify(Fastify5),
  'Fastify 4': onFastify(/** @type {any} */ (Fastify4)),
  'Koa 3': onKoa(Koa3),
  'Koa 2': onKoa(Koa2),
  'Hono 4': onHono,
  'node:http': onHttp,
  'a Request': onRequests,
  'NestJS on Express': onNest('express'),
  'NestJS on Fastify': onNest('fastify'),
};

/** There is no handler of errors, or nothing that could stand without `auth`. */
const [withoutErrors, withoutAuth] = [['node:http'], ['node:http', 'NestJS on Express', 'NestJS on Fastify']];

/** @param {typeof express5} make @returns {Start} */
function onExpress(make) {
  return (t, validator, guards, settings) => {
    const app = make();
    app.get('/unguarded', forExpress.requiredScopes('a'), (_req, res) => void res.send('passed'));
    app.use(forExpress.auth(validator, settings));
    for (const [name, guard] of Object.entries(guards(forExpress)))
      app.get(`/${name}`, guard, (_req, res) => void res.send('passed'));
    app.use(
      /** @type {import('express').ErrorRequestHandler} */ (
        (error, _req, res, _next) => {
          res.status(500).set(validator.answer(error).headers).send(error.code);
        }
      ),
    );
    return serve(t, app);
  };
}

/** @param {typeof Fastify5} make @returns {Start} */
function onFastify(make) {
  return async (t, validator, guards, settings) => {
    const app = make();
    t.after(() => app.close());
    app.get('/unguarded', { preHandler: forFastify.requiredScopes('a') }, async () => 'passed');
    app.setErrorHandler((/** @type {any} */ error, _request, reply) =>
      reply.code(500).headers(validator.answer(error).headers).type('text/plain').send(error.code),
    );
    await app.register(async (scope) => {
      await scope.register(forFastify.jotgate, { validator, ...settings });
      for (const [name, preHandler] of Object.entries(guards(forFastify)))
        scope.get(`/${name}`, { preHandler }, async () => 'passed');
    });
    return app.listen({ port: 0, host: '127.0.0.1' });
  };
}

/** @param {typeof Koa3} Koa @returns {Start} */
function onKoa(Koa) {
  return (t, validator, guards, settings) => {
    const app = new Koa();
    const router = new Router();
    app.use(async (context, next) => {
      try {
        await next();
      } catch (/** @type {any} */ error) {
        context.status = 500;
        context.set(validator.answer(error).headers);
        context.body = error.code;
      }
    });
    app.use((context, next) => (context.path === '/unguarded' ? forKoa.requiredScopes('a')(context, next) : next()));
    app.use(forKoa.auth(validator, settings));
    for (const [name, guard] of Object.entries(guards(forKoa)))
      router.get(`/${name}`, guard, (/** @type {any} */ context) => void (context.body = 'passed'));
    app.use(/** @type {any} */ (router.routes()));
    return serve(t, /** @type {any} */ (app.callback()));
  };
}

/** @type {Start} */
function onHono(t, validator, guards, settings) {
  const app = new Hono();
  app.onError((/** @type {any} */ error, c) => c.text(error.code, 500, validator.answer(error).headers));
  app.get('/unguarded', forHono.requiredScopes('a'), (c) => c.text('passed'));
  app.use(forHono.auth(validator, settings));
  for (const [name, guard] of Object.entries(guards(forHono))) app.get(`/${name}`, guard, (c) => c.text('passed'));
  return serve(t, getRequestListener(app.fetch));
}

/** @type {Start} */
function onHttp(t, validator, guards) {
  /** @type {import('jotgate/http').Listener} */
  const passed = (_request, response) => response.end('passed');
  const listeners = Object.entries(guards(forHttp)).map(([name, guard]) => [`/${name}`, guard(passed)]);
  const routes = Object.fromEntries(listeners);
  return serve(
    t,
    forHttp.auth(validator, (request, response) => routes[request.url ?? ''](request, response)),
  );
}

/** @type {Start} */
function onRequests(t, validator, guards, settings) {
  const protect = forWeb.auth(validator, settings);
  const passed = () => new Response('passed');
  const unguarded = forWeb.requiredScopes('a')(passed);
  const handlers = Object.entries(guards(forWeb)).map(([name, guard]) => [`/${name}`, guard(passed)]);
  const routes = Object.fromEntries(handlers);
  return serve(
    t,
    getRequestListener(async (request) => {
      const { pathname } = new URL(request.url);
      try {
        return await (pathname === '/unguarded' ? unguarded(request, undefined) : protect(request, routes[pathname]));
      } catch (/** @type {any} */ error) {
        return new Response(error.code, { status: 500, headers: validator.answer(error).headers });
      }
    }),
  );
}

/** @param {'express' | 'fastify'} platform @returns {Start} */
function onNest(platform) {
  const { RequireScopes, RequireAnyScope, ClaimEquals, ClaimIncludes, ClaimCheck, Requires } = forNest;
  const asking = {
    requiredScopes: RequireScopes,
    scopeIncludesAny: RequireAnyScope,
    claimEquals: ClaimEquals,
    claimIncludes: ClaimIncludes,
    claimCheck: ClaimCheck,
    requires: Requires,
  };
  return async (t, validator, guards, settings) => {
    const routes = Object.entries(guards(asking)).map(([name, guard]) => {
      return [`/${name}`, { serve: () => 'passed', decorators: [guard] }];
    });
    // Of the application's own, for exceptions of all kinds.
    class Filter {
      /** @param {any} exception @param {import('@nestjs/common').ArgumentsHost} host */
      catch(exception, host) {
        const response = host.switchToHttp().getResponse();
        response[platform === 'express' ? 'status' : 'code'](500).send(exception.error.code);
      }
    }
    Catch()(Filter);
    const filters = settings?.forwardErrors ? [{ provide: APP_FILTER, useClass: Filter }] : [];
    const imports = [forNest.JotgateModule.forRoot({ validator, ...settings })];
    const app = await nestApp(platform, imports, [controllerOf(Object.fromEntries(routes))], filters);
    t.after(() => app.close());
    return serve(t, await handlerOf(platform, app));
  };
}

/** @type {Guards} */
const guards = ({ requiredScopes, scopeIncludesAny, claimEquals, claimIncludes, claimCheck, requires }) => ({
  both: requiredScopes('read', 'write'),
  words: requiredScopes('read write'),
  any: scopeIncludesAny(['read', 'admin']),
  equals: claimEquals('level', 3),
  path: claimEquals(['realm', 'role'], 'keeper'),
  includes: claimIncludes('roles', 'ops', 'admin'),
  check: claimCheck(({ level }) => level > 2, 'the level is too low'),
  later: claimCheck(async ({ level }) => level > 2),
  falsy: claimCheck(({ roles }) => roles?.includes('ops')),
  truthy: claimCheck(({ sub }) => sub),
  throws: claimCheck(() => {
    throw new Error('broken');
  }),
  document: requires({ scopes: { any: ['read'] }, claims: [{ claim: 'level', min: 3 }] }),
  made: requires(Requirement.anyScope('read')),
});

const INSUFFICIENT =
  'Bearer error="insufficient_scope", error_description="The token lacks a scope that this resource needs", scope=';
const INVALID = 'Bearer error="invalid_token", error_description="The token is not valid for this resource"';

/** Path, claims, status, challenge. @type {[string, object, number, string | null][]} */
const cases = [
  ['both', { scope: 'write read' }, 200, null],
  ['both', { scope: 'read' }, 403, `${INSUFFICIENT}"read write"`],
  ['both', {}, 403, `${INSUFFICIENT}"read write"`],
  ['words', { scp: ['read'] }, 403, `${INSUFFICIENT}"read write"`],
  ['any', { scp: ['read'] }, 200, null],
  ['any', { scope: 'other' }, 403, `${INSUFFICIENT}"read admin"`],
  ['equals', { level: 3 }, 200, null],
  ['equals', { level: '3' }, 401, INVALID],
  ['equals', {}, 401, INVALID],
  ['path', { realm: { role: 'keeper' } }, 200, null],
  ['path', { realm: { role: 'guest' } }, 401, INVALID],
  ['includes', { roles: ['admin', 'ops', 'x'] }, 200, null],
  ['includes', { roles: 'ops admin' }, 200, null],
  ['includes', { roles: ['ops'] }, 401, INVALID],
  ['check', { level: 3 }, 200, null],
  ['check', { level: 1 }, 401, INVALID],
  ['later', { level: 3 }, 200, null],
  ['later', { level: 1 }, 401, INVALID],
  ['falsy', {}, 401, INVALID],
  ['truthy', {}, 500, null],
  ['throws', {}, 500, null],
  ['document', { scope: 'read', level: 4 }, 200, null],
  ['document', { scope: 'read', level: 2 }, 401, INVALID],
  ['made', { scope: 'write' }, 403, `${INSUFFICIENT}"read"`],
];

/** Keeps the codes of refusals. @param {string[]} codes @returns {(event: import('jotgate').ValidatorEvent) => void} */
const hear = (codes) => (event) => void (event.event === 'rejected' && codes.push(event.code));

for (const [name, start] of Object.entries(frameworks)) {
  const standsAlone = !withoutAuth.includes(name);
  describe(name, () => {
    test('endpoints ask for scopes and claims', async (t) => {
      const issuer = await startIssuer(t);
      /** @type {string[]} */
      const told = [];
      const validator = createValidator({ ...issuer.options(), onEvent: hear(told) });
      const url = await start(t, validator, guards);
      for (const [path, claims, status, challenge] of cases) {
        const headers = { Authorization: `Bearer ${await issuer.mint(claims)}` };
        const response = await fetch(`${url}/${path}`, { headers });
        const got = [response.status, response.headers.get('WWW-Authenticate')];
        assert.deepEqual(got, [status, challenge], `${path} ${JSON.stringify(claims)}`);
        assert.equal(told.splice(0).length, status === 200 ? 0 : 1, `${path} ${JSON.stringify(claims)}`);
      }
      assert.equal((await fetch(`${url}/both`)).status, 401);
      const headers = { Authorization: `Bearer ${await issuer.mint({ level: 1 })}` };
      for (const path of ['both', 'check', 'throws']) await fetch(`${url}/${path}`, { headers });
      assert.deepEqual(told, ['missing_token', 'insufficient_scope', 'claim_rejected', 'internal_error']);
    });

    test(
      'errors are handed on, and the answer to them names the scopes',
      { skip: withoutErrors.includes(name) },
      async (t) => {
        const issuer = await startIssuer(t);
        const url = await start(t, createValidator(issuer.options()), guards, { forwardErrors: true });
        const headers = { Authorization: `Bearer ${await issuer.mint({ scope: 'x' })}` };
        const response = await fetch(`${url}/both`, { headers });
        assert.deepEqual([response.status, await response.text()], [500, 'insufficient_scope']);
        assert.equal(response.headers.get('WWW-Authenticate'), `${INSUFFICIENT}"read write"`);
        assert.equal(await (await fetch(`${url}/check`, { headers })).text(), 'claim_rejected');
      },
    );

    test('a request that needed no token is asked for one, and without auth() nothing passes', async (t) => {
      const issuer = await startIssuer(t);
      const { createValidatorFromPolicy } = await import('jotgate');
      const { issuer: name, audience, jwksUri } = issuer.options();
      const validator = createValidatorFromPolicy({
        version: 1,
        issuers: [{ issuer: name, audience, keys: { jwks_uri: jwksUri } }],
        routes: [{ path_regex: '/.*', skip: true }],
      });
      /** @type {string[]} */
      const told = [];
      validator.subscribe(hear(told));
      const url = await start(t, validator, guards);
      for (const path of ['both', 'check']) {
        const response = await fetch(`${url}/${path}`);
        assert.deepEqual([response.status, response.headers.get('WWW-Authenticate')], [401, 'Bearer']);
      }
      assert.deepEqual(told, ['missing_token', 'missing_token']);
      if (!standsAlone) return;
      const unguarded = await fetch(`${url}/unguarded`);
      assert.deepEqual([unguarded.status, await unguarded.text()], [500, 'internal_error']);
    });
  });
}

describe('mistakes are told when the guard is made', () => {
  const { requiredScopes, scopeIncludesAny, claimEquals, claimIncludes, claimCheck, requires } = /** @type {Asking} */ (
    forExpress
  );
  /** @type {[string, () => unknown][]} */
  const mistakes = [
    ['scopes', () => requiredScopes()],
    ['scopes[1]', () => requiredScopes('a', 'b"')],
    ['scopes[0]', () => scopeIncludesAny('')],
    ['scopes[0]', () => requiredScopes(/** @type {any} */ ([7]))],
    ['expected', () => claimEquals('a', /** @type {any} */ (undefined))],
    ['expected[1]', () => claimIncludes('a', 1, /** @type {any} */ (undefined))],
    ['equals', () => requires({ claims: [{ claim: 'a', equals: undefined }] })],
    ['expected', () => claimIncludes('a')],
    ['claim', () => claimEquals('', 1)],
    ['claim', () => claimEquals(/** @type {any} */ (7), 1)],
    ['scope', () => requires({ scope: 'a' })],
    ['claims[0].expression', () => requires({ claims: [{ expression: "request.method == 'GET'" }] })],
    ['', () => requires({})],
    ['', () => requires(undefined)],
  ];
  for (const [path, make] of mistakes) {
    test(String(make).slice(6), () => {
      assert.throws(make, (error) => {
        assert.ok(error instanceof PolicyError);
        assert.equal(error.path, path, error.message);
        return true;
      });
    });
  }

  test('claimCheck takes a function', () => {
    assert.throws(() => claimCheck(/** @type {any} */ ('x')), TypeError);
  });
});

describe('a validator', () => {
  test('asks more of what it has verified', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidator(issuer.options());
    /** @type {any[]} */
    const told = [];
    validator.subscribe((event) => told.push(event));
    const verified = await validator.validate(await issuer.mint({ scope: 'read a b', dept: 'eng' }));
    assert.deepEqual(verified.scopes, ['read', 'a', 'b']);
    assert.ok(verified.hasScope('read') && !verified.hasScope('rea') && !verified.hasScope('read a'));
    validator.require(verified, Requirement.scopes('read', 'a'));
    const writing = Requirement.scopes('write');
    assert.throws(
      () => validator.require(verified, writing),
      (error) => {
        assert.ok(error instanceof InsufficientScopeError);
        assert.equal(validator.answer(error).headers['WWW-Authenticate'], `${INSUFFICIENT}"write"`);
        return true;
      },
    );
    const rule = new Requirement({ claims: [{ claim: 'dept', equals: 'ops' }] });
    assert.throws(() => validator.require(verified, rule), InvalidClaimError);
    const said = validator.tryRequire(verified, rule);
    assert.deepEqual(!said.ok && [said.code, said.claim, said.issuerIndex], ['claim_rejected', 'dept', 0]);
    assert.deepEqual(
      told.filter(({ event }) => event === 'rejected').map(({ code }) => code),
      ['insufficient_scope', 'claim_rejected', 'claim_rejected'],
    );
    const missing = await validator.tryValidate('');
    assert.equal(validator.answer(missing, writing).status, 401);
    assert.throws(() => validator.require(/** @type {any} */ ({}), writing), TypeError);
    assert.throws(() => validator.require(verified, /** @type {any} */ ({})), TypeError);
  });

  test('judges for the time that the token was judged for', async () => {
    const secret = 'a secret of 32 bytes and some more';
    const clock = () => -86_400_000;
    const validator = createValidator({ issuer: 'me', audience: AUDIENCE, secret, clock });
    const { SignJWT } = await import('jose');
    const token = await new SignJWT({ iss: 'me', aud: AUDIENCE, exp: 4e9 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(secret));
    for (const asOf of [0, 1.5e12, -86_400_000, 2 ** 28 * 1000, 2 ** 28 * 1000 - 1000]) {
      const verified = await validator.validate(token, { asOf });
      validator.require(verified, new Requirement({ claims: [{ expression: `int(now) == ${asOf / 1000}` }] }));
    }
  });
});
