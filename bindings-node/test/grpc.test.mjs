// The interceptor, with a real server and a real client.
import assert from 'node:assert/strict';
import { promisify } from 'node:util';
import { describe, test } from 'node:test';
import { credentials, makeGenericClientConstructor, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { createValidatorFromPolicy } from 'jotgate';
import { auth, authOf, claimCheck, requiredScopes } from 'jotgate/grpc';
import { AUDIENCE, seconds, startIssuer, until } from './support/issuer.mjs';

/** @import { TestContext } from 'node:test' */
/** @import { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js' */

/** Messages are JSON, so that there is nothing to generate. @param {string} name @param {boolean} [up] @param {boolean} [down] */
const method = (name, up = false, down = false) => ({
  path: `/shop.Orders/${name}`,
  requestStream: up,
  responseStream: down,
  requestSerialize: (/** @type {unknown} */ value) => Buffer.from(JSON.stringify(value)),
  requestDeserialize: (/** @type {Buffer} */ bytes) => JSON.parse(String(bytes)),
  responseSerialize: (/** @type {unknown} */ value) => Buffer.from(JSON.stringify(value)),
  responseDeserialize: (/** @type {Buffer} */ bytes) => JSON.parse(String(bytes)),
});

/** @type {ServiceDefinition} */
const served = {
  list: method('List'),
  create: method('Create'),
  check: method('Check'),
  watch: method('Watch', false, true),
  collect: method('Collect', true, false),
  chat: method('Chat', true, true),
  health: method('Health'),
};

/** @type {any} */
const Client = makeGenericClientConstructor({ ...served, lost: method('Lost') }, 'shop.Orders');

/**
 * @param {TestContext} t
 * @param {Parameters<typeof auth>} guard
 * @param {UntypedServiceImplementation} [methods]
 */
async function start(t, guard, methods = {}) {
  const server = new Server({ interceptors: [auth(...guard)] });
  const told = (/** @type {any} */ call, /** @type {any} */ done) =>
    done(null, { sub: authOf(call)?.payload.sub ?? null, user: call.metadata.get('x-user') });
  server.addService(served, {
    list: told,
    health: told,
    create: requiredScopes('write')(told),
    check: claimCheck(({ level }) => Number(level) > 2)(told),
    watch: requiredScopes('read')((/** @type {any} */ call) => {
      call.write({ sub: authOf(call)?.payload.sub });
      call.end();
    }),
    collect: told,
    chat: (/** @type {any} */ call) => {
      call.on('data', (/** @type {any} */ message) => call.write(message));
      call.on('end', () => call.end());
    },
    ...methods,
  });
  const port = await promisify(server.bindAsync.bind(server))('127.0.0.1:0', ServerCredentials.createInsecure());
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  t.after(() => {
    client.close();
    server.forceShutdown();
  });
  return client;
}

/** @param {string} [token] @param {Record<string, string>} [others] */
function fields(token, others = {}) {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  for (const [name, value] of Object.entries(others)) metadata.set(name, value);
  return metadata;
}

/** @param {any} client @param {string} name @param {Metadata} metadata @returns {Promise<any>} */
const ask = (client, name, metadata) =>
  new Promise((resolve) => {
    client[name]({}, metadata, (/** @type {any} */ error, /** @type {any} */ answer) =>
      resolve(error === null ? answer : refusal(error)),
    );
  });

/** @param {any} error */
const refusal = ({ code, details, metadata }) => [
  status[code],
  details,
  metadata.get('www-authenticate')[0],
  ...metadata.get('retry-after'),
];

/** What came, and how it ended. @param {any} call */
const all = (call) =>
  new Promise((resolve) => {
    /** @type {unknown[]} */
    const came = [];
    call.on('data', (/** @type {unknown} */ message) => came.push(message));
    call.on('error', (/** @type {any} */ error) => resolve([came, refusal(error)]));
    call.on('end', () => resolve([came]));
  });

describe('the interceptor for gRPC', () => {
  test('lets calls with a good token pass, and ends others with code and challenge', async (t) => {
    const issuer = await startIssuer(t);
    const client = await start(t, [issuer.options()]);
    assert.deepEqual(await ask(client, 'list', fields(await issuer.mint())), { sub: 'alice', user: [] });
    assert.deepEqual(await ask(client, 'list', fields()), ['UNAUTHENTICATED', 'missing_token', 'Bearer']);
    const [code, details, challenge] = await ask(client, 'list', fields(await issuer.mint({ exp: seconds() - 60 })));
    assert.deepEqual([code, details], ['UNAUTHENTICATED', 'expired']);
    assert.match(challenge, /^Bearer error="invalid_token"/);
    assert.deepEqual(await ask(client, 'lost', fields()), [
      'UNIMPLEMENTED',
      'The server does not implement the method /shop.Orders/Lost',
      undefined,
    ]);
  });

  test('streams of all kinds', async (t) => {
    const issuer = await startIssuer(t);
    const client = await start(t, [issuer.options()]);
    const metadata = fields(await issuer.mint({ scope: 'read' }));
    assert.deepEqual(await all(client.watch({}, metadata)), [[{ sub: 'alice' }]]);
    const collected = new Promise((resolve) => {
      const call = client.collect(metadata, (/** @type {any} */ _error, /** @type {any} */ answer) => resolve(answer));
      call.write({ n: 1 });
      call.end();
    });
    assert.deepEqual(await collected, { sub: 'alice', user: [] });
    const chat = client.chat(metadata);
    chat.write({ n: 1 });
    chat.write({ n: 2 });
    chat.end();
    assert.deepEqual(await all(chat), [[{ n: 1 }, { n: 2 }]]);
    assert.deepEqual(await all(client.chat(fields())), [[], ['UNAUTHENTICATED', 'missing_token', 'Bearer']]);
  });

  test('methods ask for scopes and claims', async (t) => {
    const issuer = await startIssuer(t);
    const client = await start(t, [issuer.options()]);
    const write = fields(await issuer.mint({ scope: 'write', level: 3 }));
    assert.deepEqual(await ask(client, 'create', write), { sub: 'alice', user: [] });
    assert.deepEqual(await ask(client, 'check', write), { sub: 'alice', user: [] });
    const poor = fields(await issuer.mint({ scope: 'x' }));
    const [code, details, challenge] = await ask(client, 'create', poor);
    assert.deepEqual([code, details], ['PERMISSION_DENIED', 'insufficient_scope']);
    assert.match(challenge, /scope="write"$/);
    assert.deepEqual((await ask(client, 'check', poor)).slice(0, 2), ['UNAUTHENTICATED', 'claim_rejected']);
    const [came, refused] = /** @type {any} */ (await all(client.watch({}, poor)));
    assert.deepEqual([came, refused.slice(0, 2)], [[], ['PERMISSION_DENIED', 'insufficient_scope']]);
  });

  test('is UNAVAILABLE while the keys cannot be had', async (t) => {
    const issuer = await startIssuer(t);
    issuer.respond = (_request, response) => void response.writeHead(500).end();
    const client = await start(t, [issuer.options()]);
    const refused = await ask(client, 'list', fields(await issuer.mint()));
    assert.deepEqual(refused.slice(0, 3), ['UNAVAILABLE', 'keys_unavailable', undefined]);
    assert.ok(Number(refused[3]) > 0);
  });

  test('follows the routes of the policy, and hands claims on', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidatorFromPolicy({
      version: 1,
      issuers: [{ issuer: issuer.url, audience: AUDIENCE, keys: { jwks_uri: issuer.jwksUri } }],
      routes: [
        { path: '/shop.Orders/Health', skip: true },
        { path: '/shop.Orders/Chat', scopes: { all: ['chat'] } },
      ],
      unmatched: 'token',
      forward: { claims_to_headers: { sub: 'X-User' } },
    });
    const client = await start(t, [validator]);
    assert.deepEqual(await ask(client, 'health', fields(undefined, { 'x-user': 'root' })), { sub: null, user: [] });
    const metadata = fields(await issuer.mint(), { 'x-user': 'root' });
    assert.deepEqual(await ask(client, 'list', metadata), { sub: 'alice', user: ['alice'] });
    const [, refused] = /** @type {any} */ (await all(client.chat(metadata)));
    assert.equal(refused[0], 'PERMISSION_DENIED');
  });

  test('a stream ends when its token does, also an idle one, and the handler is told', async (t) => {
    const issuer = await startIssuer(t);
    let isCancelled = false;
    const methods = {
      watch: (/** @type {any} */ call) => {
        call.write({ begins: true });
        call.on('cancelled', () => {
          isCancelled = true;
        });
      },
    };
    const options = { ...issuer.options(), clockTolerance: 0 };
    const client = await start(t, [options], methods);
    const exp = seconds() + 2;
    const [came, refused] = /** @type {any} */ (await all(client.watch({}, fields(await issuer.mint({ exp })))));
    assert.deepEqual([came, refused.slice(0, 2)], [[{ begins: true }], ['UNAUTHENTICATED', 'expired']]);
    assert.ok(Date.now() >= exp * 1000);
    await until(() => isCancelled);
  });

  test('or goes on, where that is wanted', async (t) => {
    const issuer = await startIssuer(t);
    const exp = seconds() + 1;
    const methods = {
      watch: async (/** @type {any} */ call) => {
        await until(() => Date.now() > exp * 1000 + 50);
        call.write({ late: true });
        call.end();
      },
    };
    const options = { ...issuer.options(), clockTolerance: 0 };
    const client = await start(t, [options, { endStreamsAtExpiry: false }], methods);
    assert.deepEqual(await all(client.watch({}, fields(await issuer.mint({ exp })))), [[{ late: true }]]);
  });

  test('wrong options fail when it is made', () => {
    const wrong = /** @type {any} */ ({ issuer: 'x', audience: 'y' });
    assert.throws(() => auth(wrong), { code: 'policy_error' });
    assert.throws(() => auth({ ...wrong, secret: 'x'.repeat(32), endStreamsAtExpiry: 'no' }), TypeError);
    assert.throws(() => requiredScopes('a')(/** @type {any} */ ('x')), TypeError);
  });
});
