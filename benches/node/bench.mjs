// Measures jotgate against jose and fast-jwt: `node bench.mjs TOKENS [--quick] [--cores NUMBER]`. `../run.py` calls it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createValidatorFromPolicy } from '../../bindings-node/dist/index.mjs';
import { Comparison, Contender, LANGUAGE, runAll } from './harness.mjs';
import { fastJwt, jose } from './peers.mjs';

const SUBJECT = 'auth0|5f7c8ec7c33c6c004bbafe82';
const { version: JOTGATE } = createRequire(import.meta.url)('../../bindings-node/package.json');
const SCENARIOS = {
  validate: validated,
  refuse: refused,
  request: requested,
  cache: cached,
  batch: batched,
};

const {
  positionals: [path],
  values: { quick, cores },
} = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, cores: { type: 'string', default: '1' } },
});
const file = JSON.parse(readFileSync(path, 'utf8'));
const comparisons = [];
for (const row of file.comparisons.filter(isMeasured)) {
  // One that is not known here is an error: it would be missed in silence.
  if (!Object.hasOwn(SCENARIOS, row.does)) throw new Error(`${row.scenario}: nobody knows here how to ${row.does}`);
  comparisons.push(new Comparison(row, await SCENARIOS[row.does](row)));
}
await runAll(comparisons, { quick });

function isMeasured(row) {
  return row.program === 'languages' && row.cores === Number(cores) && row.languages.includes(LANGUAGE);
}

/** One claim read, all of them as an object, and none; the peers always make the object. */
async function validated(row) {
  const { token } = row;
  const validator = createValidatorFromPolicy(row.policy);
  const right = (payload) => payload.sub === SUBJECT;
  return [
    ours('jotgate', row, () => validator.validateSync(token).claim('sub') === SUBJECT),
    ours('jotgate, all claims', row, () => validator.validateSync(token).payload.sub === SUBJECT),
    ours('jotgate, claims unread', row, () => validator.tryValidateSync(token).ok),
    oursAwaited('jotgate, awaited', row, async () => (await validator.validate(token)).claim('sub') === SUBJECT),
    accepting(fastJwt(file, row), token, right),
    accepting(await jose(file, row), token, right),
  ];
}

/** A token that is refused, beside one that passes: an attacker must not cost more than a user. */
async function refused(row) {
  const { case: code, token, good } = row;
  const validator = createValidatorFromPolicy(row.policy);
  const thrown = () => {
    try {
      validator.validateSync(token);
    } catch (error) {
      return error.code === code;
    }
    return false;
  };
  return [
    ours('jotgate', row, () => validator.tryValidateSync(token).code === code),
    ours('jotgate, accepting', row, () => validator.tryValidateSync(good).ok),
    ours('jotgate, thrown', row, thrown),
    refusing(fastJwt(file, row), token),
    refusing(await jose(file, row), token),
  ];
}

/** The token alone, and a request that carries it, as Node's server has it; claims unread. */
function requested(row) {
  const { token, request } = row;
  const validator = createValidatorFromPolicy(row.policy);
  const target = `${request.path}?${request.query}`;
  const incoming = { method: request.method, url: target, headers: request.headers.flat() };
  return [
    oursAwaited('jotgate, token alone', row, async () => (await validator.tryValidate(token)).ok),
    oursAwaited('jotgate, request', row, async () => (await validator.tryValidateRequest(incoming)).ok),
  ];
}

/** With a cache of verified tokens that holds the token, and without. */
function cached(row) {
  const { token } = row;
  const caching = createValidatorFromPolicy(row.cached_policy);
  const validator = createValidatorFromPolicy(row.policy);
  return [
    ours('jotgate, cached', row, () => caching.validateSync(token).claim('sub') === SUBJECT),
    ours('jotgate, cached, claims unread', row, () => caching.tryValidateSync(token).ok),
    ours('jotgate', row, () => validator.validateSync(token).claim('sub') === SUBJECT),
    accepting(fastJwt(file, row, { cache: true }), token, (payload) => payload.sub === SUBJECT),
  ];
}

/** Node's threads are as many as there are processors: one thread is one token after the other. */
function batched(row) {
  const count = quick ? row.quick_tokens : row.tokens;
  const validator = createValidatorFromPolicy(row.policy);
  const tokens = Array.from({ length: count }, (_, index) => row.distinct[index % row.distinct.length]);
  const together = async () => (await validator.validateMany(tokens)).every((outcome) => outcome.ok);
  return [
    ours('jotgate, one by one', row, () => tokens.every((token) => validator.tryValidateSync(token).ok), count),
    oursAwaited('jotgate, two threads', row, together, count),
  ];
}

function ours(name, row, operation, tokens) {
  return new Contender(name, JOTGATE, provider(row), repeated(operation), tokens);
}

function oursAwaited(name, row, operation, tokens) {
  return new Contender(name, JOTGATE, provider(row), repeatedAwaited(operation), tokens);
}

/** The addon verifies with aws-lc, and hashes with ring: core/docs/adr/0005-two-providers.md. */
function provider({ algorithm }) {
  return algorithm.startsWith('HS') ? 'ring' : 'aws-lc';
}

function accepting({ name, version, verify, isAsync }, token, right) {
  const run = isAsync ? repeatedAwaited(async () => right(await verify(token))) : repeated(() => right(verify(token)));
  return new Contender(name, version, 'OpenSSL', run);
}

function refusing({ name, version, verify, isAsync }, token) {
  const refused = () => {
    try {
      verify(token);
    } catch {
      return true;
    }
    return false;
  };
  const refusedAwaited = async () => {
    try {
      await verify(token);
    } catch {
      return true;
    }
    return false;
  };
  return new Contender(name, version, 'OpenSSL', isAsync ? repeatedAwaited(refusedAwaited) : repeated(refused));
}

function repeated(operation) {
  return (iterations) => {
    let right = true;
    for (let index = 0; index < iterations; index += 1) right = operation() && right;
    return right;
  };
}

function repeatedAwaited(operation) {
  return async (iterations) => {
    let right = true;
    for (let index = 0; index < iterations; index += 1) right = (await operation()) && right;
    return right;
  };
}
