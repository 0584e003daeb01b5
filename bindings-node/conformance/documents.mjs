// Loads one policy file through the public API, beside the files of the case. Its variables are set by whoever started this.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createValidatorFromFile, PolicyError } from 'jotgate';

/**
 * @typedef {object} DocumentCase
 * @property {string} id
 * @property {string} format
 * @property {string} text
 * @property {Record<string, string>} [files]
 * @property {string} [token]
 * @property {number} [now]
 */

/**
 * The line of the report.
 * @param {DocumentCase} testCase
 */
export async function loaded({ id, format, text, files = {}, token = '', now = 0 }) {
  const folder = mkdtempSync(join(tmpdir(), 'jotgate-'));
  const policy = join(folder, `policy.${format}`);
  try {
    for (const [name, content] of [...Object.entries(files), [`policy.${format}`, text]]) {
      mkdirSync(dirname(join(folder, String(name))), { recursive: true });
      writeFileSync(join(folder, String(name)), String(content));
    }
    const validator = createValidatorFromFile(policy, { clock: () => now * 1000 });
    const { ok } = await validator.tryValidate(token);
    return { id, verdict: ok ? 'accepted' : 'not accepted' };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { id, problems: error.problems.map(({ path, line, column }) => ({ path, line, column })) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
