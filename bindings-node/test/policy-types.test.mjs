// The typed form of the policy document: the type checker reads this file too.
import assert from 'node:assert/strict';
import test from 'node:test';
import { createValidatorFromPolicy } from 'jotgate';

/** @type {import('jotgate').PolicyDocument} */
const policy = {
  version: 1,
  issuers: [
    {
      issuer: 'https://idp.test/',
      audience: ['https://api.test'],
      keys: { secret: { text: 'a secret of at least 32 bytes, which nobody knows' } },
      leeway: '30s',
      claims: [{ claim: ['realm', 'roles'], any_of: ['admin', 7, false] }, { expression: 'claims.level > 1' }],
      client_id: { allowed: ['app-1'] },
      jwks: { backoff: { first: 1 } },
    },
  ],
  token: { sources: [{ header: 'Authorization', scheme: 'Bearer' }, { cookie: 'session' }] },
  routes: [{ methods: 'GET|HEAD', path: '/health', skip: true }],
  responses: 'wso2',
};

test('a typed document makes a validator', async () => {
  const outcome = await createValidatorFromPolicy(policy).tryValidate('x');
  assert.equal(outcome.ok ? 'accepted' : outcome.code, 'malformed_token');
});

test('the type checker sees a misspelt field, and the core names it', () => {
  // @ts-expect-error -- there is no such field
  /** @type {import('jotgate').ClaimRule} */ const rule = { clain: 'sub' };
  const issuers = policy.issuers.map((issuer) => ({ ...issuer, claims: [rule] }));
  assert.throws(() => createValidatorFromPolicy({ ...policy, issuers }), { path: 'issuers[0].claims[0].clain' });
});
