import { unlessAborted } from './call.js';
import type { Driver, Wait } from './driver.js';
import type { NativeCore } from './native.js';
import { internalError, type Outcome, type Undecided } from './outcome.js';
import { read } from './verdict.js';

/** When to judge for, and whose signal ends the call; a time that is not given is that of the clock. */
interface Call {
  asOf?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The tokens of a batch as a list of its own.
 *
 * @throws TypeError when one of them is no string: that is a mistake in the calling program, and no refusal of a token.
 * @internal
 */
export function tokensOf(tokens: Iterable<string>): readonly string[] {
  if (typeof tokens !== 'object' || (tokens as unknown) === null || !(Symbol.iterator in tokens)) {
    throw new TypeError('tokens must be an array of strings, or another iterable of them');
  }
  const list = [...tokens];
  for (const [place, token] of list.entries()) {
    if (typeof token !== 'string') throw new TypeError(`tokens[${place.toString()}] must be a string`);
  }
  return list;
}

/**
 * What each token comes to before the hooks, in their order. In rounds: all that have no verdict are judged in one call, which
 * other threads do; then the work is started that is due, and one piece is waited for of what each of them needs. Rejects when
 * the signal fires, and never else.
 * @internal
 */
export async function judgeMany<T extends object>(
  core: NativeCore,
  driver: Driver,
  clock: () => number,
  tokens: readonly string[],
  { asOf, signal }: Call,
): Promise<(Outcome<T> | Undecided)[]> {
  const outcomes = tokens.map((): Outcome<T> | Undecided => internalError(BROKEN));
  let open = [...tokens.keys()];
  signal?.throwIfAborted();
  while (open.length > 0) {
    // From before they are judged: what ends meanwhile is not waited for.
    const watch = driver.watch();
    try {
      const now = clock();
      const asked = open.map((place) => tokens[place] ?? '');
      core.takeVerdicts(await unlessAborted(() => core.judgeMany(asked, asOf ?? now, now), signal));
      const waits = new Map<string, Wait>();
      open = open.filter((place) => {
        const outcome = read<T>(core, core.nextVerdict(), now);
        if (outcome !== undefined) {
          outcomes[place] = outcome;
          return false;
        }
        const wait = { ids: core.waitFor(), patience: core.patience() };
        waits.set(wait.ids.join(), wait);
        return true;
      });
      const after = clock();
      if (core.workDue(after)) driver.poll(after);
      await watch.all([...waits.values()], signal);
    } catch {
      signal?.throwIfAborted();
      break;
    } finally {
      watch.end();
    }
  }
  return outcomes;
}

const BROKEN = 'the native part or the clock failed';
