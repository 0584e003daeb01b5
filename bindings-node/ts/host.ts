import type { EventListener } from './events.js';
import type { Fetcher } from './fetcher.js';
import type { Hooks } from './hooks.js';
import type { Clock } from './policy.js';

/** What an application brings along beside its policy. */
export interface HostOptions extends Hooks {
  /** Does the HTTP requests for key sets. Default: the global `fetch`. */
  fetch?: Fetcher | undefined;
  /** The time to go by. Default: the system's clock. */
  clock?: Clock | undefined;
  /** Is called with what happens to the key sets, and with what does not pass. Whatever it does changes no outcome. */
  onEvent?: EventListener | undefined;
}

const NAMES = [
  'fetch',
  'clock',
  'clientLookup',
  'isRevoked',
  'transform',
  'onEvent',
] as const satisfies (keyof HostOptions)[];

/**
 * Takes apart what the application brings along and the rest.
 *
 * @throws TypeError when one of its options is no function.
 * @internal
 */
export function hostOf<Options extends HostOptions>(options: Options): [HostOptions, Omit<Options, keyof HostOptions>] {
  const host: Record<string, unknown> = {};
  const rest = { ...options } as Record<string, unknown>;
  for (const name of NAMES) {
    // Taken off also when it is undefined, which is as good as not given.
    if (name in rest) delete rest[name];
    const value = options[name];
    if (value === undefined) continue;
    if (typeof value !== 'function') throw new TypeError(`${name} must be a function`);
    host[name] = value;
  }
  return [host, rest as Omit<Options, keyof HostOptions>];
}
