import type { Claims } from './verified.js';

/**
 * A schema of zod, valibot, arktype or whatever else has the member `~standard` (Standard Schema 1): what the application
 * takes claims for.
 */
export interface ClaimsSchema<T extends object = object> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

/** What a schema makes of claims: them, as the application takes them, or what is wrong. */
export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/**
 * The claims are not of the application's shape.
 * @internal
 */
export class ShapeError extends Error {
  /** The claim that is wrong, where the schema says it in a word. */
  readonly claim: string | null;

  constructor(claim: string | null) {
    super('the claims are not as claimsSchema has them');
    this.claim = claim;
  }
}

/**
 * A hook `transform` that gives the claims to a schema, after another one that there may be.
 *
 * @throws TypeError when it is no schema.
 * @internal
 */
export function shaped(
  schema: ClaimsSchema,
  transform: ((claims: Claims) => object | Promise<object>) | undefined,
): (claims: Claims) => object | Promise<object> {
  const standard = standardOf(schema);
  const shape = (claims: object): object | Promise<object> => after(standard.validate(claims), valueOf);
  return transform === undefined ? shape : (claims) => after(transform(claims), shape);
}

/** What `next` makes of a value, now or when it is there. */
function after<Value extends object>(
  value: Value | Promise<Value>,
  next: (value: Value) => object | Promise<object>,
): object | Promise<object> {
  const isLater = typeof value === 'object' && (value as unknown) !== null && 'then' in value;
  return isLater && typeof value.then === 'function' ? Promise.resolve(value).then(next) : next(value as Value);
}

function standardOf(schema: unknown): ClaimsSchema['~standard'] {
  // A schema of arktype is a function.
  const standard = isMade(schema) && '~standard' in schema ? schema['~standard'] : undefined;
  if (isMade(standard) && 'validate' in standard && typeof standard.validate === 'function') {
    return standard as ClaimsSchema['~standard'];
  }
  throw new TypeError('claimsSchema must be a Standard Schema, as those of zod, valibot and arktype are');
}

function isMade(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Messages and deeper paths may quote what a token says, so neither is kept. */
function valueOf(result: SchemaResult<object>): object {
  if (result.issues === undefined) return result.value;
  const [step] = result.issues[0]?.path ?? [];
  const name = typeof step === 'object' ? step.key : step;
  throw new ShapeError(typeof name === 'string' && PLAIN.test(name) ? name : null);
}

/** Names of claims that may stand in a message. */
const PLAIN = /^[\w.:/-]{1,64}$/;
