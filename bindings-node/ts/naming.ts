import { native, type OneProblem } from './native.js';

/** A part of the policy document that options fill. */
type Place = 'document' | 'issuer' | 'keys';

/** Where an option goes when that is not the issuer's entry, under its own name in snake case. */
const places = new Map<string, [place: Place, field: string]>([
  ['acceptUnsigned', ['keys', 'accept_unsigned']],
  ['clockTolerance', ['issuer', 'leeway']],
  ['discovery', ['keys', 'discovery']],
  ['jwks', ['keys', 'jwks']],
  ['jwksUri', ['keys', 'jwks_uri']],
  ['keySet', ['issuer', 'jwks']],
  ['limits', ['document', 'limits']],
  ['maxTokenAge', ['issuer', 'max_age']],
  ['pem', ['keys', 'pem']],
  ['responses', ['document', 'responses']],
  ['secret', ['keys', 'secret']],
]);

/**
 * Where in the document an option goes.
 * @internal
 */
export function placeOf(option: string): [place: Place, field: string] {
  return places.get(option) ?? ['issuer', snakeCase(option)];
}

/**
 * The first of the options that says where keys are.
 * @internal
 */
export function keySourceOf(options: object): string | undefined {
  return Object.keys(options).find((option) => placeOf(option)[0] === 'keys');
}

/**
 * What the core says of the document that the options stand for, in the words of the options: it knows what they are called.
 * @internal
 */
export function inOptions(problem: OneProblem, options: object, names: readonly string[]): OneProblem {
  const given = Object.keys(options);
  const told = native.inOptions(problem.path, problem.message, problem.hint ?? null, given, [...names]);
  const { path, message, hint } = told;
  return { path, message, ...(typeof hint === 'string' ? { hint } : {}) };
}

/**
 * The name of an option as the document spells it. What is not spelled as options are stays as it is, so that it is refused
 * under the name that was written.
 * @internal
 */
export function snakeCase(name: string): string {
  if (!/^[a-z][a-z0-9]*([A-Z][a-z0-9]+)*$/.test(name)) return name;
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
