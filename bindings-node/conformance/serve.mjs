// Serves HTTP exchanges through a middleware: serve.mjs MIDDLEWARE FILE. See `tests/conformance/exchanges.py`.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import process from 'node:process';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { createValidatorFromPolicy } from 'jotgate';
import { auth } from 'jotgate/express';
import jotgate from 'jotgate/fastify';
import { auth as honoAuth } from 'jotgate/hono';
import { auth as httpAuth } from 'jotgate/http';
import { auth as koaAuth } from 'jotgate/koa';
import { auth as lambdaAuth } from 'jotgate/lambda';
import { JotgateModule } from 'jotgate/nestjs';
import { auth as webAuth } from 'jotgate/web';
import { functionUrl } from './lambda.mjs';
import { nestHandler } from './nest.mjs';

/**
 * @typedef {object} Exchange
 * @property {string} id
 * @property {import('jotgate').PolicyDocument} policy
 * @property {Record<string, import('jotgate').FetcherResponse>} responses
 * @property {number} now
 */

/** @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} Handler */

/**
 * What the application saw of a request.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('jotgate').Verified | undefined} auth
 */
const seen = ({ headers, url = '' }, auth) => ({
  claims: auth?.payload ?? null,
  fields: headers,
  query: url.split('?')[1] ?? '',
});

/**
 * The same of a request of `fetch`.
 * @param {Request} request
 * @param {import('jotgate').Verified | undefined} auth
 */
const told = ({ headers, url }, auth) => ({
  claims: auth?.payload ?? null,
  fields: Object.fromEntries(headers),
  query: url.split('?')[1] ?? '',
});

/** @type {Record<string, (validator: import('jotgate').Validator) => Handler | Promise<Handler>>} */
const middlewares = {
  express: (validator) => {
    const app = express();
    app.use(auth(validator));
    app.use((request, response) => void response.json(seen(request, request.auth)));
    return app;
  },
  fastify: async (validator) => {
    const app = Fastify();
    await app.register(jotgate, { validator });
    app.setNotFoundHandler((request, reply) => reply.code(200).send(seen(request.raw, request.auth)));
    await app.ready();
    return (request, response) => app.routing(request, response);
  },
  hono: (validator) => {
    const app = new Hono();
    app.use(honoAuth(validator));
    app.all('*', (c) => c.json(told(c.req.raw, c.var.auth)));
    return getRequestListener(app.fetch);
  },
  http: (validator) =>
    httpAuth(validator, (request, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(seen(request, request.auth)));
    }),
  koa: (validator) => {
    const app = new Koa();
    app.use(koaAuth(validator));
    app.use((ctx) => void (ctx.body = seen(ctx.req, ctx.state['auth'])));
    return app.callback();
  },
  lambda: (validator) =>
    functionUrl(
      lambdaAuth(validator, (/** @type {any} */ event) => ({
        statusCode: 200,
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
          claims: event.auth?.payload ?? null,
          fields: event.headers,
          query: event.rawQueryString,
        }),
      })),
    ),
  'nestjs-express': (validator) =>
    nestHandler('express', [JotgateModule.forRoot(validator)], { '{*rest}': { serve: seen } }),
  'nestjs-fastify': (validator) => nestHandler('fastify', [JotgateModule.forRoot(validator)], { '*': { serve: seen } }),
  web: (validator) => {
    const protect = webAuth(validator);
    return getRequestListener((request) => protect(request, (request, auth) => Response.json(told(request, auth))));
  },
};

const [name = '', file = ''] = process.argv.slice(2);
const make = middlewares[name];
if (make === undefined) throw new Error(`there is no middleware ${name}`);
/** @type {{ exchanges: Exchange[] }} */
const { exchanges } = JSON.parse(readFileSync(file, 'utf8'));
const handlers = new Map();
for (const exchange of exchanges) handlers.set(exchange.id, await make(validatorOf(exchange)));
const server = createServer((request, response) =>
  handlers.get(String(request.headers['x-exchange']))?.(request, response),
);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : null }));
});
process.stdin.resume().on('end', () => process.exit());

/** @param {Exchange} exchange */
function validatorOf({ policy, responses, now }) {
  return createValidatorFromPolicy(policy, {
    clock: () => now * 1000,
    fetch: ({ url }) => {
      const answer = responses[url];
      if (answer === undefined) throw new Error(`nobody listens at ${url}`);
      return answer;
    },
  });
}
