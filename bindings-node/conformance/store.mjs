// A store of key sets that does what the steps of a scenario say.

/** @typedef {'work' | 'fail' | 'hold'} Does */

/** What the application's store is for a scenario. */
export class Store {
  /** What lies there. @type {string | null} */
  text = null;
  loads = 0;
  saves = 0;
  /** The key ids of each text that came to lie there since somebody asked. @type {string[][]} */
  landed = [];
  /** @type {{ load: Does, save: Does }} */
  #does = { load: 'work', save: 'work' };
  /** @type {{ part: 'load' | 'save', go: () => void }[]} */
  #held = [];

  /** @param {{ load?: Does, save?: Does }} does What is not named stays as it is. */
  change(does) {
    Object.assign(this.#does, does);
  }

  /** Ends the calls that are held, oldest first. @param {'load' | 'save'} part */
  release(part) {
    const released = this.#held.filter((held) => held.part === part);
    this.#held = this.#held.filter((held) => held.part !== part);
    for (const { go } of released) go();
  }

  load = () => {
    this.loads += 1;
    return this.#call('load', () => this.text);
  };

  save = (/** @type {string} */ text) => {
    this.saves += 1;
    return this.#call('save', () => {
      this.text = text;
      this.landed.push(kids(text));
    });
  };

  /**
   * @template Given
   * @param {'load' | 'save'} part @param {() => Given} end
   * @returns {Given | Promise<Given>}
   */
  #call(part, end) {
    if (this.#does[part] === 'fail') throw new Error('the store is broken');
    if (this.#does[part] === 'work') return end();
    return new Promise((resolve) => this.#held.push({ part, go: () => resolve(end()) }));
  }
}

/** The key ids of a snapshot. @param {string} snapshot @returns {string[]} */
function kids(snapshot) {
  /** @type {{ sources: { document?: string }[] }} */
  const { sources } = JSON.parse(snapshot);
  return sources.flatMap(({ document = '{"keys":[]}' }) =>
    JSON.parse(document).keys.map((/** @type {{ kid: string }} */ { kid }) => kid),
  );
}
