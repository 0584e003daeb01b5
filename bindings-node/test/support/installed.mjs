// The packages as they ship, installed into a project far from the tree.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.mjs';

const tests = fileURLToPath(new URL('../../../tests', import.meta.url));

/**
 * Packs `jotgate` and the native part for this machine into a new folder.
 * @returns {Promise<{ folder: string, main: string, native: string }>} the folder, and the names of the tarballs in it
 */
export async function pack() {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-packed-'));
  const packed = await run('python3', ['-m', 'release.npm', '--folder', folder, 'host'], { cwd: tests });
  assert.equal(packed.code, 0, packed.stderr);
  const names = await readdir(folder);
  const [main = ''] = names.filter((name) => /^jotgate-\d/.test(name));
  const [native = ''] = names.filter((name) => name !== main);
  return { folder, main: join(folder, main), native: join(folder, native) };
}

/**
 * Makes a project with these tarballs, and nothing else is asked of anybody.
 * @param {string[]} tarballs @param {string[]} options
 */
export async function install(tarballs, ...options) {
  const project = await mkdtemp(join(tmpdir(), 'jotgate-consumer-'));
  await writeFile(join(project, 'package.json'), '{"private":true}');
  const installed = await run('npm', ['install', '--offline', ...options, ...tarballs], { cwd: project });
  assert.equal(installed.code, 0, installed.stderr);
  return project;
}
