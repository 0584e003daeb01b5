// The small services in `examples`, as programs of their own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { describe, test } from 'node:test';
import { credentials, makeGenericClientConstructor, Metadata } from '@grpc/grpc-js';
import { eventOf } from '../conformance/lambda.mjs';
import { AUDIENCE, startIssuer } from './support/issuer.mjs';
import { transpiled } from './support/transpiled.mjs';

/** @import { TestContext } from 'node:test' */
/** @import { Issuer } from './support/issuer.mjs' */

const root = new URL('..', import.meta.url);

/** @param {Issuer} issuer */
const environment = (issuer) => ({ ISSUER: issuer.url, AUDIENCE, JWKS_URI: issuer.jwksUri, PORT: '0' });

/** Where it listens. @param {TestContext} t @param {Issuer} issuer @param {string} name */
async function start(t, issuer, name) {
  const file = new URL(`examples/${name}`, root);
  const how = name.endsWith('.mts')
    ? ['--input-type=module', '--eval', transpiled(await readFile(file, 'utf8'))]
    : [`examples/${name}`];
  const child = spawn(process.execPath, how, {
    cwd: root,
    env: { ...process.env, ...environment(issuer) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill());
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return /http:\S+/.exec(line)?.[0] ?? assert.fail(line);
}

describe('the examples', () => {
  for (const [name, answer] of /** @type {[string, object][]} */ ([
    ['hono-app.mjs', { sub: 'alice' }],
    ['nest-app.mts', { sub: 'alice' }],
    ['passport-app.mjs', { user: { name: 'Alice' } }],
    ['web-app.mjs', { sub: 'alice' }],
  ])) {
    test(name, async (t) => {
      const issuer = await startIssuer(t);
      const url = `${await start(t, issuer, name)}/orders`;
      const get = async (/** @type {object} */ claims) =>
        fetch(url, { headers: { Authorization: `Bearer ${await issuer.mint(claims)}` } });
      const good = await get({ scope: 'orders:read' });
      assert.deepEqual([good.status, await good.json()], [200, answer]);
      const poor = await get({});
      assert.equal(poor.status, 403);
      assert.match(poor.headers.get('WWW-Authenticate') ?? '', /scope="orders:read"$/);
      assert.equal((await fetch(url)).status, 401);
    });
  }

  test('grpc-server.mjs', async (t) => {
    const issuer = await startIssuer(t);
    const { host } = new URL(await start(t, issuer, 'grpc-server.mjs'));
    const serialize = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value));
    const deserialize = (/** @type {Buffer} */ bytes) => JSON.parse(String(bytes));
    const list = {
      path: '/shop.Orders/List',
      requestStream: false,
      responseStream: false,
      requestSerialize: serialize,
      requestDeserialize: deserialize,
      responseSerialize: serialize,
      responseDeserialize: deserialize,
    };
    /** @type {any} */
    const client = new (makeGenericClientConstructor({ list }, 'shop.Orders'))(host, credentials.createInsecure());
    t.after(() => client.close());
    const ask = async (/** @type {object} */ claims) => {
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${await issuer.mint(claims)}`);
      return new Promise((resolve) => {
        client.list({}, metadata, (/** @type {any} */ error, /** @type {any} */ answer) =>
          resolve(answer ?? error.details),
        );
      });
    };
    assert.deepEqual(await ask({ scope: 'orders:read' }), { sub: 'alice' });
    assert.equal(await ask({}), 'insufficient_scope');
  });

  test('lambda-handler.mjs', async (t) => {
    const issuer = await startIssuer(t);
    Object.assign(process.env, environment(issuer));
    const { authorize, handler } = await import('../examples/lambda-handler.mjs');
    const token = await issuer.mint({ scope: 'orders:read' });
    const headersDistinct = { authorization: [`Bearer ${token}`] };
    const event = eventOf(/** @type {any} */ ({ method: 'GET', url: '/orders', headersDistinct }));
    const answer = await handler(event, {});
    assert.deepEqual([answer.statusCode, JSON.parse(answer.body)], [200, { sub: 'alice' }]);
    const methodArn = 'arn:aws:execute-api:eu-west-1:123456789012:abcdef123/prod/GET/orders';
    const policy = await authorize({ type: 'TOKEN', methodArn, authorizationToken: `Bearer ${token}` });
    assert.equal(policy.principalId, 'alice');
  });
});
