// Measures jotgate against jose and fast-jwt: `node bench.mjs TOKENS [--quick]`. `../run.py` calls it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { createVerifier } from 'fast-jwt';
import { importJWK, jwtVerify } from 'jose';
import { createValidatorFromPolicy } from '../../bindings-node/dist/index.mjs';
import { Comparison, Contender, runAll } from './harness.mjs';

const SUBJECT = 'auth0|5f7c8ec7c33c6c004bbafe82';
const require = createRequire(import.meta.url);
const versions = {
  jotgate: require('../../bindings-node/package.json').version,
  jose: packageVersion('jose'),
  'fast-jwt': packageVersion('fast-jwt'),
};

const [path, ...flags] = process.argv.slice(2);
const file = JSON.parse(readFileSync(path, 'utf8'));
const comparisons = [];
for (const row of file.rows) comparisons.push(await accepted(row));
for (const rejection of file.rejections) comparisons.push(await rejected(rejection));
await runAll(comparisons, { quick: flags.includes('--quick') });

/** With the claims read, as applications do, and with claims that nobody reads; the peers always make the object. */
async function accepted(row) {
  const { algorithm, size, token } = row;
  const validator = createValidatorFromPolicy(row.policy);
  const contenders = [
    synchronous('jotgate', () => validator.validateSync(token).payload.sub === SUBJECT),
    synchronous('jotgate, claims unread', () => validator.tryValidateSync(token).ok),
    asynchronous('jotgate, awaited', async () => (await validator.validate(token)).payload.sub === SUBJECT),
    synchronous('fast-jwt', accepting(fastJwt(row), token)),
    asynchronous('jose', accepting(await jose(row), token)),
  ];
  return new Comparison(algorithm, size, 'accepted', contenders);
}

async function rejected({ case: code, algorithm, size, token, policy }) {
  const row = file.rows.find((row) => row.algorithm === algorithm && row.size === size);
  const validator = createValidatorFromPolicy(policy);
  const [fastJwtVerify, joseVerify] = [fastJwt(row), await jose(row)];
  return new Comparison(algorithm, size, code, [
    synchronous('jotgate', () => validator.tryValidateSync(token).code === code),
    synchronous('jotgate, thrown', () => {
      try {
        validator.validateSync(token);
      } catch (error) {
        return error.code === code;
      }
      return false;
    }),
    synchronous('fast-jwt', () => {
      try {
        fastJwtVerify(token);
      } catch {
        return true;
      }
      return false;
    }),
    asynchronous('jose', async () => {
      try {
        await joseVerify(token);
      } catch {
        return true;
      }
      return false;
    }),
  ]);
}

/** fast-jwt as its documentation recommends it, without the cache of verified tokens that it has on request. */
function fastJwt({ algorithm, jwk, pem }) {
  return createVerifier({
    key: pem ?? Buffer.from(jwk.k, 'base64url'),
    algorithms: [algorithm],
    allowedIss: file.issuer,
    allowedAud: file.audience,
    requiredClaims: ['exp', 'iss', 'aud'],
    cache: false,
  });
}

async function jose({ algorithm, jwk }) {
  const key = await importJWK(jwk, algorithm);
  const options = {
    algorithms: [algorithm],
    issuer: file.issuer,
    audience: file.audience,
    requiredClaims: ['exp'],
  };
  return async (token) => (await jwtVerify(token, key, options)).payload;
}

function accepting(verify, token) {
  const right = (payload) => payload.sub === SUBJECT;
  return () => {
    const payload = verify(token);
    return payload instanceof Promise ? payload.then(right) : right(payload);
  };
}

function synchronous(library, operation) {
  return new Contender(library, versions[library.split(',')[0]], (iterations) => {
    let right = true;
    for (let index = 0; index < iterations; index += 1) right = operation() && right;
    return right;
  });
}

function asynchronous(library, operation) {
  return new Contender(library, versions[library.split(',')[0]], async (iterations) => {
    let right = true;
    for (let index = 0; index < iterations; index += 1) right = (await operation()) && right;
    return right;
  });
}

function packageVersion(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
}
