// What the module of NestJS has beside what `endpoints.test.mjs` and the HTTP vectors show.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Inject, Injectable, UseGuards } from '@nestjs/common';
import { createValidator } from 'jotgate';
import { InjectValidator, JotgateGuard, JotgateModule, Public, RequireScopes } from 'jotgate/nestjs';
import { controllerOf, handlerOf, nestApp } from '../conformance/nest.mjs';
import { serve, startIssuer } from './support/issuer.mjs';

/** @import { TestContext } from 'node:test' */
/** @import { Route } from '../conformance/nest.mjs' */

const platforms = /** @type {const} */ (['express', 'fastify']);

/** @type {Route['serve']} */
const subject = (_request, verified) => verified?.payload.sub ?? 'nobody';

/** @param {TestContext} t @param {typeof platforms[number]} platform @param {any[]} imports @param {any[]} controllers @param {any[]} [providers] */
async function start(t, platform, imports, controllers, providers) {
  const app = await nestApp(platform, imports, controllers, providers);
  t.after(() => app.close());
  return { app, url: await serve(t, await handlerOf(platform, app)) };
}

/** @param {string} url @param {string} [token] */
async function get(url, token) {
  const response = await fetch(url, { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } });
  return response.ok ? response.text() : response.status;
}

for (const platform of platforms) {
  describe(`the module of NestJS on ${platform}`, () => {
    test('protects every handler but those that are public', async (t) => {
      const issuer = await startIssuer(t);
      const open = controllerOf(
        { '/class': { serve: subject }, '/asking': { serve: subject, decorators: [RequireScopes('read')] } },
        [Public()],
      );
      const closed = controllerOf({
        '/orders': { serve: subject },
        '/health': { serve: subject, decorators: [Public()] },
        '/both': { serve: subject, decorators: [Public(), RequireScopes('read')] },
      });
      const { url } = await start(t, platform, [JotgateModule.forRoot(issuer.options())], [open, closed]);
      const token = await issuer.mint();
      assert.equal(await get(`${url}/orders`, token), 'alice');
      assert.equal(await get(`${url}/orders`), 401);
      assert.equal(await get(`${url}/health`), 'nobody');
      assert.equal(await get(`${url}/class`, token), 'nobody');
      // What a handler asks for counts more.
      assert.deepEqual([await get(`${url}/asking`), await get(`${url}/asking`, token)], [401, 403]);
      assert.deepEqual([await get(`${url}/both`), await get(`${url}/both`, token)], [401, 403]);
    });

    test('protects those that ask for it, with `global: false`', async (t) => {
      const issuer = await startIssuer(t);
      const some = controllerOf({
        '/free': { serve: subject },
        '/guarded': { serve: subject, decorators: [UseGuards(JotgateGuard)] },
        '/scoped': { serve: subject, decorators: [RequireScopes('read'), RequireScopes('write')] },
      });
      const all = controllerOf(
        { '/class': { serve: subject }, '/more': { serve: subject, decorators: [RequireScopes('write')] } },
        [RequireScopes('read')],
      );
      const imports = [JotgateModule.forRoot({ ...issuer.options(), global: false })];
      const { url } = await start(t, platform, imports, [some, all]);
      const [none, read, both] = [
        await issuer.mint(),
        await issuer.mint({ scope: 'read' }),
        await issuer.mint({ scope: 'read write' }),
      ];
      assert.equal(await get(`${url}/free`), 'nobody');
      assert.deepEqual([await get(`${url}/guarded`), await get(`${url}/guarded`, none)], [401, 'alice']);
      assert.deepEqual([await get(`${url}/scoped`, read), await get(`${url}/scoped`, both)], [403, 'alice']);
      assert.deepEqual([await get(`${url}/class`, none), await get(`${url}/class`, read)], [403, 'alice']);
      assert.deepEqual([await get(`${url}/more`, read), await get(`${url}/more`, both)], [403, 'alice']);
    });

    test('takes its options from other providers, and gives its validator to them', async (t) => {
      const issuer = await startIssuer(t);
      const OPTIONS = Symbol('options');
      class ConfigModule {}
      const config = {
        module: ConfigModule,
        providers: [{ provide: OPTIONS, useFactory: async () => issuer.options() }],
        exports: [OPTIONS],
      };
      class Service {
        /** @param {import('jotgate').Validator} validator */
        constructor(validator) {
          this.validator = validator;
        }
      }
      Injectable()(Service);
      InjectValidator()(Service, undefined, 0);
      const imports = [
        JotgateModule.forRootAsync({
          imports: [config],
          inject: [OPTIONS],
          useFactory: (options) => createValidator(options),
        }),
      ];
      const { app, url } = await start(
        t,
        platform,
        imports,
        [controllerOf({ '/orders': { serve: subject } })],
        [Service],
      );
      const token = await issuer.mint();
      assert.equal(await get(`${url}/orders`, token), 'alice');
      assert.equal(await get(`${url}/orders`), 401);
      assert.equal((await app.get(Service).validator.validate(token)).payload.sub, 'alice');
    });
  });
}

describe('the module of NestJS', () => {
  test('does not start with wrong options, and without itself', async () => {
    assert.throws(() => JotgateModule.forRoot(/** @type {any} */ ({ issuer: 'x', audience: 'y' })), {
      code: 'policy_error',
    });
    const options = { issuer: 'x', audience: 'y', secret: 'x'.repeat(32) };
    assert.throws(() => JotgateModule.forRoot({ ...options, global: /** @type {any} */ ('no') }), TypeError);
    const scoped = controllerOf({ '/': { serve: subject, decorators: [RequireScopes('read')] } });
    await assert.rejects(nestApp('express', [], [scoped]), /resolve dependencies/);
  });

  test('lets nothing pass that is no HTTP handler', async () => {
    const options = { issuer: 'x', audience: 'y', secret: 'x'.repeat(32) };
    const app = await nestApp('express', [JotgateModule.forRoot(options)], [controllerOf({})]);
    const context = /** @type {any} */ ({ getHandler: () => () => {}, getClass: () => Inject, getType: () => 'rpc' });
    await assert.rejects(app.get(JotgateGuard).canActivate(context), { code: 'internal_error' });
    await app.close();
  });
});
