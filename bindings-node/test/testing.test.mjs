import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createValidator, createValidatorFromPolicy, Requirement } from 'jotgate';
import { auth } from 'jotgate/express';
import { Issuer, recipes } from 'jotgate/testing';
import express from 'express';
import { run } from './support/run.mjs';

const NOW = 1_800_000_000_000;

/** @type {import('jotgate').PolicyDocument} */
const policy = {
  version: 1,
  issuers: [
    {
      issuer: 'https://idp.example.com/',
      audience: 'orders',
      algorithms: ['ES256'],
      max_age: '1h',
      max_lifetime: '2h',
      client_id: { allowed: ['storefront'] },
      scopes: { all: ['orders:read'] },
      claims: [{ claim: ['realm_access', 'roles'], any_of: ['clerk', 'admin'] }],
    },
  ],
  routes: [
    { methods: 'GET', path: '/health', skip: true },
    { methods: 'PUT', path: '/orders/{id}', scopes: { all: ['orders:write'] } },
    { methods: 'GET', path: '/orders' },
  ],
  unmatched: 'deny',
};

/** A validator as an application makes it, whose fetches the issuer answers. @param {Issuer} issuer */
const fetching = (issuer) =>
  createValidator({
    issuer: issuer.name,
    audience: 'test-api',
    jwksUri: 'https://issuer.test/jwks',
    fetch: issuer.fetch,
  });

test('a token is good and says what the test says', () => {
  const issuer = new Issuer({ policy });
  const token = issuer.token('alice', {
    scopes: ['orders:read', 'more'],
    lifetime: 60,
    claims: { tenant: 'blue' },
  });
  const { payload } = issuer.validator().validateSync(token);
  assert.deepEqual([payload.sub, payload['scope'], payload['tenant']], ['alice', 'orders:read more', 'blue']);
  assert.equal(Number(payload.exp) - Number(payload.iat), 60);
  assert.match(issuer.headers().authorization, /^Bearer ey/);
});

test('every bad request gets its code', async () => {
  const issuer = new Issuer({ policy });
  issuer.rotate();
  const validator = issuer.validator();
  for (const { code, makeable } of recipes()) {
    const name = /** @type {import('jotgate').RejectionCode} */ (code);
    if (!makeable) {
      assert.throws(() => issuer.bad(name), /no token is refused with/);
      continue;
    }
    const bad = issuer.bad(name);
    const outcome = await validator.tryValidateRequest({ method: bad.method, url: bad.target, headers: bad.headers });
    assert.deepEqual([outcome.ok, 'code' in outcome && outcome.code], [false, code]);
    if (bad.token !== null) {
      const judged = validator.tryValidateSync(bad.token);
      assert.equal(!judged.ok && judged.code, code);
    }
  }
});

test('bad requests over HTTP', async (t) => {
  const issuer = new Issuer({ policy });
  const app = express().use(auth(issuer.validator()));
  app.get('/orders', (_, response) => void response.json({ ok: true }));
  const server = app.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const good = await fetch(`http://127.0.0.1:${port}/orders`, { headers: issuer.headers() });
  assert.deepEqual(await good.json(), { ok: true });
  for (const [code, status] of /** @type {const} */ ([
    ['expired', 401],
    ['client_not_allowed', 403],
    ['insufficient_scope', 403],
  ])) {
    const bad = issuer.bad(code, { method: 'GET', path: '/orders' });
    const refused = await fetch(`http://127.0.0.1:${port}${bad.target}`, { method: bad.method, headers: bad.headers });
    assert.equal(refused.status, status);
    await refused.body?.cancel();
  }
});

