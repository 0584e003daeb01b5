// A service whose policy lies in a file that may change while it runs.
import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';

/**
 * Replaces the validator's policy each time that the file is another one. A file that is wrong, half written or gone is told, and the
 * policy before stays.
 *
 * It watches the folder: an editor renames another file into the place, and Kubernetes swaps a symbolic link beside it, of which a
 * watch on the file itself says nothing. On network file systems nothing is told; look at the file every few seconds there.
 *
 * @param {import('jotgate').Validator} validator
 * @param {string} path
 * @param {{ told?: (error: unknown) => void }} [settings] `told` is called after each attempt, with undefined where the policy holds
 * @returns {() => void} ends it
 */
export function watchPolicy(validator, path, { told = report } = {}) {
  /** @type {NodeJS.Timeout | undefined} */
  let soon;
  const replace = () => {
    soon = undefined;
    try {
      validator.replaceFromFile(path);
    } catch (error) {
      told(error);
      return;
    }
    told(undefined);
  };
  const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
    // Kubernetes' link has a name of its own.
    if (name !== null && name !== basename(path) && !name.startsWith('..')) return;
    // One change is told several times, and a file is read best when its writer is done with it.
    soon ??= setTimeout(replace, SETTLED).unref();
  });
  return () => {
    clearTimeout(soon);
    watcher.close();
  };
}

/** @param {unknown} error */
function report(error) {
  if (error === undefined) console.log('the policy holds from now on');
  else console.error('the policy is not taken, the one before stays:', error);
}

const SETTLED = 100;
