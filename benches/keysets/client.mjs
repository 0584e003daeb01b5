// Puts Node's libraries to the experiments: `node client.mjs FILE`. `run.py` calls it and says what is in the file.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { JwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import buildGetJwks from 'get-jwks';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import jwksRsa from 'jwks-rsa';
import { createValidatorFromPolicy } from '../../bindings-node/dist/index.mjs';

const given = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { base, issuer, audience, good, junk } = given;
const checks = { issuer, audience, algorithms: ['RS256'] };

/** Each makes a function that validates a token with keys from `uri`, which count as fresh for `ttl` seconds. */
const libraries = {
  jotgate: (uri, ttl) => {
    const jwks = ttl === undefined ? {} : { jwks: { ttl, min_ttl: ttl } };
    const validator = createValidatorFromPolicy({
      version: 1,
      issuers: [{ issuer, audience, algorithms: ['RS256'], keys: { jwks_uri: uri }, ...jwks }],
    });
    return (token) => validator.validate(token);
  },
  jose: (uri, ttl) => {
    const keys = createRemoteJWKSet(new URL(uri), ttl === undefined ? {} : { cacheMaxAge: ttl * 1000 });
    return (token) => jwtVerify(token, keys, checks);
  },
  // It has no notion of freshness, and takes keys over TLS alone unless it is given a fetcher.
  'aws-jwt-verify': (uri, ttl) => {
    if (ttl !== undefined) return undefined;
    const fetcher = { fetch: async (url) => Buffer.from(await (await fetch(url)).arrayBuffer()) };
    const verifier = JwtVerifier.create({ issuer, audience, jwksUri: uri }, { jwksCache: new SimpleJwksCache({ fetcher }) });
    return (token) => verifier.verify(token);
  },
  'jwks-rsa': (uri, ttl) => withJwksRsa(uri, ttl, {}),
  'jwks-rsa, rateLimit': (uri, ttl) => withJwksRsa(uri, ttl, { rateLimit: true }),
  'get-jwks': (uri, ttl) => {
    const getJwks = buildGetJwks({ jwksPath: new URL(uri).pathname, ...(ttl === undefined ? {} : { ttl: ttl * 1000 }) });
    return async (token) => {
      const { kid, alg } = jsonwebtoken.decode(token, { complete: true }).header;
      const key = await getJwks.getPublicKey({ domain: new URL(uri).origin, kid, alg });
      return jsonwebtoken.verify(token, key, checks);
    };
  },
};

function withJwksRsa(uri, ttl, options) {
  const client = jwksRsa({ jwksUri: uri, ...options, ...(ttl === undefined ? {} : { cacheMaxAge: ttl * 1000 }) });
  return async (token) => {
    const key = await client.getSigningKey(jsonwebtoken.decode(token, { complete: true }).header.kid);
    return jsonwebtoken.verify(token, key.getPublicKey(), checks);
  };
}

const require = createRequire(import.meta.url);
for (const [library, make] of Object.entries(libraries)) {
  const name = library.split(',')[0];
  const version = require(name === 'jotgate' ? '../../bindings-node/package.json' : manifest(name)).version;
  const results = {};
  for (const [experiment, run] of Object.entries({ burst, junkKids, down, outage })) {
    const place = `${base}/node-${library.replaceAll(/\W+/g, '-')}-${experiment}`;
    results[experiment] = await run(make, place);
  }
  console.log(JSON.stringify({ language: 'Node', library, version, ...results }));
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

async function accepted(validate, token) {
  try {
    await validate(token);
    return true;
  } catch {
    return false;
  }
}

async function count(place) {
  return Number(await (await fetch(`${place}/count`)).text());
}

function manifest(name) {
  return new URL(`node_modules/${name}/package.json`, import.meta.url).pathname;
}
