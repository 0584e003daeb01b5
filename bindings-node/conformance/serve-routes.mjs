// Serves an application with routes behind a middleware: serve-routes.mjs FRAMEWORK FILE. See `tests/conformance/targets.py`.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import process from 'node:process';
import Router from '@koa/router';
import express from 'express';
// @ts-expect-error There are no types of this name.
import express4 from 'express4';
import Fastify from 'fastify';
import Fastify4 from 'fastify4';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import Koa from 'koa';
import { createValidatorFromPolicy } from 'jotgate';
import { auth } from 'jotgate/express';
import jotgate from 'jotgate/fastify';
import { auth as honoAuth } from 'jotgate/hono';
import { auth as httpAuth } from 'jotgate/http';
import { auth as koaAuth } from 'jotgate/koa';

/** @typedef {import('jotgate').Validator} Validator */
/** @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} Handler */

const NAMES = new Map([
  ['GET /orders', 'orders.list'],
  ['POST /orders', 'orders.create'],
  ['GET /health', 'health'],
  ['GET /catalog', 'catalog'],
  ['GET /open', 'open'],
]);

/**
 * Which handler ran, and for whom.
 * @param {string} handler
 * @param {import('jotgate').Verified | undefined} verified
 */
const told = (handler, verified) => ({
  'X-Handler': handler,
  'X-Subject': String(verified?.payload['sub'] ?? 'none'),
});

/**
 * What stands in front of the policy, as it has to: the method by a header field, and paths of former days.
 * @param {import('node:http').IncomingMessage} request
 */
function rewrite(request) {
  const method = request.headers['x-http-method-override'];
  if (typeof method === 'string') request.method = method;
  request.url = request.url?.replace(/^\/legacy(?=\/)/, '');
}

/** @type {(framework: typeof express) => (validator: Validator, mount: string) => Handler} */
const withExpress = (framework) => (validator, mount) => {
  /** @type {(name: string) => import('express').RequestHandler} */
  const run = (name) => (request, response) => void response.set(told(name, request.auth)).send(name);
  const admin = framework.Router();
  admin.use(run('admin'));
  const router = framework.Router();
  router.use(auth(validator));
  router.get('/orders', run('orders.list'));
  router.post('/orders', run('orders.create'));
  router.get('/orders/:id', run('orders.one'));
  router.use('/admin', admin);
  router.get('/health', run('health'));
  router.get('/catalog', run('catalog'));
  router.get('/open', run('open'));
  const app = framework();
  // It prints what went wrong, such as escapes that cannot be resolved, unless it runs for tests.
  app.set('env', 'test');
  app.use((request, _response, next) => {
    rewrite(request);
    next();
  });
  app.use(mount || '/', router);
  return app;
};

/** @type {(app: import('fastify').FastifyInstance, validator: Validator, mount: string) => Promise<Handler>} */
const withFastify = async (app, validator, mount) => {
  await app.register(
    async (scope) => {
      await scope.register(jotgate, { validator });
      /** @type {(name: string) => import('fastify').RouteHandlerMethod} */
      const run = (name) => (request, reply) => reply.headers(told(name, request.auth)).send(name);
      scope.get('/orders', run('orders.list'));
      scope.post('/orders', run('orders.create'));
      scope.get('/orders/:id', run('orders.one'));
      scope.all('/admin/*', run('admin'));
      scope.get('/health', run('health'));
      scope.get('/catalog', run('catalog'));
      scope.get('/open', run('open'));
    },
    { prefix: mount },
  );
  await app.ready();
  return (request, response) => app.routing(request, response);
};

/** @type {Record<string, (validator: Validator, mount: string) => Handler | Promise<Handler>>} */
const frameworks = {
  express: withExpress(express),
  express4: withExpress(express4),
  fastify: (validator, mount) => withFastify(Fastify(), validator, mount),
  // As lenient as it can be made. A semicolon begins its query anyway.
  fastify4: (validator, mount) => {
    const lenient = { caseSensitive: false, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true };
    return withFastify(/** @type {any} */ (Fastify4(lenient)), validator, mount);
  },
  hono: (validator, mount) => {
    /** @type {(name: string) => (c: import('hono').Context) => Response} */
    const run = (name) => (c) => c.text(name, 200, told(name, c.var.auth));
    const routes = new Hono();
    routes.use(honoAuth(validator));
    routes.get('/orders', run('orders.list'));
    routes.post('/orders', run('orders.create'));
    routes.get('/orders/:id', run('orders.one'));
    routes.all('/admin/*', run('admin'));
    routes.get('/health', run('health'));
    routes.get('/catalog', run('catalog'));
    routes.get('/open', run('open'));
    const app = new Hono();
    app.route(mount || '/', routes);
    const listener = getRequestListener(app.fetch);
    return (request, response) => {
      rewrite(request);
      void listener(request, response);
    };
  },
  // What is written without a framework: the path as `URL` reads it.
  http: (validator, mount) =>
    httpAuth(validator, (request, response) => {
      const pathname = pathOf(request.url ?? '', mount);
      const method = request.method === 'HEAD' ? 'GET' : String(request.method);
      const order = /^\/orders\/[^/]+$/.test(pathname);
      const name =
        NAMES.get(`${method} ${pathname}`) ??
        (pathname.startsWith('/admin/') ? 'admin' : method === 'GET' && order ? 'orders.one' : undefined);
      if (name === undefined) response.writeHead(404).end();
      else response.writeHead(200, told(name, request.auth)).end(name);
    }),
  koa: (validator, mount) => {
    /** @type {(name: string) => (ctx: import('koa').Context) => void} */
    const run = (name) => (ctx) => {
      ctx.set(told(name, ctx.state['auth']));
      ctx.body = name;
    };
    const router = new Router(mount ? { prefix: mount } : {});
    router.get('/orders', run('orders.list'));
    router.post('/orders', run('orders.create'));
    router.get('/orders/:id', run('orders.one'));
    router.all('/admin/{*rest}', run('admin'));
    router.get('/health', run('health'));
    router.get('/catalog', run('catalog'));
    router.get('/open', run('open'));
    const app = new Koa();
    app.silent = true;
    app.use((ctx, next) => {
      rewrite(ctx.req);
      return next();
    });
    app.use(koaAuth(validator));
    app.use(router.routes());
    app.use(router.allowedMethods());
    return app.callback();
  },
};

/**
 * The path below the mount; empty for what is no URL or lies elsewhere.
 * @param {string} target
 * @param {string} mount
 */
function pathOf(target, mount) {
  try {
    const { pathname } = new URL(target, 'http://localhost');
    return pathname.startsWith(`${mount}/`) ? pathname.slice(mount.length) : '';
  } catch {
    return '';
  }
}

const [name = '', file = ''] = process.argv.slice(2);
const make = frameworks[name];
if (make === undefined) throw new Error(`there is no framework ${name}`);
/** @type {{ exchanges: { id: string, mount: string, policy: import('jotgate').PolicyDocument, now: number }[] }} */
const { exchanges } = JSON.parse(readFileSync(file, 'utf8'));
const handlers = new Map();
for (const { id, mount, policy, now } of exchanges)
  handlers.set(id, await make(createValidatorFromPolicy(policy, { clock: () => now * 1000 }), mount));
const server = createServer((request, response) =>
  handlers.get(String(request.headers['x-exchange']))?.(request, response),
);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : null }));
});
process.stdin.resume().on('end', () => process.exit());
