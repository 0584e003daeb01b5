/** What runtimes have in ways of their own, or not at all: Node, Deno, Workers and browsers. Looked up when it is needed. */
const runtime = globalThis as { process?: Partial<NodeJS.Process>; setImmediate?: typeof setImmediate };

/**
 * A variable of the environment; undefined where it is not set, where there is no environment, and where it must not be read.
 * @internal
 */
export function environment(name: string): string | undefined {
  try {
    return runtime.process?.env?.[name];
  } catch {
    return undefined;
  }
}

/**
 * Warns the process, or the console where there is none.
 * @internal
 */
export function warn(text: string, options: { type: string; code?: string } = { type: 'JotgateWarning' }): void {
  const { process } = runtime;
  if (typeof process?.emitWarning === 'function') process.emitWarning(text, options);
  else console.warn(`${options.type}: ${text}`);
}

/**
 * Says of a timer that it keeps no process alive, where timers do.
 * @internal
 */
export function background(timer: { unref?: unknown } | number): void {
  if (typeof timer === 'object' && typeof timer.unref === 'function') (timer as NodeJS.Timeout).unref();
}

/**
 * Resolves in a later turn of the event loop.
 * @internal
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof runtime.setImmediate === 'function') runtime.setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}

/**
 * A number from 0 to 2^48 - 1 that nobody can guess.
 * @internal
 */
export function randomNumber(): number {
  const [upper = 0, lower = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (upper & 0xffff) * 2 ** 32 + lower;
}

/**
 * Bytes in the alphabet of tokens (RFC 4648 section 5), without padding.
 * @internal
 */
export function base64url(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
