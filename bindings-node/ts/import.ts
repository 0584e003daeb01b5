import { ImportError } from './errors.js';
import { native } from './native.js';
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

/** The names of the gateways whose policies are read: `mulesoft`, `wso2` and those that come. */
export function products(): string[] {
  return native.products();
}

/**
 * Reads a gateway's policy, up to 1 MiB, into ours: of `mulesoft` the YAML of Flex Gateway or the JSON of API Manager, of
 * `wso2` the `deployment.toml`. `files` are further files that it names, such as a trust store, by name; a note says which
 * are missing. `values` fill in templates of the text by their names, such as `{{ host }}` or `${jwks.url}`.
 *
 * @throws ImportError when no policy can be read from the text. Everything less is a note.
 */
export function importPolicy(
  product: string,
  text: string,
  {
    files = {},
    values = {},
  }: { files?: Record<string, Uint8Array> | undefined; values?: Record<string, string> | undefined } = {},
): Import {
  if (typeof text !== 'string') throw new TypeError('a policy of another product is a text');
  const named = Object.entries(files).map(([name, content]) => ({ name, content }));
  const filled = Object.entries(values).map(([name, value]) => ({ name, value }));
  const result = native.importPolicy(product, text, named, filled);
  if (result == null) throw new TypeError(`there is no such product: expected one of ${products().join(', ')}`);
  if (typeof result !== 'string') throw new ImportError(result);
  return JSON.parse(result) as Import;
}