test('the policy has other keys and nothing else', async (t) => {
  const issuer = new Issuer({ policy });
  const [{ keys, ...entry }] = /** @type {[any]} */ (/** @type {unknown} */ (issuer.policy.issuers));
  assert.deepEqual(keys, { jwks: issuer.jwks });
  assert.deepEqual({ ...issuer.policy, issuers: [entry] }, policy);

  const folder = await mkdtemp(join(tmpdir(), 'jotgate-testing-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'policy.yaml');
  await writeFile(path, "version: 1\nissuers: [{issuer: 'https://a.test/', audience: a, algorithms: [ES256]}]\n");
  const read = Issuer.fromFile(path, { claims: { colour: 'green' } });
  assert.deepEqual([read.name, read.verified().claim('colour')], ['https://a.test/', 'green']);
});

test('several issuers have their own keys', () => {
  const entry = { audience: 'a', algorithms: ['ES256'] };
  /** @type {import('jotgate').PolicyDocument} */
  const shipped = { version: 1, issuers: ['a', 'b'].map((name) => ({ issuer: `https://${name}.test/`, ...entry })) };
  const first = new Issuer({ policy: shipped });
  const second = new Issuer({ policy: JSON.stringify(shipped), issuer: 'https://b.test/', kid: 'b-1' });
  const validator = createValidatorFromPolicy(second.policyFor(first.policy));
  for (const issuer of [first, second]) assert.equal(validator.validateSync(issuer.token()).payload.iss, issuer.name);
  const foreign = validator.tryValidateSync(first.token('x', { claims: { iss: second.name } }));
  assert.equal(!foreign.ok && foreign.code, 'unknown_key');
});

test('a Verified for unit tests is validated', () => {
  const issuer = new Issuer({ policy });
  assert.equal(issuer.verified('alice').payload.sub, 'alice');
  assert.throws(() => issuer.verified('alice', { claims: { exp: 7 } }), { code: 'expired' });
});

test('every validator takes a Verified of the kit for one of its own', () => {
  const issuer = new Issuer({ policy });
  const reader = issuer.verified();
  const stranger = new Issuer({ issuer: 'https://b.test/', algorithm: 'ES256' }).validator();
  const [read, write] = [Requirement.scopes('orders:read'), Requirement.scopes('orders:write')];
  for (const validator of [issuer.validator(), stranger]) {
    validator.require(reader, read);
    assert.throws(() => validator.require(reader, write), { code: 'insufficient_scope' });
  }
  // It says the same as before.
  assert.deepEqual([reader.claim('iss'), reader.scopes], ['https://idp.example.com/', ['orders:read']]);
  // One that a validator has made is its own alone.
  const own = issuer.validator().validateSync(issuer.token());
  assert.throws(() => stranger.require(own, read), { code: 'internal_error' });
});

test('time stands where the test says', () => {
  const frozen = new Issuer({ policy, now: NOW });
  assert.equal(frozen.validator().validateSync(frozen.token()).payload.iat, NOW / 1000);
  assert.equal(new Issuer({ policy, now: new Date(NOW) }).verified().payload.exp, NOW / 1000 + 600);
  let time = NOW;
  const moving = new Issuer({ policy, now: () => time });
  const [validator, token] = [moving.validator(), moving.token('x', { lifetime: 60 })];
  assert.ok(validator.tryValidateSync(token).ok);
  time += 66_000;
  assert.throws(() => validator.validateSync(token), { code: 'expired' });
  assert.equal(moving.verified('x', { now: new Date(NOW - 60_000) }).payload.iat, NOW / 1000 - 60);
});

test('keys change', async () => {
  const issuer = new Issuer({ algorithm: 'ES256', kid: 'one' });
  const validator = fetching(issuer);
  const old = issuer.token();
  await validator.validate(old);
  assert.equal(issuer.rotate({ kid: 'two' }), 'two');
  await validator.validate(issuer.token());
  await validator.validate(issuer.token('x', { kid: 'one' }));
  issuer.retireKeys();
  assert.throws(() => issuer.validator().validateSync(old), { code: 'unknown_key' });
  issuer.rotate({ overlap: false });
  assert.ok(issuer.validator().validateSync(issuer.token()));
});

for (const fault of /** @type {const} */ (['html', 'empty', 'error', 'gone', 'slow', 'unreachable'])) {
  test(`an issuer that is broken (${fault}) is no verdict`, async () => {
    const issuer = new Issuer({ algorithm: 'ES256' });
    issuer.breakKeys(fault);
    await assert.rejects(fetching(issuer).validate(issuer.token()), { code: 'keys_unavailable' });
    issuer.mend();
    await fetching(issuer).validate(issuer.token());
  });
}

test('the wrong keys are a bad signature', async () => {
  const issuer = new Issuer({ algorithm: 'ES256' });
  issuer.breakKeys('wrong_key');
  await assert.rejects(fetching(issuer).validate(issuer.token()), { code: 'invalid_signature' });
});

test('a server publishes the keys and ends', async () => {
  const issuer = new Issuer({ policy });
  const server = await issuer.serve();
  await createValidatorFromPolicy(server.policy).validate(issuer.token());
  const metadata = await fetch(`${server.url}/.well-known/openid-configuration`);
  assert.deepEqual(await metadata.json(), { issuer: issuer.name, jwks_uri: `${server.url}/jwks` });
  issuer.breakKeys('gone');
  const gone = await fetch(`${server.url}/jwks`);
  assert.deepEqual([gone.status, await gone.text()], [404, 'not found']);
  issuer.breakKeys('unreachable');
  await assert.rejects(fetch(`${server.url}/jwks`));
  issuer.breakKeys('slow');
  const waiting = assert.rejects(fetch(`${server.url}/jwks`));
  await setTimeout(20);
  await server.close();
  await waiting;
  await assert.rejects(fetch(`${server.url}/jwks`));
});

test('mistakes say what to do', () => {
  const issuer = new Issuer({ policy });
  const unknown = /** @type {any} */ ({ subjekt: 'alice' });
  assert.throws(() => issuer.bad('ambiguous_key'), /rotate with an overlap first/);
  assert.throws(() => issuer.bad(/** @type {any} */ ('nonsense')), /expected the name of a code/);
  assert.throws(() => issuer.token('x', unknown), /unknown field/);
  assert.throws(() => issuer.token('x', { kid: 'unknown' }), /no such key/);
  assert.throws(() => issuer.breakKeys(/** @type {any} */ ('fire')), /one of html/);
  assert.throws(() => new Issuer({ policy, issuer: 'https://evil.test/' }), /https:\/\/idp\.example\.com\//);
  assert.throws(() => new Issuer({ policy: '{' }), /the policy does not load/);
});

test('nothing imports the kit', async () => {
  const entries = ['', '/express', '/fastify', '/http', '/koa', '/opentelemetry', '/prom-client'];
  const program = `
    for (const entry of ${JSON.stringify(entries)}) require('jotgate' + entry);
    console.log(Object.keys(require.cache).filter((file) => file.endsWith('testing.js')).length);`;
  const folder = new URL('..', import.meta.url);
  const { stdout, stderr } = await run(process.execPath, ['--eval', program], { cwd: folder });
  assert.equal(stdout, '0\n', stderr);
  assert.ok(
    createRequire(import.meta.url)
      .resolve('jotgate/testing')
      .endsWith('testing.js'),
  );
});
