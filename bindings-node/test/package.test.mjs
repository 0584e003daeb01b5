import assert from 'node:assert/strict';
import { copyFile, cp, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import * as fromImport from 'jotgate';
import * as edgeFromImport from 'jotgate/edge';
import * as expressFromImport from 'jotgate/express';
import * as fastifyFromImport from 'jotgate/fastify';
import * as grpcFromImport from 'jotgate/grpc';
import * as honoFromImport from 'jotgate/hono';
import * as httpFromImport from 'jotgate/http';
import * as koaFromImport from 'jotgate/koa';
import * as lambdaFromImport from 'jotgate/lambda';
import * as nestjsFromImport from 'jotgate/nestjs';
import * as opentelemetryFromImport from 'jotgate/opentelemetry';
import * as passportFromImport from 'jotgate/passport';
import * as promFromImport from 'jotgate/prom-client';
import * as testingFromImport from 'jotgate/testing';
import * as webFromImport from 'jotgate/web';
import { install, pack } from './support/installed.mjs';
import { run } from './support/run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

test('import and require share their classes', () => {
  const fromRequire = require('jotgate');
  assert.equal(fromImport.createValidator, fromRequire.createValidator);
  assert.equal(fromImport.InvalidTokenError, fromRequire.InvalidTokenError);
  assert.equal(expressFromImport.auth, require('jotgate/express').auth);
  assert.equal(fastifyFromImport.default, require('jotgate/fastify').default);
  assert.equal(fastifyFromImport.jotgate, fastifyFromImport.default);
  assert.equal(httpFromImport.auth, require('jotgate/http').auth);
  assert.equal(grpcFromImport.auth, require('jotgate/grpc').auth);
  assert.equal(honoFromImport.auth, require('jotgate/hono').auth);
  assert.equal(lambdaFromImport.auth, require('jotgate/lambda').auth);
  assert.equal(nestjsFromImport.JotgateModule, require('jotgate/nestjs').JotgateModule);
  assert.equal(passportFromImport.Strategy, require('jotgate/passport').Strategy);
  assert.equal(webFromImport.auth, require('jotgate/web').auth);
  assert.equal(koaFromImport.auth, require('jotgate/koa').auth);
  assert.equal(opentelemetryFromImport.instrument, require('jotgate/opentelemetry').instrument);
  assert.equal(promFromImport.collectMetrics, require('jotgate/prom-client').collectMetrics);
  assert.equal(testingFromImport.Issuer, require('jotgate/testing').Issuer);
});

test('a bundle that left the native part behind says so', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-bundle-'));
  t.after(() => rm(folder, { recursive: true }));
  const packed = join(folder, 'bundle.cjs');
  await copyFile(join(root, 'dist', 'addon.js'), packed);
  assert.throws(
    () => require(packed).loadAddon(),
    /a bundler has packed jotgate and left it behind; mark jotgate as external/,
  );
});

