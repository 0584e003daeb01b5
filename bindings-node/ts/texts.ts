import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment } from './platform.js';

/** A text that a policy leaves to the host to read: of so many bytes and no more. */
export interface WantedText {
  kind: 'env' | 'file';
  name: string;
  readBytes: number;
}

/**
 * A document in a file, the folder where it lies, and how its name ends.
 * @internal
 */
export function documentIn(path: string | URL): { content: Uint8Array; folder: string; extension: string } {
  const content = readFileSync(path);
  const file = path instanceof URL ? fileURLToPath(path) : path;
  return { content, folder: dirname(file), extension: extname(file).slice(1) };
}

/**
 * The bytes; `false` when there are none, `true` when they cannot be read. Paths start at the folder.
 * @internal
 */
export function textOf({ kind, name, readBytes }: WantedText, folder: string): Uint8Array | boolean {
  if (kind === 'env') {
    const value = environment(name);
    return value !== undefined && Buffer.from(value);
  }
  try {
    const file = openSync(resolve(folder, name), 'r');
    try {
      const bytes = Buffer.alloc(readBytes);
      let length = 0;
      for (let more = -1; more !== 0 && length < readBytes; length += more) {
        more = readSync(file, bytes, length, readBytes - length, null);
      }
      return bytes.subarray(0, length);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}
