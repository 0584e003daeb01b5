// Good tokens beside a flood of unknown key ids, for one of Node's libraries: `node --expose-gc flood_client.mjs FILE
// LIBRARY`. `flood.py` calls it. Without a library it prints the names of those it knows.
import { randomBytes } from 'node:crypto';
import process from 'node:process';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { accepted, count, given, libraries, placeOf, versionOf } from './libraries.mjs';

const { good, flood: plan } = given;
const rest = good.slice(good.indexOf('.'));
const run = randomBytes(4).toString('hex');
const now = () => Number(process.hrtime.bigint());
/** So many times of junk tokens are kept. */
const SAMPLE = 20_000;

async function flooded(library) {
  const place = placeOf(library, 'flood');
  const validate = libraries[library](`${place}/jwks`);
  if (!(await accepted(validate, good))) throw new Error(`${place}: the good token was refused`);
  const started = now();
  const junk = new Junk(validate);
  const beside = { alone: undefined, beside_good: () => validate(good), beside_junk: () => junk.refuseOne() };
  const modes = Object.keys(beside);
  const rounds = [];
  // The first is for warming up.
  for (let round = 0; round <= plan.rounds; round += 1) {
    const taken = {};
    for (const place of [0, 1, 2]) {
      const mode = modes[(round + place) % 3];
      taken[mode] = await times(validate, beside[mode]);
    }
    rounds.push(taken);
  }
  // Heaps grow to their working size first, whatever is done.
  await more(junk);
  const [before, resident] = [junk.tried, residentBytes()];
  await more(junk);
  const grown = residentBytes() - resident;
  if (!(await accepted(validate, good))) throw new Error(`${place}: the good token was refused`);
  return {
    language: 'Node',
    library,
    version: versionOf(library),
    rounds: rounds.slice(1),
    junk_times: junk.times,
    junk: junk.tried,
    seconds: Math.round((now() - started) / 1e8) / 10,
    requests: await count(place),
    growth: { junk: junk.tried - before, bytes: grown },
  };
}

/** Nanoseconds of each good validation, while the same event loop does the other thing in several streams at once. */
async function times(validate, other) {
  const taken = [];
  let ended = false;
  const stream = async () => {
    while (!ended) {
      await other();
      await turn();
    }
  };
  const streams = other === undefined ? [] : Array.from({ length: plan.streams }, stream);
  const until = now() + plan.round_seconds * 1e9;
  while (now() < until) {
    const start = now();
    await validate(good);
    taken.push(now() - start);
    await turn();
  }
  ended = true;
  await within(0, streams);
  return taken;
}

/** Tokens that name ever new keys; nothing else of them differs from the good one. */
class Junk {
  tried = 0;
  /** Nanoseconds of the first ones. */
  times = [];
  #validate;

  constructor(validate) {
    this.#validate = validate;
  }

  async refuseOne() {
    this.tried += 1;
    const header = JSON.stringify({ alg: 'RS256', kid: `${run}-${this.tried}`, typ: 'JWT' });
    const token = Buffer.from(header).toString('base64url') + rest;
    const start = now();
    const wrong = await accepted(this.#validate, token);
    if (this.times.length < SAMPLE) this.times.push(now() - start);
    if (wrong) throw new Error('junk was accepted');
  }
}

/** So much more junk that memory would show it; as much as there is time for. */
async function more(junk) {
  const most = junk.tried + plan.junk;
  const until = now() + plan.growth_seconds * 1e9;
  const stream = async () => {
    while (junk.tried < most && now() < until) {
      await junk.refuseOne();
      await turn();
    }
  };
  await within(plan.growth_seconds * 1000, Array.from({ length: plan.streams }, stream));
}

/** Some libraries keep a token waiting for many seconds: nobody waits for the last of those. */
async function within(milliseconds, streams) {
  await Promise.race([Promise.all(streams), sleep(milliseconds + 200)]);
}

function residentBytes() {
  globalThis.gc();
  return process.memoryUsage.rss();
}

const library = process.argv[3];
const told = JSON.stringify(library === undefined ? Object.keys(libraries) : await flooded(library));
// Some libraries keep connections or timers, so nothing but this ends the process.
process.stdout.write(told, () => process.exit(0));