test('nothing but the documented names is exported', () => {
  const names = (/** @type {object} */ module) =>
    Object.keys(module).filter((name) => !/^(default|module.exports|__esModule)$/.test(name));
  assert.deepEqual(names(fromImport).sort(), [
    'ImportError',
    'InsufficientScopeError',
    'InternalError',
    'InvalidClaimError',
    'InvalidSignatureError',
    'InvalidTokenError',
    'JotgateError',
    'KeysUnavailableError',
    'MissingTokenError',
    'PolicyError',
    'Requirement',
    'RevokedTokenError',
    'SnapshotError',
    'TokenExpiredError',
    'axiosFetcher',
    'createValidator',
    'createValidatorFromFile',
    'createValidatorFromPolicy',
    'fetchWith',
    'importPolicy',
    'lint',
    'policyJson',
    'products',
    'schema',
    'shadow',
  ]);
  const guards = ['claimCheck', 'claimEquals', 'claimIncludes', 'requiredScopes', 'requires', 'scopeIncludesAny'];
  assert.deepEqual(names(expressFromImport).sort(), ['auth', ...guards]);
  const elsewhere = /^(axiosFetcher|createValidatorFromFile|ImportError|importPolicy|products)$/;
  assert.deepEqual(
    names(edgeFromImport).sort(),
    ['auth', 'init', ...guards, ...names(fromImport).filter((name) => !elsewhere.test(name))].sort(),
  );
  assert.deepEqual(names(fastifyFromImport).sort(), [...guards, 'jotgate'].sort());
  assert.deepEqual(names(grpcFromImport).sort(), ['auth', 'authOf', ...guards]);
  assert.deepEqual(names(honoFromImport).sort(), ['auth', ...guards]);
  assert.deepEqual(names(httpFromImport).sort(), ['auth', ...guards]);
  assert.deepEqual(names(lambdaFromImport).sort(), ['auth', 'authorizer', ...guards]);
  assert.deepEqual(names(passportFromImport), ['Strategy']);
  assert.deepEqual(names(webFromImport).sort(), ['auth', ...guards]);
  assert.deepEqual(names(nestjsFromImport).sort(), [
    'ClaimCheck',
    'ClaimEquals',
    'ClaimIncludes',
    'InjectValidator',
    'JotgateGuard',
    'JotgateModule',
    'Public',
    'RequireAnyScope',
    'RequireScopes',
    'Requires',
    'TokenRefusedException',
    'TokenRefusedFilter',
    'Verified',
  ]);
  assert.deepEqual(names(koaFromImport).sort(), ['auth', ...guards]);
  assert.deepEqual(names(opentelemetryFromImport), ['instrument']);
  assert.deepEqual(names(promFromImport), ['collectMetrics']);
  assert.deepEqual(names(testingFromImport).sort(), ['Issuer', 'recipes']);
  assert.throws(() => require('jotgate/dist/native.js'), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' });
});

test('esbuild takes it along as external, and a bundle without the native part names what to do', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-esbuild-'));
  t.after(() => rm(folder, { recursive: true }));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const source = join(folder, 'app.mjs');
  await writeFile(
    source,
    `import { createValidator } from 'jotgate';
    console.log(createValidator({ issuer: 'me', audience: 'any', secret: 'x'.repeat(32) }).tryValidateSync('x').code);`,
  );
  const alias = { jotgate: join(root, 'dist', 'index.js') };
  /** @type {import('esbuild').BuildOptions} */
  const settings = { entryPoints: [source], bundle: true, platform: 'node', logLevel: 'silent' };
  await build({ ...settings, outfile: join(folder, 'packed', 'app.cjs'), alias });
  const packed = await run(process.execPath, [join(folder, 'packed', 'app.cjs')], { cwd: folder });
  assert.match(
    packed.stderr,
    /a bundler has packed jotgate.*esbuild: --external:jotgate; webpack: externals.*--loader:.node=copy/,
  );
  await cp(join(root, 'native'), join(folder, 'native'), { recursive: true });
  const copied = await run(process.execPath, [join(folder, 'packed', 'app.cjs')], { cwd: folder });
  assert.equal(copied.stdout, 'malformed_token\n', copied.stderr);
  // In this tree the package itself is found by its own name.
  const outfile = join(root, 'dist', `bundle-${process.pid}.mjs`);
  t.after(() => rm(outfile));
  await build({ ...settings, outfile, format: 'esm', external: ['jotgate'] });
  const external = await run(process.execPath, [outfile], { cwd: folder });
  assert.equal(external.stdout, 'malformed_token\n', external.stderr);
});

