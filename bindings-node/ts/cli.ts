#!/usr/bin/env node
import { open } from 'node:fs/promises';
import { exchange, problemOf, type Fetcher } from './fetcher.js';
import { globalFetcher } from './fetchers.js';
import { native, type NativeCommand } from './native.js';
import { type Network, networkFetcher, NetworkProblem } from './network.js';

/** What the core asks for next. */
type Step =
  | { step: 'read_file'; path: string }
  | { step: 'read_input' }
  | { step: 'read_part'; path: string | null; most: number; progress: string }
  | { step: 'audit_columns' }
  | {
      step: 'fetch';
      id: number;
      url: string;
      timeout: number;
      headers: [string, string][];
      max_body: number;
      network: Network;
    }
  | { step: 'done'; stdout: string; stderr: string; exit: number };

/** What is read of a file or of standard input, in bytes; one more tells the core that there is too much. */
const LONGEST = 16 * 1024 * 1024 + 1;

async function run(command: NativeCommand): Promise<Extract<Step, { step: 'done' }>> {
  const logs = new Logs();
  for (;;) {
    const step = JSON.parse(command.step(Date.now())) as Step;
    switch (step.step) {
      case 'done':
        return step;
      case 'fetch':
        await fetchInto(command, step);
        break;
      case 'read_part':
        process.stderr.write(step.progress);
        await provided(command, () => logs.part(step.path, step.most));
        break;
      case 'audit_columns':
        command.provideNothing('not installed');
        break;
      default:
        await provided(command, () => whole(step.step === 'read_file' ? fileOf(step.path) : process.stdin));
    }
  }
}

/** Logs that are read part by part, one after the other. */
class Logs {
  #parts: AsyncIterator<Uint8Array> | undefined;

  /** What follows on the part before; nothing at the end, after which the next log begins. */
  async part(path: string | null, most: number): Promise<Uint8Array> {
    const log: AsyncIterable<Uint8Array> = path === null ? process.stdin : fileOf(path, most);
    this.#parts ??= log[Symbol.asyncIterator]();
    const next = await this.#parts.next();
    if (next.done !== true) return next.value;
    this.#parts = undefined;
    return new Uint8Array();
  }
}

async function* fileOf(path: string, most = 64 * 1024): AsyncIterable<Uint8Array> {
  const file = await open(path);
  try {
    yield* file.createReadStream({ autoClose: false, highWaterMark: most }) as AsyncIterable<Uint8Array>;
  } finally {
    await file.close();
  }
}

async function whole(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length >= LONGEST) break;
  }
  return Buffer.concat(chunks);
}

async function provided(command: NativeCommand, read: () => Promise<Uint8Array>): Promise<void> {
  let content;
  try {
    content = await read();
  } catch (error) {
    command.provideNothing(reasonOf(error));
    return;
  }
  command.provide(content);
}

async function fetchInto(command: NativeCommand, step: Extract<Step, { step: 'fetch' }>): Promise<void> {
  const id = BigInt(step.id);
  const request = {
    id,
    url: step.url,
    timeout: step.timeout * 1000,
    headers: step.headers.flat(),
    maxBody: step.max_body,
  };
  let fetcher: Fetcher = globalFetcher;
  let answer;
  try {
    if (Object.values(step.network).some((said) => said !== null)) fetcher = await networkFetcher(step.network);
    answer = await exchange(fetcher, request);
  } catch (error) {
    if (error instanceof NetworkProblem) {
      command.provideNothing(error.message);
      return;
    }
    const { failure, words } = problemOf(error);
    command.reportFailed(id, failure, words, Date.now());
    return;
  }
  command.reportFetched(id, answer.status, answer.headers, answer.body, Date.now());
}

/** In the words that the programs of the other languages use. */
function reasonOf(error: unknown): string {
  return REASONS.get((error as NodeJS.ErrnoException).code ?? '') ?? 'cannot be read';
}

const REASONS = new Map([
  ['ENOENT', 'no such file'],
  ['EISDIR', 'is a directory'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
]);

function isTerminal(stream: NodeJS.WriteStream): boolean {
  // As a stream that is no terminal says it: not at all.
  return (stream as { isTTY?: boolean }).isTTY === true;
}

function showsColours(stream: NodeJS.WriteStream): boolean {
  return isTerminal(stream) && (process.env['NO_COLOR'] ?? '') === '';
}

async function main(): Promise<void> {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    // Whoever reads may have had enough, as `head` has.
    stream.on('error', () => {
      process.exitCode = BROKEN_PIPE;
    });
  }
  const colours = [showsColours(stdout), showsColours(stderr)] as const;
  const command = native.createCommand(process.argv.slice(2), ...colours, isTerminal(stderr));
  const output = await run(command);
  process.exitCode = output.exit;
  stderr.write(output.stderr);
  stdout.write(output.stdout);
}

/** What a shell tells of a program that a broken pipe ended. */
const BROKEN_PIPE = 141;

void main();
