// A store of key sets that threads and processes of one machine share: a file.
import { readFile, rename, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { threadId } from 'node:worker_threads';

/** @param {string} path @returns {import('jotgate').KeyStore} */
export function fileStore(path) {
  const draft = `${path}.${process.pid}.${threadId}`;
  return {
    load: () => readFile(path, 'utf8').catch(() => null),
    save: async (text) => {
      await writeFile(draft, text);
      // Readers see the old text or the new one, and never half of it.
      await rename(draft, path);
    },
  };
}
