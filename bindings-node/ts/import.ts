import { ImportError } from './errors.js';
import { native, type PolicyProblem } from './native.js';
import type { PolicyDocument } from './policy.js';

/**
 * A policy document made from another product's policy, and what became of each of its parameters.
 *
 * Where `complete` is false, the document says less, or something else, than its source does: it is for an operator to
 * finish, guided by the notes that say `cannot`.
 */
export interface Import {
  /** Whether everything that bears on verdicts came over. Then `createValidatorFromPolicy` takes the document. */
  complete: boolean;
  policy: PolicyDocument;
  /** In the order in which the parameters were read. */
  notes: ImportNote[];
}

/** What became of one parameter. */
export interface ImportNote {
  /** `changed`: stricter, said in another way, or of no bearing; `cannot`: somebody has to decide. */
  kind: 'carried' | 'changed' | 'cannot';
  /** The parameter's path in the source; empty for what the source does not say. */
  source: string;
  /** Where it stands in the document; null when nothing there speaks of it. */
  target: string | null;
  /** What was done, or what to do. It never holds a key, a secret or a password. */
  message: string;
}

/**
 * Reads a JWT validation policy of MuleSoft: the YAML of Flex Gateway or the JSON of API Manager, up to 1 MiB.
 *
 * @throws ImportError when the text holds no such policy, or several. Everything less is a note.
 */
export function importMulesoft(text: string): Import {
  return importOf(native.importMulesoft(textOf(text)));
}

/**
 * Reads the issuers of a `deployment.toml` of WSO2 API Manager, up to 1 MiB. `trustStore` has the bytes of the store that
 * its certificates are in.
 *
 * @throws ImportError when the text is no TOML, or names no issuer. Everything less is a note.
 */
export function importWso2(text: string, { trustStore }: { trustStore?: Uint8Array | undefined } = {}): Import {
  return importOf(native.importWso2(textOf(text), trustStore));
}

function textOf(text: unknown): string {
  if (typeof text !== 'string') throw new TypeError('a policy of another product is a text');
  return text;
}

function importOf(result: string | PolicyProblem): Import {
  if (typeof result !== 'string') throw new ImportError(result);
  return JSON.parse(result) as Import;
}
