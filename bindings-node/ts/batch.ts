import { unlessAborted } from './call.js';
import type { Driver, Wait } from './driver.js';
import type { NativeCore, NativeVerdicts } from './native.js';
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
 * What each token comes to before the hooks, in their order. In rounds: all that have no verdict are judged, which other threads do;
 * work that is due is started, and then one piece is waited for of what each of them needs. Rejects when the signal fires, and never
 * else.
 * @internal
 */
export async function judgeMany<T extends object>(
  core: NativeCore,
  driver: Driver,
  clock: () => number,
  tokens: readonly string[],
  { asOf, signal }: Call,
): Promise<(Outcome<T> | Undecided)[]> {
  const outcomes: (Outcome<T> | Undecided | undefined)[] = tokens.map(() => undefined);
  let open = [...tokens.keys()];
  signal?.throwIfAborted();
  while (open.length > 0) {
    // From before they are judged: what ends meanwhile is not waited for.
    const watch = driver.watch();
    try {
      const now = clock();
      const parts = partsOf(open);
      const begin = (part: readonly number[]): Promise<NativeVerdicts> =>
        core.judgeMany(
          part.map((place) => tokens[place] ?? ''),
          asOf ?? now,
          now,
        );
      const waits = new Map<string, Wait>();
      open = [];
      await inTurn(parts, begin, signal, (part, verdicts) => {
        core.takeVerdicts(verdicts);
        for (const place of part) {
          const outcome = read<T>(core, core.nextVerdict(), now);
          outcomes[place] = outcome;
          if (outcome !== undefined) continue;
          open.push(place);
          const wait = { ids: core.waitFor(), patience: core.patience() };
          waits.set(wait.ids.join(), wait);
        }
        const after = clock();
        if (core.workDue(after)) driver.poll(after);
      });
      await watch.all([...waits.values()], signal);
    } catch {
      signal?.throwIfAborted();
      break;
    } finally {
      watch.end();
    }
  }
  return outcomes.map((outcome) => outcome ?? internalError(BROKEN));
}

/**
 * Reads the verdicts on one part after the other, in their order. While those on one are read, and the tokens of another are handed
 * over, which this thread alone can do, the threads have a third one to judge.
 */
async function inTurn<Part>(
  parts: readonly Part[],
  begin: (part: Part) => Promise<NativeVerdicts>,
  signal: AbortSignal | undefined,
  take: (part: Part, verdicts: NativeVerdicts) => void,
): Promise<void> {
  const begun: Promise<NativeVerdicts>[] = [];
  const beginNext = (): void => {
    const part = parts[begun.length];
    if (part === undefined) return;
    const verdicts = begin(part);
    // Nobody waits for it any more where an earlier one has failed.
    verdicts.catch(() => undefined);
    begun.push(verdicts);
  };
  for (let ahead = 0; ahead < AHEAD; ahead += 1) beginNext();
  for (const [turn, part] of parts.entries()) {
    const verdicts = await unlessAborted(() => begun[turn] ?? begin(part), signal);
    beginNext();
    take(part, verdicts);
  }
}

function partsOf(places: readonly number[]): number[][] {
  const parts = [];
  for (let from = 0; from < places.length; from += PART) parts.push(places.slice(from, from + PART));
  return parts;
}

/** Tokens that are handed over in one turn of the event loop, and read in one: a few milliseconds of it. */
const PART = 1024;

/** Parts that are with the threads, so that they have one while another is read. */
const AHEAD = 2;

const BROKEN = 'the native part or the clock failed';
