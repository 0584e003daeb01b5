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
  for (;;) {
    const step = JSON.parse(command.step(Date.now())) as Step;
    switch (step.step) {
      case 'done':
        return step;
      case 'fetch':
        await fetchInto(command, step);
        break;
      default:
        await readInto(command, step.step === 'read_file' ? fileOf(step.path) : process.stdin);
    }
  }
}

async function* fileOf(path: string): AsyncIterable<Uint8Array> {
  const file = await open(path);
  try {
    yield* file.createReadStream({ autoClose: false }) as AsyncIterable<Uint8Array>;
  } finally {
    await file.close();
  }
}

async function readInto(command: NativeCommand, source: AsyncIterable<Uint8Array>): Promise<void> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of source) {
      chunks.push(chunk);
      length += chunk.byteLength;
      if (length >= LONGEST) break;
    }
  } catch (error) {
    command.provideNothing(reasonOf(error));
    return;
  }
  command.provide(Buffer.concat(chunks));
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

function showsColours(stream: NodeJS.WriteStream): boolean {
  // As a stream that is no terminal says it: not at all.
  return (stream as { isTTY?: boolean }).isTTY === true && (process.env['NO_COLOR'] ?? '') === '';
}

async function main(): Promise<void> {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    // Whoever reads may have had enough, as `head` has.
    stream.on('error', () => {
      process.exitCode = BROKEN_PIPE;
    });
  }
  const command = native.createCommand(process.argv.slice(2), showsColours(stdout), showsColours(stderr));
  const output = await run(command);
  process.exitCode = output.exit;
  stdout.write(output.stdout);
  stderr.write(output.stderr);
}

/** What a shell tells of a program that a broken pipe ended. */
const BROKEN_PIPE = 141;

void main();
