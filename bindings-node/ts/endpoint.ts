import type { Answer } from './answer.js';
import { errorOf, InternalError, type JotgateError } from './errors.js';
import type { Guard } from './middleware.js';
import { internalError, type Rejected } from './outcome.js';
import type { ClaimRule } from './policy.js';
import { askedOf, refusedBy, Requirement, requirementOf, type RequirementDocument } from './requirement.js';
import type { Claims, Verified } from './verified.js';

/** A claim by its name, or by the names on the way to it. */
export type ClaimPath = string | readonly string[];

/** A value that a claim may have. */
export type ClaimValue = string | number | boolean;

/** Answers `true` for claims that may pass; a promise of it is waited for. */
export type ClaimCheck = (claims: Claims) => boolean | Promise<boolean>;

/** Scopes, each by itself or several with spaces between them. */
export type ScopeList = string | readonly string[];

/**
 * What the endpoints of one framework ask for; each gives what the framework calls before a handler.
 * @internal
 */
export interface Endpoints<Handler> {
  /** A token must have each of these scopes, or it is 403 and the challenge names them (RFC 6750 section 3.1). */
  requiredScopes: (...scopes: ScopeList[]) => Handler;
  /** A token must have one of these scopes, or it is 403 and the challenge names them. */
  scopeIncludesAny: (...scopes: ScopeList[]) => Handler;
  /** A claim must have this value. */
  claimEquals: (claim: ClaimPath, expected: ClaimValue) => Handler;
  /** A claim must have all of these values: a list, or a text of words. */
  claimIncludes: (claim: ClaimPath, ...expected: ClaimValue[]) => Handler;
  /** A function of the application says whether the claims may pass. */
  claimCheck: (check: ClaimCheck, detail?: string) => Handler;
  /** What a route of a policy may ask for: scopes and rules about claims. */
  requires: (asked: RequirementDocument | Requirement) => Handler;
}

/** What is to be done with a request: nothing, an answer, or an error for whoever handles errors. */
export type Refusal = { answer: Answer; code: string } | { error: JotgateError } | undefined;

/** Whether a request that `auth` has let pass may go on. It is known by the object that a framework has for it. */
export type Ask = (request: object) => Promise<Refusal>;

/** What `auth` has found out about a request. */
interface Passed {
  guard: Guard;
  /** Undefined when the request needed no token. */
  verified: Verified | undefined;
}

/**
 * Keeps what `auth` has verified of a request, for the endpoints behind it.
 * @internal
 */
export function passed(request: object, guard: Guard, verified: Verified | undefined): void {
  requests.set(request, { guard, verified });
}

/**
 * What `auth` has kept of a request; undefined when it has not let it pass.
 * @internal
 */
export function passedOf(request: object): Passed | undefined {
  return requests.get(request);
}

/**
 * The endpoints of a framework, for which `handlerOf` makes what it calls.
 * @internal
 */
export function endpoints<Handler>(handlerOf: (ask: Ask) => Handler): Endpoints<Handler> {
  const requiring = (document: RequirementDocument, argumentOf: (path: string) => string): Handler =>
    handlerOf(askFor(requirementOf(document, argumentOf)));
  const ofRule = (rule: ClaimRule, expected: string): Handler =>
    requiring({ claims: [rule] }, (path) => {
      const argument = path.replace(/^claims\[0\]\.?/, '').replace(/^(equals|all_of)/, expected);
      // What is undefined in a list is named by its place alone.
      return /^\d+$/.test(argument) ? `${expected}[${argument}]` : argument || 'claim';
    });
  return {
    requiredScopes: (...scopes) => requiring({ scopes: { all: listed(scopes) } }, scopePath),
    scopeIncludesAny: (...scopes) => requiring({ scopes: { any: listed(scopes) } }, scopePath),
    claimEquals: (claim, expected) => ofRule({ claim: claim as string | string[], equals: expected }, 'expected'),
    claimIncludes: (claim, ...expected) =>
      ofRule({ claim: claim as string | string[], all_of: expected, separator: ' ' }, 'expected'),
    claimCheck: (check, detail = 'the claims are not what the endpoint asks for') =>
      handlerOf(askFunction(check, detail)),
    requires: (asked) => (asked instanceof Requirement ? handlerOf(askFor(asked)) : requiring(asked, (path) => path)),
  };
}

const requests = new WeakMap<object, Passed>();

function askFor(requirement: Requirement): Ask {
  return asking(({ validator }, verified) => {
    const outcome =
      verified === undefined ? validator.tellRefused(MISSING) : validator.tryRequire(verified, requirement);
    return outcome.ok ? undefined : refusedBy(requirement, { ...outcome });
  });
}

function askFunction(check: ClaimCheck, detail: string): Ask {
  if (typeof check !== 'function') throw new TypeError('claimCheck takes a function of the claims');
  return asking(async ({ validator }, verified) => {
    if (verified === undefined) return validator.tellRefused(MISSING);
    const refused = {
      ...internalError('claimCheck answered neither true nor false'),
      issuerIndex: verified.issuerIndex,
    };
    let answer: unknown;
    try {
      answer = await check(verified.payload);
    } catch (error) {
      return validator.tellRefused({ ...refused, detail: 'claimCheck threw', cause: error });
    }
    if (answer === true) return undefined;
    // What is falsy is what came of `claims.roles?.includes(…)` for a token without roles.
    return validator.tellRefused(answer ? refused : { ...refused, code: 'claim_rejected', detail });
  });
}

function asking(
  judge: (guard: Guard, verified: Verified | undefined) => Rejected | undefined | Promise<Rejected | undefined>,
): Ask {
  return async (request) => {
    const found = requests.get(request);
    if (found === undefined) return { error: new InternalError(NOTHING_BEFORE) };
    const { guard, verified } = found;
    const rejected = await judge(guard, verified);
    if (rejected === undefined) return undefined;
    if (!guard.forwardErrors) return { answer: guard.validator.answer(rejected), code: rejected.code };
    const [error, requirement] = [errorOf(rejected), askedOf(rejected)];
    return { error: requirement === undefined ? error : refusedBy(requirement, error) };
  };
}

function listed(scopes: ScopeList[]): string[] {
  return scopes.flatMap((scope) => (typeof scope === 'string' ? scope.split(' ') : scope));
}

function scopePath(path: string): string {
  return path.replace(/^scopes(\.(all|any))?/, 'scopes');
}

/** The request was let through without a token, and the endpoint asks for something of one. */
const MISSING: Rejected = {
  ...internalError('the endpoint asks for a token'),
  code: 'missing_token',
};

const NOTHING_BEFORE =
  'no auth() of jotgate stands in front of this endpoint: put it there, so that there is a token to ask';
