import { shaped } from './claims-schema.js';
import type { EventListener } from './events.js';
import type { Fetcher } from './fetcher.js';
import type { Hooks } from './hooks.js';
import type { Clock } from './policy.js';
import { checkStore, type KeyStore } from './store.js';

/** What an application brings along beside its policy. */
export interface HostOptions extends Hooks {
  /** Does the HTTP requests for key sets. Default: the global `fetch`. */
  fetch?: Fetcher | undefined;
  /** Where processes share the key sets that one of them has fetched. Default: each process fetches its own. */
  store?: KeyStore | undefined;
  /** The time to go by. Default: the system's clock. */
  clock?: Clock | undefined;
  /** Is called with what happens to the key sets, and with what does not pass. Whatever it does changes no outcome. */
  onEvent?: EventListener | undefined;
  /**
   * Is called with each piece of work for key sets, as a promise that never rejects, once it has begun: for runtimes that stop what is
   * under way once a request is answered, such as Workers with their `waitUntil`. Default: nobody is told.
   */
  waitUntil?: ((work: Promise<void>) => void) | undefined;
}

const FUNCTIONS = [
  'fetch',
  'clock',
  'clientLookup',
  'isRevoked',
  'transform',
  'onEvent',
  'waitUntil',
] as const satisfies (keyof HostOptions)[];

/**
 * Takes apart what the application brings along and the rest.
 *
 * @throws TypeError when one of its options is not what it must be.
 * @internal
 */
export function hostOf<Options extends HostOptions>(options: Options): [HostOptions, Omit<Options, keyof HostOptions>] {
  const host: Record<string, unknown> = {};
  const rest = { ...options } as Record<string, unknown>;
  for (const name of [...FUNCTIONS, 'store', 'claimsSchema'] as const) {
    // Taken off also when it is undefined, which is as good as not given.
    Reflect.deleteProperty(rest, name);
    const value = options[name];
    if (value === undefined) continue;
    if (name === 'store') checkStore(value);
    else if (name !== 'claimsSchema' && typeof value !== 'function') throw new TypeError(`${name} must be a function`);
    host[name] = value;
  }
  const { claimsSchema } = options;
  if (claimsSchema !== undefined) host['transform'] = shaped(claimsSchema, options.transform);
  return [host, rest as Omit<Options, keyof HostOptions>];
}
