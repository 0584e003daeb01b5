import type { OneProblem } from './native.js';

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
 * What the core says of the document that the options stand for, in the words of the options: paths and hints have the names
 * that the application has written, or would have to.
 * @internal
 */
export function inOptions(problem: OneProblem, options: object, names: readonly string[]): OneProblem {
  const [place, field, rest] = partsOf(problem.path, options);
  if (place === 'keys' && field === '') {
    if (problem.message === NO_SOURCE)
      return { ...problem, path: 'discovery', hint: isOff(options) ? NO_OTHER : NO_KEYS };
    return { ...problem, path: keySourceOf(options) ?? 'discovery' };
  }
  const option = optionOf(place, field, options);
  if (problem.message === UNKNOWN && rest === '' && !names.includes(option)) {
    const meant = nearest(option, names);
    const unknown = { path: option, message: 'unknown option' };
    return meant === undefined ? unknown : { ...unknown, hint: `did you mean ${meant}?` };
  }
  const isRenamed = CAMEL_CASED.includes(option);
  const path = option + (isRenamed ? camelCase(rest) : rest);
  if (problem.hint === undefined) return { ...problem, path };
  return { ...problem, path, hint: isRenamed ? camelCase(problem.hint) : hintOf(problem.hint) };
}

function isOff(options: object): boolean {
  return (options as { discovery?: unknown }).discovery === false;
}

/** A path of the document: the part that options fill, the field there, and what is inside of that. */
function partsOf(path: string, options: object): [place: Place, field: string, rest: string] {
  let [place, inside]: [Place, string] = ['document', path];
  if (path.startsWith(ISSUER)) [place, inside] = ['issuer', path.slice(ISSUER.length)];
  // An application that gives `keys` itself has written what is in there as the document has it.
  if (place === 'issuer' && !('keys' in options) && /^keys(\.|$)/.test(inside)) {
    [place, inside] = ['keys', inside.slice('keys.'.length)];
  }
  const end = inside.search(/[.[]/);
  return end < 0 ? [place, inside, ''] : [place, inside.slice(0, end), inside.slice(end)];
}

/** The option that fills a field: the one that was given, else the one that could be. */
function optionOf(place: Place, field: string, options: object): string {
  const fills = (option: string): boolean => {
    const [itsPlace, itsField] = placeOf(option);
    return itsPlace === place && itsField === field;
  };
  return Object.keys(options).find(fills) ?? [...places.keys()].find(fills) ?? camelCase(field);
}

/** A hint of the core, with the names that the options have. */
function hintOf(hint: string): string {
  return hint
    .replace('keys: { accept_unsigned: true }', 'acceptUnsigned: true')
    .replace(/\bjwks\.([a-z_]+)/g, (_, name: string) => `keySet.${camelCase(name)}`)
    .replace(/\blimits\.[a-z_]+/g, camelCase)
    .replace(/\bjwks_uri\b/g, 'jwksUri');
}

/** The option that was probably meant: up to two letters apart, or with the same end or first word. */
function nearest(option: string, names: readonly string[]): string | undefined {
  const written = option.toLowerCase();
  const [first] = names
    .map((name) => ({ name, apart: distance(written, name.toLowerCase()) }))
    .filter(({ name, apart }) => apart <= Math.min(2, name.length / 2))
    .sort((one, other) => one.apart - other.apart);
  const word = firstWord(option);
  return (
    first?.name ??
    names.find((name) => written.endsWith(name.toLowerCase())) ??
    names.find((name) => firstWord(name) === word)
  );
}

function firstWord(name: string): string {
  return name.replace(/[A-Z].*/s, '');
}

/** How many letters have to be put in, left out or changed (Levenshtein). Names of options are short. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(one.slice(0, LONGEST)).entries()) {
    const next = [index + 1];
    for (let place = 0; place < other.length; place += 1) {
      const changed = (row[place] ?? 0) + (letter === other[place] ? 0 : 1);
      next.push(Math.min(changed, (row[place + 1] ?? 0) + 1, (next[place] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
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

function camelCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const ISSUER = 'issuers[0].';

/** What the core says of a field that it does not know. */
const UNKNOWN = 'unknown field';

/** What the core says of a policy that does not say where keys are. */
const NO_SOURCE = 'no key source';

/** Options whose members are in camel case too. */
const CAMEL_CASED = ['keySet', 'limits'];

/** The longest beginning of a name that is compared. */
const LONGEST = 64;

const NO_OTHER = 'set jwksUri, jwks, pem or secret, or leave discovery: false out';

const NO_KEYS =
  'one issuer that is an https URL is enough, if it has metadata; else set discovery to the URL of the metadata, or jwksUri, jwks, pem or secret';
