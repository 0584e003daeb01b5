// What jotgate is compared with in Node: each library as its documentation has it, with its key parsed beforehand.
// A peer gives the payload of a token, or a promise of it; what it refuses is an error.
import { readFileSync } from 'node:fs';
import { createVerifier } from 'fast-jwt';
import { importJWK, jwtVerify } from 'jose';

/** fast-jwt, whose cache of verified tokens is there on request. */
export function fastJwt(file, { algorithm, jwk, pem }, { cache = false } = {}) {
  const verify = createVerifier({
    key: pem ?? Buffer.from(jwk.k, 'base64url'),
    algorithms: [algorithm],
    allowedIss: file.issuer,
    allowedAud: file.audience,
    requiredClaims: ['exp', 'iss', 'aud'],
    cache,
  });
  return { name: cache ? 'fast-jwt, cached' : 'fast-jwt', version: packageVersion('fast-jwt'), verify };
}

export async function jose(file, { algorithm, jwk }) {
  const key = await importJWK(jwk, algorithm);
  const options = {
    algorithms: [algorithm],
    issuer: file.issuer,
    audience: file.audience,
    requiredClaims: ['exp'],
  };
  const verify = async (token) => (await jwtVerify(token, key, options)).payload;
  return { name: 'jose', version: packageVersion('jose'), verify, isAsync: true };
}

function packageVersion(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
}
