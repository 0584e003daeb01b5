import { PolicyError } from './errors.js';
import { native, type OneProblem, type PolicyProblem } from './native.js';
import type { PolicyDocument } from './policy.js';
import { documentIn, textOf } from './texts.js';

/** How a policy document is written. */
export type PolicyFormat = 'json' | 'yaml' | 'toml';

/** Something that a policy allows and that is seldom meant. Codes and paths are stable, messages and hints are not. */
export interface PolicyWarning {
  /** The stable name of the rule, such as `any_audience`. */
  code: string;
  /** `high`: tokens may pass that nobody wants to pass; `medium`: after one more mistake; `low`: it could be clearer. */
  severity: 'high' | 'medium' | 'low';
  /** Where, for instance `issuers[0].audience`. */
  path: string;
  message: string;
  hint: string;
}

/**
 * A policy document in JSON, YAML or TOML as JSON text, which `createValidatorFromPolicy` takes. JSON comes back as it is.
 * Up to 16 MiB; what the fields mean is not looked at.
 *
 * @throws PolicyError when the text cannot be read; `path` is a line and a column, or leads to the field.
 */
export function policyJson(text: string, format: PolicyFormat): string {
  if (typeof text !== 'string') throw new TypeError('a policy document is a text');
  const json = native.policyJson(textOrError(native.policyText(text)), format);
  if (json === null) throw new TypeError('the format is one of json, yaml, toml');
  return textOrError(json);
}

/**
 * What a policy allows and its author may not have meant, the worst first. Takes the document or its JSON text.
 *
 * @throws PolicyError when it is no policy.
 */
export function lint(document: PolicyDocument | string): PolicyWarning[] {
  return JSON.parse(textOrError(native.lint(filled(documentText(document))))) as PolicyWarning[];
}

/** The JSON Schema (2020-12) of policy documents, for editors and for checks before a policy is deployed. A new object each time. */
export function schema(): Record<string, unknown> {
  return JSON.parse(native.schema()) as Record<string, unknown>;
}

/**
 * What `make` makes of the document in a file, in JSON; errors say the lines of the file.
 * @internal
 */
export function withFile<Made>(
  path: string | URL,
  format: PolicyFormat | undefined,
  make: (document: string, folder: string) => Made,
): Made {
  const { content, folder, extension } = documentIn(path);
  const text = textOrError(native.policyText(content));
  const kind = format ?? (extension as PolicyFormat);
  try {
    return make(policyJson(text, kind), folder);
  } catch (error) {
    throw error instanceof PolicyError ? placed(error, text, kind) : error;
  }
}

/**
 * The document in a file, as JSON text, with what it names elsewhere.
 * @internal
 */
export function documentOfFile(path: string | URL, format: PolicyFormat | undefined): string {
  return withFile(path, format, filled);
}

/**
 * The document, in JSON, with what stands in environment variables and files. Paths start at the folder, or at the working
 * directory.
 *
 * @throws PolicyError when something is not there.
 * @internal
 */
export function filled(document: string, folder = '.', told?: (problem: OneProblem) => OneProblem): string {
  const wanted = native.references(document);
  if (!Array.isArray(wanted)) throw refusedPolicy(wanted, told);
  if (wanted.length === 0) return document;
  const text = native.fillReferences(
    document,
    wanted.map((text) => textOf(text, folder)),
  );
  if (typeof text !== 'string') throw refusedPolicy(text, told);
  return text;
}

/** The same error with the lines and columns of the text. */
function placed(error: PolicyError, text: string, format: PolicyFormat): PolicyError {
  const paths = error.problems.map(({ path }) => path);
  const places = native.places(text, format, paths);
  const problems = error.problems.map(({ path, message, hint, line, column }, index) => {
    const known = line === null || column === null ? (places[index] ?? {}) : { line, column };
    return { path, message, ...(hint === null ? {} : { hint }), ...known };
  });
  const [first = { path: error.path, message: error.message }] = problems;
  return new PolicyError({ ...first, problems });
}

/**
 * The JSON of a document. JSON leaves functions out without a word: a hook whose name is misspelled must not be one that
 * is never asked.
 * @internal
 */
export function documentText(document: object | string): string {
  if (typeof document === 'string') return textOrError(native.policyText(document));
  return JSON.stringify(document, (name, value: unknown) => {
    if (typeof value !== 'function' && typeof value !== 'symbol') return value;
    throw new PolicyError({
      path: name,
      message: `a policy holds no ${typeof value}`,
      hint: 'there is no such option',
    });
  });
}

/**
 * The error of a policy that the core has refused, with everything that is wrong as it is told.
 * @internal
 */
export function refusedPolicy(
  refused: PolicyProblem,
  told: (problem: OneProblem) => OneProblem = (problem) => problem,
): PolicyError {
  const problems = (refused.problems ?? [refused]).map(told);
  return new PolicyError({ ...told(refused), problems });
}

function textOrError(result: string | PolicyProblem): string {
  if (typeof result === 'string') return result;
  throw new PolicyError(result);
}
