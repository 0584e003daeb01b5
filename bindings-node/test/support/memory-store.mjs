// A store of key sets in memory.

/** It remembers, and counts. */
export function memoryStore() {
  const kept = {
    /** @type {string | null} */
    text: null,
    saves: 0,
    load: async () => kept.text,
    save: async (/** @type {string} */ text) => {
      kept.text = text;
      kept.saves += 1;
    },
  };
  return kept;
}

/** How the first key set of a validator is. @param {import('jotgate').Validator} validator */
export function source(validator) {
  const [first] = validator.health().sources;
  if (first === undefined) throw new Error('the validator has no source');
  return first;
}
