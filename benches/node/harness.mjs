/**
 * Interleaved measuring: all contenders of a case take turns in short chunks, in rotating order, so that whatever else
 * the machine does meets all of them alike. The programs of the other languages work in the same way.
 */
import process from 'node:process';

export const LANGUAGE = 'node';
/** How long one chunk lasts, about; long against the clock's grain, short against the machine's moods. */
const CHUNK_NS = 1e6;
/** The warm-up is longer than in other languages: the engine compiles what it runs, and better the longer it does. */
const FULL = { passes: 3, rounds: 50, warmUp: 100e6 };
const QUICK = { passes: 1, rounds: 5, warmUp: 20e6 };

const wallTime = () => Number(process.hrtime.bigint());

/** Of all threads of this process, in nanoseconds. */
function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/**
 * One library in one case. `run(iterations)` validates that many times and says whether each came to the verdict that
 * the case expects; it is a promise where the library is asynchronous, and then one await per validation is part of it.
 */
export class Contender {
  /** Mean nanoseconds for each token, chunk by chunk. */
  wall = [];
  cpu = [];
  #iterations = 1;

  /** `tokens` is how many one iteration judges; where these are many, it is a chunk by itself. */
  constructor(name, version, provider, run, tokens = 1) {
    Object.assign(this, { name, version, provider, run, tokens });
  }

  /** Runs for a while, and finds out how many iterations make a chunk; what is long is asked for its verdict once. */
  async warmUp(length) {
    if (this.tokens > 1) {
      if (this.wall.length === 0) await this.#checked(1);
      return;
    }
    const start = wallTime();
    let done = 0;
    for (let batch = 1; wallTime() - start < length; batch = Math.min(batch * 2, 64)) {
      await this.#checked(batch);
      done += batch;
    }
    this.#iterations = Math.max(1, Math.floor((done * CHUNK_NS) / (wallTime() - start)));
  }

  async chunk() {
    const [cpu, wall] = [processorTime(), wallTime()];
    await this.#checked(this.#iterations);
    const tokens = this.#iterations * this.tokens;
    this.wall.push((wallTime() - wall) / tokens);
    this.cpu.push((processorTime() - cpu) / tokens);
  }

  async #checked(iterations) {
    const right = this.run(iterations);
    // A promise for nothing would be part of what is measured.
    if (!(right instanceof Promise ? await right : right)) throw new Error(`${this.name} comes to another verdict`);
  }
}

/** One row of the table: the same token put to several libraries. Ratios refer to the first. */
export class Comparison {
  constructor(row, contenders) {
    Object.assign(this, { row, contenders });
  }

  async measure({ rounds, warmUp }) {
    for (const contender of this.contenders) await contender.warmUp(warmUp);
    // Of what is long one round will do.
    const turns = this.row.cores > 1 ? 1 : rounds;
    for (let round = 0; round < turns; round += 1) {
      const first = round % this.contenders.length;
      const order = [...this.contenders.slice(first), ...this.contenders.slice(0, first)];
      for (const contender of order) await contender.chunk();
    }
  }

  print() {
    // Processor time; where several threads are at work, what has passed.
    const compared = this.row.cores > 1 ? 'wall' : 'cpu';
    const base = this.contenders[0][compared];
    const { scenario, algorithm, size, case: name } = this.row;
    for (const contender of this.contenders) {
      const { name: library, version, provider, wall, cpu } = contender;
      const ratios = contender[compared].map((chunk, round) => chunk / base[round]);
      const times = { median_ns: quantile(wall, 0.5), p10_ns: quantile(wall, 0.1), cpu_ns: quantile(cpu, 0.5) };
      const where = { scenario, algorithm, size, case: name };
      const line = { language: LANGUAGE, library, version, provider, ...where, ...times, ratio: quantile(ratios, 0.5) };
      console.log(JSON.stringify(line));
    }
  }
}

export async function runAll(comparisons, { quick }) {
  const effort = quick ? QUICK : FULL;
  for (let pass = 1; pass <= effort.passes; pass += 1) {
    console.error(`${LANGUAGE}: pass ${pass} of ${effort.passes}`);
    for (const comparison of comparisons) await comparison.measure(effort);
  }
  for (const comparison of comparisons) comparison.print();
}

function quantile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.round((values.length - 1) * share)];
}
