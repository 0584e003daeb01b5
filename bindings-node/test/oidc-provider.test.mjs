// Against oidc-provider, a certified implementation of OpenID Connect: its metadata, its keys, the tokens that it issues.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createValidatorFromPolicy } from 'jotgate';
import { exportJWK, generateKeyPair } from 'jose';
// @ts-expect-error -- it has no types
import Provider from 'oidc-provider';
import { AUDIENCE, serve } from './support/issuer.mjs';

/** @import { TestContext } from 'node:test' */

/** @param {string} kid @param {string} alg */
async function privateJwk(kid, alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' };
}

/**
 * A provider on loopback whose keys can be replaced, as a rotation does: the old instance goes, one with other keys takes
 * its place and its URL.
 * @param {TestContext} t @param {string} alg
 */
async function startProvider(t, alg) {
  /** @type {import('node:http').RequestListener} */
  let handler = (_request, response) => void response.writeHead(503).end();
  const asked = /** @type {string[]} */ ([]);
  const url = await serve(t, (request, response) => {
    asked.push(request.url ?? '');
    handler(request, response);
  });
  const rotate = async (/** @type {object[]} */ ...keys) => {
    const provider = new Provider(url, {
      jwks: { keys },
      clients: [
        {
          client_id: 'cron',
          client_secret: 'the secret of the client cron',
          id_token_signed_response_alg: alg,
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
        },
      ],
      features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => AUDIENCE,
          getResourceServerInfo: () => ({
            scope: 'orders:read orders:write',
            audience: AUDIENCE,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg } },
          }),
        },
      },
    });
    handler = provider.callback();
  };
  const issue = async (scope = 'orders:read') => {
    const response = await fetch(`${url}/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from('cron:the+secret+of+the+client+cron').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
    });
    const answer = /** @type {{ access_token: string }} */ (await response.json());
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer.access_token;
  };
  return { url, asked, rotate, issue };
}

for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA']) {
  describe(`oidc-provider with ${alg}`, () => {
    test('issues access tokens that pass, by the metadata that it publishes', async (t) => {
      const provider = await startProvider(t, alg);
      await provider.rotate(await privateJwk('first', alg));
      const validator = createValidatorFromPolicy({
        version: 1,
        issuers: [
          {
            issuer: provider.url,
            audience: AUDIENCE,
            keys: { discovery: `${provider.url}/.well-known/openid-configuration` },
            typ: ['at+jwt'],
            required_claims: ['exp', 'iat', 'jti', 'client_id'],
            client_id: { claims: ['client_id'], allowed: ['cron'] },
            scopes: { all: ['orders:read'] },
          },
        ],
      });
      const { payload, header } = await validator.validate(await provider.issue());
      assert.deepEqual(
        [payload['client_id'], payload['scope'], header.kid, header.typ],
        ['cron', 'orders:read', 'first', 'at+jwt'],
      );
      assert.deepEqual(
        provider.asked.filter((path) => path !== '/token'),
        ['/.well-known/openid-configuration', '/jwks'],
      );
      const outcome = await validator.tryValidate(await provider.issue('orders:write'));
      assert.equal(!outcome.ok && outcome.code, 'insufficient_scope');
    });
  });
}

describe('a rotation', () => {
  /** @param {string} url */
  const policy = (url) => ({
    version: /** @type {const} */ (1),
    issuers: [{ issuer: url, audience: AUDIENCE, keys: { jwks_uri: `${url}/jwks` } }],
  });

  test('of keys lets old tokens pass while the old key is published, and new ones at once', async (t) => {
    const provider = await startProvider(t, 'ES256');
    const [first, second] = [await privateJwk('first', 'ES256'), await privateJwk('second', 'ES256')];
    await provider.rotate(first);
    let ahead = 0;
    const validator = createValidatorFromPolicy(policy(provider.url), { clock: () => Date.now() + ahead });
    const old = await provider.issue();
    assert.equal((await validator.validate(old)).header.kid, 'first');

    await provider.rotate(second, first);
    const next = await provider.issue();
    const both = await Promise.all([validator.validate(next), validator.validate(old), validator.validate(next)]);
    assert.deepEqual(
      both.map(({ header }) => header.kid),
      ['second', 'first', 'second'],
    );
    assert.equal(validator.health().sources[0]?.fetches, 2);

    await provider.rotate(second);
    assert.ok((await validator.tryValidate(old)).ok);
    // The next refresh drops the key that is gone, with the token still far from its expiry.
    ahead = 59 * 60_000;
    await validator.validate(next, { asOf: Date.now() });
    while (validator.health().sources[0]?.in_flight) await new Promise((resolve) => setImmediate(resolve));
    const outcome = await validator.tryValidate(old, { asOf: Date.now() });
    assert.equal(!outcome.ok && outcome.code, 'unknown_key');
    assert.ok((await validator.tryValidate(next, { asOf: Date.now() })).ok);
  });

  test('lets no token pass that is signed by another key of the same id', async (t) => {
    const provider = await startProvider(t, 'ES256');
    await provider.rotate(await privateJwk('key', 'ES256'));
    const validator = createValidatorFromPolicy(policy(provider.url));
    await validator.validate(await provider.issue());
    await provider.rotate(await privateJwk('key', 'ES256'));
    const outcome = await validator.tryValidate(await provider.issue());
    assert.equal(!outcome.ok && outcome.code, 'invalid_signature');
  });

  test('during an outage of the provider ends in 503, not in 401', async (t) => {
    const provider = await startProvider(t, 'ES256');
    const key = await privateJwk('key', 'ES256');
    await provider.rotate(key);
    const token = await provider.issue();
    const down = createValidatorFromPolicy(policy(provider.url), {
      fetch: () => {
        throw new Error('no way to the provider');
      },
    });
    const outcome = await down.tryValidate(token);
    assert.deepEqual([!outcome.ok && outcome.code, down.answer(outcome).status], ['keys_unavailable', 503]);
  });
});
