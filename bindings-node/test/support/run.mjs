// Running programs that use the package, as its users would.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

/**
 * Runs a program to its end, within five minutes on a busy machine, and gives what it printed.
 * @param {string} command @param {string[]} args
 * @param {{ cwd: string | URL, env?: NodeJS.ProcessEnv }} options
 */
export async function run(command, args, { cwd, env }) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, timeout: 300_000 });
  const [stdout, stderr] = [/** @type {string[]} */ ([]), /** @type {string[]} */ ([])];
  child.stdout.setEncoding('utf8').on('data', (text) => stdout.push(text));
  child.stderr.setEncoding('utf8').on('data', (text) => stderr.push(text));
  const [code] = await once(child, 'close');
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}
