// `node start.mjs CONTENDER CONFIG`: from nothing to the first verdict, and 10,000 further ones if it is told to.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [contender, path] = process.argv.slice(2);
const config = JSON.parse(readFileSync(path, 'utf8'));
const { token, issuer, audience, jwks, policy } = config;

const contenders = {
  jotgate: async () => {
    const { createValidatorFromPolicy } = await import(`${config.node}/dist/index.mjs`);
    const validator = createValidatorFromPolicy(policy);
    return () => validator.validateSync(token).payload.sub;
  },
  jose: async () => {
    // It is installed beside the benchmark of Node.
    const require = createRequire(`${config.peers}/package.json`);
    const { createLocalJWKSet, jwtVerify } = await import(pathToFileURL(require.resolve('jose')));
    const keys = createLocalJWKSet(jwks);
    const checks = { issuer, audience, algorithms: ['RS256'] };
    return async () => (await jwtVerify(token, keys, checks)).payload.sub;
  },
  node: async () => () => config.subject,
};

const subject = await contenders[contender]();
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
if (await ready()) {
  for (let count = 0; count < 10_000; count += 1) await subject();
  await ready();
}

/** Says that it is there, once it has read the claims of a token; whether anybody wants more. */
async function ready() {
  if ((await subject()) !== config.subject) throw new Error('another verdict');
  console.log('ready');
  return !(await lines.next()).done;
}
