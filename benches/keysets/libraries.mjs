// Node's libraries, each as a function that makes a validation of tokens with keys from a URL; and what all clients do.
// The first argument of the program names the file that `run.py` or `flood.py` writes.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { JwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import buildGetJwks from 'get-jwks';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import jwksRsa from 'jwks-rsa';
import { createValidatorFromPolicy } from '../../bindings-node/dist/index.mjs';

export const given = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { issuer, audience } = given;
const checks = { issuer, audience, algorithms: ['RS256'] };

/** Each makes a function that validates a token with keys from `uri`, which count as fresh for `ttl` seconds. */
export const libraries = {
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

/** The version of a library, as it is installed. */
export function versionOf(library) {
  const name = library.split(',')[0];
  const manifest = name === 'jotgate' ? '../../bindings-node/package.json' : `node_modules/${name}/package.json`;
  return JSON.parse(readFileSync(new URL(manifest, import.meta.url), 'utf8')).version;
}

/** Where the issuer keeps a run of this library apart from the others. */
export function placeOf(library, experiment) {
  return `${given.base}/node-${library.replaceAll(/\W+/g, '-')}-${experiment}`;
}

export async function accepted(validate, token) {
  try {
    await validate(token);
    return true;
  } catch {
    return false;
  }
}

/** Requests for the key set that have reached the issuer. */
export async function count(place) {
  return Number(await (await fetch(`${place}/count`)).text());
}
