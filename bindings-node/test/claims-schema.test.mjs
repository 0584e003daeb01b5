// Claims by a schema of the application's: zod, valibot, or any other with `~standard`.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SignJWT } from 'jose';
import * as v from 'valibot';
import { z } from 'zod';
import { createValidator, createValidatorFromPolicy, InvalidClaimError } from 'jotgate';
import { AUDIENCE, seconds } from './support/issuer.mjs';

const secret = 'a secret of 32 bytes and some more';
const options = { issuer: 'me', audience: AUDIENCE, secret };

/** @param {object} claims */
const token = (claims) =>
  new SignJWT({ iss: 'me', aud: AUDIENCE, exp: seconds() + 60, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(secret));

/** @type {[string, import('jotgate').ClaimsSchema<{ tenant: string, level: number }>][]} */
const schemas = [
  ['zod', z.object({ tenant: z.string(), level: z.string().transform(Number) })],
  ['valibot', v.object({ tenant: v.string(), level: v.pipe(v.string(), v.transform(Number)) })],
  [
    'another',
    {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: async (value) => {
          const { tenant, level } = /** @type {any} */ (value);
          const path = [typeof tenant === 'string' ? 'level' : 'tenant'];
          if (typeof tenant !== 'string' || typeof level !== 'string') return { issues: [{ message: 'no', path }] };
          return { value: { tenant, level: Number(level) } };
        },
      },
    },
  ],
];

for (const [name, claimsSchema] of schemas) {
  describe(name, () => {
    const validator = createValidator({ ...options, claimsSchema });

    test('payload is what the schema makes of the claims', async () => {
      const { payload, payloadText } = await validator.validate(await token({ tenant: 'blue', level: '3', x: 1 }));
      assert.deepEqual([payload.tenant, payload.level], ['blue', 3]);
      assert.equal(JSON.parse(payloadText).level, '3');
    });

    test('claims of another shape are refused, and nothing of them is told', async () => {
      for (const [claims, claim] of /** @type {[object, string][]} */ ([
        [{ tenant: 4711, level: '3' }, 'tenant'],
        [{ tenant: 'blue' }, 'level'],
      ])) {
        await assert.rejects(validator.validate(await token(claims)), (error) => {
          assert.ok(error instanceof InvalidClaimError);
          assert.deepEqual([error.code, error.claim, error.issuerIndex], ['invalid_claim', claim, 0]);
          assert.doesNotMatch(JSON.stringify(error) + String(error.cause), /4711/);
          assert.equal(validator.answer(error).status, 401);
          return true;
        });
      }
      const [outcome] = await validator.validateMany([await token({})]);
      assert.equal(!outcome?.ok && outcome?.code, 'invalid_claim');
    });
  });
}

test('a call that does not wait refuses a schema that has to be waited for', async () => {
  const [zod, , slow] = schemas.map(([, claimsSchema]) => createValidator({ ...options, claimsSchema }));
  const text = await token({ tenant: 'blue', level: '3' });
  assert.equal(zod?.validateSync(text).payload.level, 3);
  const outcome = slow?.tryValidateSync(text);
  assert.equal(!outcome?.ok && outcome?.code, 'internal_error');
});

test('it comes after transform and the other hooks', async () => {
  const validator = createValidatorFromPolicy(
    { version: 1, issuers: [{ issuer: 'me', audience: AUDIENCE, keys: { secret: { text: secret } } }] },
    {
      isRevoked: ({ jti }) => jti === 'revoked',
      transform: async (claims) => ({ user: claims.sub }),
      claimsSchema: z.strictObject({ user: z.string() }),
    },
  );
  assert.deepEqual((await validator.validate(await token({ sub: 'alice' }))).payload, { user: 'alice' });
  for (const [claims, code] of /** @type {[object, string][]} */ ([
    [{}, 'invalid_claim'],
    [{ jti: 'revoked' }, 'revoked'],
  ])) {
    const outcome = await validator.tryValidate(await token(claims));
    assert.equal(!outcome.ok && outcome.code, code);
  }
});

test('a schema that throws, or gives no object, lets nothing pass', async () => {
  const text = await token({});
  for (const validate of [
    () => {
      throw new Error('broken');
    },
    () => ({ value: 'text' }),
    () => null,
    () => ({ issues: [] }),
    () => ({ issues: [{ message: 'x', path: [Symbol('s')] }] }),
    () => ({ issues: [{ message: 'x', path: [{ key: 'a b' }] }] }),
  ]) {
    const claimsSchema = /** @type {any} */ ({ '~standard': { version: 1, vendor: 'test', validate } });
    const outcome = await createValidator({ ...options, claimsSchema }).tryValidate(text);
    assert.equal(outcome.ok, false);
    assert.equal(!outcome.ok && outcome.verdict === 'rejected' && outcome.claim, null);
  }
});

test('what is no schema is a TypeError', () => {
  for (const wrong of [{}, null, 'x', () => {}, { '~standard': {} }]) {
    assert.throws(() => createValidator({ ...options, claimsSchema: /** @type {any} */ (wrong) }), TypeError);
  }
});