describe('the packed package, installed in a project of its own', () => {
  let project = '';

  before(async () => {
    const { folder, main, native } = await pack();
    project = await install([main, native]);
    await rm(folder, { recursive: true });
  });

  after(() => rm(project, { recursive: true }));

  test('holds what users need and nothing else', async () => {
    const files = await readdir(join(project, 'node_modules', 'jotgate'), { recursive: true, withFileTypes: true });
    const names = files.filter((file) => file.isFile()).map(({ name }) => name);
    for (const name of names)
      assert.match(
        name,
        /^(README\.md|package\.json|LICENSE.*|THIRD-PARTY-LICENSES|jotgate\.cdx\.json|jotgate\.wasm|.+\.(js|mjs|d\.ts|d\.mts))$/,
      );
    for (const name of [
      'README.md',
      'LICENSE-APACHE',
      'LICENSE-MIT',
      'THIRD-PARTY-LICENSES',
      'jotgate.cdx.json',
      'index.js',
      'index.mjs',
      'index.d.ts',
      'index.d.mts',
      'edge.mjs',
      'edge.js',
      'edge.d.mts',
      'edge.d.ts',
      'jotgate.wasm',
    ])
      assert.ok(names.includes(name));
    const { dependencies, devDependencies, optionalDependencies, scripts, version } = JSON.parse(
      readFileSync(join(project, 'node_modules', 'jotgate', 'package.json'), 'utf8'),
    );
    assert.deepEqual([dependencies, devDependencies, scripts], [undefined, undefined, undefined]);
    const natives = await readdir(join(project, 'node_modules', '@jotgate'));
    assert.deepEqual(optionalDependencies, Object.fromEntries(natives.map((name) => [`@jotgate/${name}`, version])));
  });

  const use = `
    const outcome = createValidator({ issuer: 'me', audience: 'any', secret: 'x'.repeat(32) }).tryValidateSync('x');
    console.log(outcome.code, typeof auth);`;
  /** @type {[string, string, string][]} */
  const programs = [
    ['import', 'use.mjs', `import { createValidator } from 'jotgate'; import { auth } from 'jotgate/express'; ${use}`],
    [
      'require',
      'use.cjs',
      `const { createValidator } = require('jotgate'); const { auth } = require('jotgate/express'); ${use}`,
    ],
    [
      'import at the edge',
      'edge.mjs',
      `import { auth, createValidator, init } from 'jotgate/edge'; await init(); ${use}`,
    ],
    [
      'require at the edge',
      'edge.cjs',
      `const { auth, createValidator, init } = require('jotgate/edge'); init().then(() => { ${use} });`,
    ],
  ];
  for (const [kind, file, source] of programs) {
    test(`works by ${kind}`, async () => {
      await writeFile(join(project, file), source);
      const { stdout, stderr } = await run(process.execPath, [file], { cwd: project });
      assert.equal(stdout, 'malformed_token function\n', stderr);
    });
  }

  test('brings the program jotgate', async () => {
    const { code, stdout } = await run(join(project, 'node_modules', '.bin', 'jotgate'), ['--version'], {
      cwd: project,
    });
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    assert.deepEqual([code, stdout], [0, `jotgate ${version}\n`]);
  });

  test('has types that serve ECMAScript and CommonJS, claims and Express', async () => {
    for (const name of [
      '@grpc',
      '@nestjs',
      '@opentelemetry',
      '@types',
      'axios',
      'fastify',
      'hono',
      'prom-client',
      'undici',
    ]) {
      await symlink(join(root, 'node_modules', name), join(project, 'node_modules', name));
    }
    const source = `
      import express from 'express';
      import axios from 'axios';
      import { axiosFetcher, createValidator, fetchWith, InvalidTokenError } from 'jotgate';
      import type { Fetcher, KeyStore, Outcome, RejectionCode, Validator } from 'jotgate';
      import { Agent, fetch } from 'undici';
      import fastify from 'fastify';
      import { createServer } from 'node:http';
      import Koa from 'koa';
      import { auth, claimCheck, claimEquals, claimIncludes, requires } from 'jotgate/express';
      import { jotgate, requiredScopes } from 'jotgate/fastify';
      import { Server } from '@grpc/grpc-js';
      import { Controller, Get, Module } from '@nestjs/common';
      import type { APIGatewayProxyHandlerV2, APIGatewayProxyResult, APIGatewayProxyEvent, Context } from 'aws-lambda';
      import { Hono } from 'hono';
      import { auth as interceptor, authOf, claimCheck as checked } from 'jotgate/grpc';
      import { auth as honoAuth, requiredScopes as honoScopes } from 'jotgate/hono';
      import { auth as guard, requiredScopes as listenerScopes } from 'jotgate/http';
      import { auth as lambdaAuth, authorizer, requiredScopes as eventScopes } from 'jotgate/lambda';
      import { JotgateModule, RequireScopes, Verified } from 'jotgate/nestjs';
      import { Strategy } from 'jotgate/passport';
      import { auth as webAuth, requiredScopes as requestScopes } from 'jotgate/web';
      import { shadow } from 'jotgate';
      import passport from 'passport';
      import { auth as koaAuth, scopeIncludesAny, type AuthState } from 'jotgate/koa';
      import { instrument } from 'jotgate/opentelemetry';
      import { collectMetrics } from 'jotgate/prom-client';
      import { Issuer, type Bad } from 'jotgate/testing';
      import { metrics } from '@opentelemetry/api';
      import { auth as edgeAuth, createValidator as create, init, type Protect, type Verified as EdgeVerified } from 'jotgate/edge';
      import wasm from 'jotgate/edge.wasm';
      import { Registry } from 'prom-client';
      export const validator: Validator = createValidator({ issuer: 'a', audience: ['b'], jwksUri: new URL('https://c/') });
      export const issuer = new Issuer({ policy: { version: 1, issuers: [{ issuer: 'a', audience: 'b' }] }, now: new Date() });
      export const bad: Bad = issuer.bad('expired', { path: '/orders' });
      createValidator({ issuer: issuer.name, audience: 'b', fetch: issuer.fetch });
      export const fetchers: Fetcher[] = [
        fetchWith(fetch, { dispatcher: new Agent(), headers: { a: 'b' } }),
        fetchWith(globalThis.fetch, { cache: 'no-store' }),
        axiosFetcher(axios.create({ timeout: 1 })),
      ];
      // @ts-expect-error -- redirects are not followed
      fetchWith(fetch, { redirect: 'follow' });
      export const store: KeyStore = { load: () => Promise.resolve(null), save: () => {} };
      createValidator({ issuer: 'a', audience: 'b', secret: 'c', store: { load: () => 'text', save: async () => {} } });
      // @ts-expect-error -- a store has two functions
      createValidator({ issuer: 'a', audience: 'b', secret: 'c', store: { load: () => 'text' } });
      export async function tenant(token: string): Promise<string> {
        const { payload } = await validator.validate<{ tenant: string }>(token, { asOf: new Date() });
        const expires: number | undefined = payload.exp;
        return payload.tenant + String(expires);
      }
      export function code(outcome: Outcome): RejectionCode | 'keys_unavailable' | undefined {
        return outcome.ok ? undefined : outcome.code;
      }
      export const isExpired = (error: unknown): boolean => error instanceof InvalidTokenError && error.code === 'expired';
      express().use(auth({ issuerBaseURL: 'a', audience: 'b', tokenSigningAlg: 'RS256', authRequired: false })).use(auth());
      express().get('/', claimEquals('a', 1), claimIncludes(['a', 'b'], 'c'), claimCheck(({ sub }) => sub === 'd'));
      express().post('/', requires({ scopes: { any: ['a'] }, claims: [{ claim: 'b', min: 1 }] }), auth({ validator }));
      // @ts-expect-error -- what a guard asks for has members
      requires({ scope: 'a' });
      // @ts-expect-error -- an option that does not exist
      auth({ issuerBaseUrl: 'a' });
      express().use(auth(validator)).get('/', (req, res) => void res.json(req.auth?.payload.sub));
      const stops: (() => void)[] = [
        instrument(validator, { meterProvider: metrics.getMeterProvider() }),
        collectMetrics(validator, { register: new Registry() }),
      ];
      validator.subscribe((event) => void ('source' in event ? event.source : event.event));
      for (const stop of stops) stop();
      new Server({ interceptors: [interceptor(validator, { endStreamsAtExpiry: false })] });
      export const check = checked(({ sub }) => sub === 'a')((call: import('@grpc/grpc-js').ServerUnaryCall<object, object>, done: import('@grpc/grpc-js').sendUnaryData<object>) => done(null, { sub: authOf(call)?.payload.sub }));
      new Hono().use(honoAuth(validator)).get('/', honoScopes('a'), (c) => c.json({ sub: c.var.auth?.payload.sub }));
      export const v2: APIGatewayProxyHandlerV2 = lambdaAuth({ validator, basePath: '/v1' }, async (event) => ({ statusCode: 200, body: event.rawPath + String(event.auth?.payload.sub) }));
      export const v1 = lambdaAuth(validator, eventScopes('a')(async (event: APIGatewayProxyEvent, _context: Context): Promise<APIGatewayProxyResult> => ({ statusCode: 200, body: event.path })));
      export const simple: Promise<boolean> = authorizer(validator, { simple: true })({}).then(({ isAuthorized }) => isAuthorized);
      passport.use(new Strategy({ issuer: 'a', audience: 'b' }, (verified) => ({ id: verified.payload.sub })));
      export const GET = (request: Request): Promise<Response> => webAuth(validator)(request, requestScopes('a')((_request, verified) => Response.json({ sub: verified?.payload.sub })));
      export const ready: Promise<void>[] = [init(), init(wasm), init(new URL('https://a/')), init(fetch('https://a/'))];
      export const edge: Protect = edgeAuth(create({ issuer: 'a', audience: 'b', waitUntil: (work) => void work.then(() => 1) }));
      export const answer = (request: Request): Promise<Response> => edge(request, (_, verified: EdgeVerified | undefined) => Response.json(verified?.payload.sub));
      export const both: (token: string, other: number) => Promise<{ sub: string }> = shadow(validator, async (token: string, other: number) => ({ sub: token + other }), ({ jotgate, hint }) => [jotgate, hint]);
      @Controller()
      export class Orders {
        @RequireScopes('orders:read')
        @Get('orders')
        list(@Verified() token: Verified, @Verified('sub') sub: string): object {
          return { sub, same: token.payload.sub };
        }
      }
      @Module({ imports: [JotgateModule.forRoot({ issuer: 'a', audience: 'b', global: false }), JotgateModule.forRootAsync({ useFactory: () => validator })], controllers: [Orders] })
      export class App {}
      // @ts-expect-error -- an option that does not exist
      JotgateModule.forRoot({ issuer: 'a', audiance: 'b' });
      createServer(guard(validator, listenerScopes('a')((req, res) => res.end(req.auth?.payload.sub))));
      const koa = new Koa<AuthState>();
      koa.use(koaAuth(validator)).use(scopeIncludesAny('a', 'b')).use((ctx) => void (ctx.body = ctx.state.auth?.payload.sub));
      new Koa().use(koaAuth({ issuer: 'a', audience: 'b', secret: 'c' }));
      createServer(guard(validator, (req, res) => res.end(req.auth?.payload.sub)));
      export async function start(): Promise<void> {
        const app = fastify();
        await app.register(jotgate, { validator, global: false });
        await app.register(jotgate, { issuer: 'a', audience: 'b', secret: 'c', prefix: '/d' });
        app.get('/', { onRequest: [app.authenticate] }, (request) => request.auth?.payload.sub);
        app.get('/d', { preHandler: requiredScopes('d') }, (request) => request.auth?.scopes);
        // @ts-expect-error -- an option that does not exist
        await app.register(jotgate, { issuer: 'a', audiance: 'c' });
      }
      // @ts-expect-error -- an option that does not exist
      createValidator({ issuer: 'a', audience: 'b', audiance: 'c' });
      // @ts-expect-error -- the audience is required
      createValidator({ issuer: 'a' });`;
    await writeFile(join(project, 'use.mts'), source);
    await writeFile(join(project, 'use.cts'), source);
    const compilerOptions = {
      strict: true,
      module: 'nodenext',
      target: 'es2022',
      types: ['node'],
      noEmit: true,
      exactOptionalPropertyTypes: true,
      esModuleInterop: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      // The types of Koa do not fit those of the packages that they use.
      skipLibCheck: true,
    };
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.mts', 'use.cts'] }));
    const { code, stdout } = await run(process.execPath, [require.resolve('typescript/bin/tsc')], { cwd: project });
    assert.equal(code, 0, stdout);
  });
});
