import { PolicyError } from './errors.js';
import { native, type NativeRequirement, type PolicyProblem } from './native.js';
import type { ClaimRule } from './policy.js';

/** What an endpoint asks for in code: what a route of the policy may ask for. */
export interface RequirementDocument {
  /** The scopes that are needed: `all` of these and one of `any`. */
  scopes?: { all?: readonly string[]; any?: readonly string[] };
  /** Rules about claims, as a policy has them. An expression sees no request. */
  claims?: readonly ClaimRule[];
}

/**
 * What an endpoint asks of a token that was accepted, beside what the policy asks. Make it once, when the service starts:
 *
 * ```js
 * const writing = Requirement.scopes('orders:write');
 * validator.require(verified, writing);
 * ```
 */
export class Requirement {
  readonly #native: NativeRequirement;

  /** @throws PolicyError when a route of a policy could not ask for it; `path` begins at the document. */
  constructor(document: RequirementDocument) {
    this.#native = compiled(document);
  }

  /**
   * What the native part knows.
   * @internal
   */
  static nativeOf(requirement: Requirement): NativeRequirement {
    return requirement.#native;
  }

  /** A token must have each of these scopes. */
  static scopes(...all: string[]): Requirement {
    return new Requirement({ scopes: { all } });
  }

  /** A token must have one of these scopes. */
  static anyScope(...any: string[]): Requirement {
    return new Requirement({ scopes: { any } });
  }
}

/**
 * A requirement of an endpoint's guard, whose mistakes are told in the names of its arguments.
 * @internal
 */
export function requirementOf(document: RequirementDocument, toldAs: (path: string) => string): Requirement {
  try {
    return new Requirement(document);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const message = error.message.slice(error.path === '' ? 0 : `${error.path}: `.length);
    throw new PolicyError({ path: toldAs(error.path), message });
  }
}

/**
 * Keeps what an endpoint has asked beside its refusal, so that the answer to it names the scopes.
 * @internal
 */
export function refusedBy<Refusal extends object>(requirement: Requirement, refusal: Refusal): Refusal {
  asked.set(refusal, requirement);
  return refusal;
}

/**
 * What an endpoint has asked when it refused.
 * @internal
 */
export function askedOf(refusal: unknown): Requirement | undefined {
  return typeof refusal === 'object' && refusal !== null ? asked.get(refusal) : undefined;
}

const asked = new WeakMap<object, Requirement>();

function compiled(document: RequirementDocument): NativeRequirement {
  const text = JSON.stringify(document, defined) as string | undefined;
  const made = native.createRequirement(text ?? 'null');
  if (isProblem(made)) throw new PolicyError(made);
  return made;
}

/** A rule without the value that it should compare with would ask for less than it says. */
function defined(name: string, value: unknown): unknown {
  if (value !== undefined || ['', 'scopes', 'claims'].includes(name)) return value;
  throw new PolicyError({ path: name, message: 'this is undefined', hint: 'give it a value, or leave it out' });
}

function isProblem(made: NativeRequirement | PolicyProblem): made is PolicyProblem {
  return 'path' in made;
}
