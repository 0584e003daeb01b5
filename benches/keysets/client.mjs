// Puts Node's libraries to the experiments: `node client.mjs FILE`. `run.py` calls it and says what is in the file.
import { setTimeout as sleep } from 'node:timers/promises';
import { accepted, count, given, libraries, placeOf, versionOf } from './libraries.mjs';

const { good, junk } = given;

for (const [library, make] of Object.entries(libraries)) {
  const results = {};
  for (const [experiment, run] of Object.entries({ burst, junkKids, down, outage })) {
    results[experiment] = await run(make, placeOf(library, experiment));
  }
  console.log(JSON.stringify({ language: 'Node', library, version: versionOf(library), ...results }));
}

/** Fifty at once, and no keys at hand. */
async function burst(make, place) {
  const validate = make(`${place}/jwks`);
  const ended = await Promise.all(given.burst.map((token) => accepted(validate, token)));
  return { fetches: await count(place), accepted: ended.filter(Boolean).length };
}

/** Tokens whose keys nobody has, one after the other, and then a good one again. */
async function junkKids(make, place) {
  const validate = make(`${place}/jwks`);
  if (!(await accepted(validate, good))) throw new Error(`${place}: the good token was refused`);
  const before = await count(place);
  for (const token of junk) if (await accepted(validate, token)) throw new Error(`${place}: junk was accepted`);
  return { fetches: (await count(place)) - before, accepted: Number(await accepted(validate, good)) };
}

/** Ten good tokens, and the issuer has been down from the beginning. */
async function down(make, place) {
  await fetch(`${place}/down`, { method: 'POST' });
  const validate = make(`${place}/jwks`);
  for (let round = 0; round < 10; round++) if (await accepted(validate, good)) throw new Error(`${place}: no keys`);
  return { fetches: await count(place), accepted: 0 };
}

/** Ten good tokens after the keys' freshness ended and the issuer went down. */
async function outage(make, place) {
  const validate = make(`${place}/jwks`, 1);
  if (validate === undefined) return null;
  if (!(await accepted(validate, good))) throw new Error(`${place}: the good token was refused`);
  const before = await count(place);
  await fetch(`${place}/down`, { method: 'POST' });
  await sleep(1500);
  let passed = 0;
  for (let round = 0; round < 10; round++) passed += Number(await accepted(validate, good));
  return { fetches: (await count(place)) - before, accepted: passed };
}
