// The same small service under each framework: GET /orders for those with a good token, errors told by a handler.
import { createServer } from 'node:http';
import { once } from 'node:events';
import express5 from 'express';
import Fastify5 from 'fastify';
import Koa3 from 'koa';
import { auth as expressAuth } from 'jotgate/express';
import jotgate from 'jotgate/fastify';
import { auth as httpAuth } from 'jotgate/http';
import { auth as koaAuth } from 'jotgate/koa';
import Fastify4 from 'fastify4';
// @ts-expect-error -- Express 4 is here under a second name, for which there are no types.
import express4 from 'express4';
// @ts-expect-error -- Koa 2 is here under a second name, for which there are no types.
import Koa2 from 'koa2';

/** @import { TestContext } from 'node:test' */
/** @import { Validator, ValidatorOptions, Verified } from 'jotgate' */
/** @import { AddressInfo } from 'node:net' */

/** @param {Verified | undefined} auth */
const order = (auth) => ({ sub: auth?.payload.sub ?? null, kid: auth?.header.kid ?? null });

/**
 * What an application can see of a request in all the forms that it has.
 * @param {import('node:http').IncomingMessage} request @param {unknown} query @param {string} [originalUrl]
 */
const echo = (request, query, originalUrl = request.url) => ({
  headers: request.headers,
  distinct: request.headersDistinct,
  raw: request.rawHeaders,
  url: request.url,
  originalUrl,
  query,
});

/** @param {any} error @param {(error: any) => boolean} isExpired */
const told = (error, isExpired) => ({ code: error.code, expired: isExpired(error) });

/**
 * @typedef {object} Framework
 * @property {string} name
 * @property {boolean} forwards Whether errors can be handed to a handler of the application.
 * @property {(t: TestContext, guard: Validator | ValidatorOptions, settings?: { forwardErrors?: boolean, isExpired?: (error: unknown) => boolean }) => Promise<string>} start
 */

/** @param {TestContext} t @param {import('node:http').Server} server */
async function listen(t, server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`;
}

/** @param {string} name @param {typeof Koa3} Koa @returns {Framework} */
const koa = (name, Koa) => ({
  name,
  forwards: true,
  start(t, guard, { forwardErrors = false, isExpired = () => false } = {}) {
    const app = new Koa();
    app.use(async (ctx, next) => {
      try {
        await next();
      } catch (error) {
        ctx.status = 418;
        ctx.body = told(error, isExpired);
      }
    });
    app.use(koaAuth(guard, { forwardErrors }));
    app.use((ctx) => {
      if (ctx.path === '/echo') ctx.body = echo(ctx.req, ctx.query, ctx.originalUrl);
      if (ctx.path === '/orders') ctx.body = order(ctx.state['auth']);
    });
    return listen(t, createServer(app.callback()));
  },
});

/** @param {string} name @param {typeof Fastify5} Fastify @returns {Framework} */
const fastify = (name, Fastify) => ({
  name,
  forwards: true,
  async start(t, guard, { forwardErrors = false, isExpired = () => false } = {}) {
    const app = Fastify();
    t.after(() => app.close());
    app.setErrorHandler((error, _request, reply) => void reply.code(418).send(told(error, isExpired)));
    const options =
      guard.constructor === Object
        ? /** @type {ValidatorOptions} */ (guard)
        : { validator: /** @type {Validator} */ (guard) };
    await app.register(jotgate, { ...options, forwardErrors });
    app.get('/echo', async (request) => echo(request.raw, request.query, request.originalUrl));
    app.get('/orders', async (request) => order(request.auth));
    return app.listen({ port: 0, host: '127.0.0.1' });
  },
});

/** @param {string} name @param {typeof express5} make @returns {Framework} */
const express = (name, make) => ({
  name,
  forwards: false,
  start(t, guard) {
    const app = make();
    app.use(expressAuth(guard));
    app.get('/echo', (request, response) => void response.json(echo(request, request.query, request.originalUrl)));
    app.get('/orders', (request, response) => void response.json(order(request.auth)));
    return listen(t, createServer(app));
  },
});

/** @type {Framework} */
const http = {
  name: 'node:http',
  forwards: false,
  start: (t, guard) =>
    listen(
      t,
      createServer(
        httpAuth(guard, (request, response) => {
          response.setHeader('Content-Type', 'application/json');
          const query = Object.fromEntries(new URL(request.url ?? '', 'http://x').searchParams);
          const isEcho = request.url?.startsWith('/echo');
          response.end(JSON.stringify(isEcho ? echo(request, query) : order(request.auth)));
        }),
      ),
    ),
};

/** @type {Framework[]} */
export const frameworks = [
  koa('Koa 3', Koa3),
  koa('Koa 2', Koa2),
  fastify('Fastify 5', Fastify5),
  fastify('Fastify 4', /** @type {any} */ (Fastify4)),
  express('Express 5', express5),
  express('Express 4', express4),
  http,
];
