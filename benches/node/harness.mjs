/**
 * Interleaved measuring: all contenders of a case take turns in short chunks, in rotating order, so that whatever else
 * the machine does meets all of them alike. The programs of the other languages work in the same way.
 */
const PASSES = 3;
const ROUNDS = 50;
const QUICK_ROUNDS = 5;
/** How long one chunk lasts, about; long against the clock's grain, short against the machine's moods. */
const CHUNK_NS = 1e6;
/** Longer than in other languages: the engine compiles what it runs, and better the longer it does. */
const WARM_UP_NS = 100e6;
const QUICK_WARM_UP_NS = 20e6;

const now = () => Number(process.hrtime.bigint());

/**
 * One library in one case. `run(iterations)` validates that many times and says whether each came to the verdict that
 * the case expects; it is a promise where the library is asynchronous, and then one await per validation is part of it.
 */
export class Contender {
  chunks = [];
  #iterations = 1;

  constructor(library, version, run) {
    Object.assign(this, { library, version, run });
  }

  /** Runs for a while, and finds out how many iterations make a chunk. */
  async warmUp(length) {
    const start = now();
    let done = 0;
    for (let batch = 1; now() - start < length; batch = Math.min(batch * 2, 64)) {
      if (!(await this.run(batch))) throw new Error(`${this.library} comes to another verdict`);
      done += batch;
    }
    this.#iterations = Math.max(1, Math.floor((done * CHUNK_NS) / (now() - start)));
  }

  async chunk() {
    const start = now();
    const right = await this.run(this.#iterations);
    this.chunks.push((now() - start) / this.#iterations);
    if (!right) throw new Error(`${this.library} comes to another verdict`);
  }
}

/** One row of the table: the same token put to several libraries. Ratios refer to the first. */
export class Comparison {
  constructor(algorithm, size, name, contenders) {
    Object.assign(this, { algorithm, size, name, contenders });
  }

  async measure({ rounds, warmUp }) {
    for (const contender of this.contenders) await contender.warmUp(warmUp);
    for (let round = 0; round < rounds; round += 1) {
      const first = round % this.contenders.length;
      const order = [...this.contenders.slice(first), ...this.contenders.slice(0, first)];
      for (const contender of order) await contender.chunk();
    }
  }

  print() {
    const base = this.contenders[0].chunks;
    for (const { library, version, chunks } of this.contenders) {
      const line = {
        language: 'node',
        library,
        version,
        algorithm: this.algorithm,
        size: this.size,
        case: this.name,
        median_ns: quantile(chunks, 0.5),
        p10_ns: quantile(chunks, 0.1),
        ratio: quantile(
          chunks.map((chunk, round) => chunk / base[round]),
          0.5,
        ),
      };
      console.log(JSON.stringify(line));
    }
  }
}

export async function runAll(comparisons, { quick }) {
  const effort = quick ? { rounds: QUICK_ROUNDS, warmUp: QUICK_WARM_UP_NS } : { rounds: ROUNDS, warmUp: WARM_UP_NS };
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (const comparison of comparisons) await comparison.measure(effort);
  }
  for (const comparison of comparisons) comparison.print();
}

function quantile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.round((values.length - 1) * share)];
}
