// What the types say. Only compiled: `test/types.test.mjs`.
import { createValidator, createValidatorFromPolicy, type Claims, type Validator, type Verified } from 'jotgate';
import * as v from 'valibot';
import { z } from 'zod';

/** Compiles for equal types alone. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

const options = { issuer: 'https://idp.example.com/', audience: 'https://api.example.com' };

export async function byZod(text: string): Promise<void> {
  const validator = createValidator({
    ...options,
    claimsSchema: z.object({ tenant: z.string(), level: z.coerce.number() }),
  });
  same<typeof validator, Validator<{ tenant: string; level: number }>>(true);
  const { payload } = await validator.validate(text);
  same<typeof payload.tenant, string>(true);
  same<typeof payload.level, number>(true);
  same<typeof payload.sub, string | undefined>(true);
  // @ts-expect-error -- no claim of the schema, so it may be anything
  payload.other.length;
  const outcome = await validator.tryValidateRequest(new Request('https://api.example.com/'));
  if (outcome.ok) same<typeof outcome.verified, Verified<{ tenant: string; level: number }> | undefined>(true);
}

export async function byValibot(text: string): Promise<string> {
  const claimsSchema = v.object({ tenant: v.string() });
  const validator = createValidatorFromPolicy({ version: 1, issuers: [options] }, { claimsSchema });
  const [outcome] = await validator.validateMany([text]);
  return outcome?.ok === true ? outcome.verified.payload.tenant : '';
}

export async function byGeneric(text: string): Promise<void> {
  const validator: Validator = createValidator(options);
  const verified = await validator.validate<{ tenant: string }>(text);
  same<typeof verified, Verified<{ tenant: string }>>(true);
  same<typeof verified.payload, Claims & { tenant: string }>(true);
  same<ReturnType<typeof verified.claim<'tenant'>>, string | undefined>(true);
}

// @ts-expect-error -- a schema of claims gives an object
createValidator({ ...options, claimsSchema: z.string() });
// @ts-expect-error -- an option that does not exist
createValidator({ ...options, claimSchema: z.object({}) });
