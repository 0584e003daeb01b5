import { environment } from '../platform.js';
import type { WantedText } from '../texts.js';

/**
 * There are no files here.
 * @internal
 */
export function documentIn(): never {
  throw new Error(
    'jotgate/edge reads no files: replaceFromPolicy takes the document, and policyJson reads YAML and TOML',
  );
}

/**
 * The bytes of a variable; `false` when there are none. A file cannot be read: `true`.
 * @internal
 */
export function textOf({ kind, name }: WantedText): Uint8Array | boolean {
  if (kind === 'file') return true;
  const value = environment(name);
  return value !== undefined && new TextEncoder().encode(value);
}
