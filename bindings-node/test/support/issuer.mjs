// An issuer on loopback: a key set over real HTTP, and tokens signed with its keys.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** @import { IncomingMessage, ServerResponse } from 'node:http' */
/** @import { AddressInfo } from 'node:net' */

export const AUDIENCE = 'https://api.example.com';

/** Seconds since the Unix epoch. */
export const seconds = () => Math.floor(Date.now() / 1000);

/**
 * Starts a server that ends with the test.
 * @param {import('node:test').TestContext} t
 * @param {(request: IncomingMessage, response: ServerResponse) => void} handler
 * @param {import('node:https').ServerOptions} [tls] Makes it one for https.
 */
export async function serve(t, handler, tls) {
  const server = tls === undefined ? createServer(handler) : createTlsServer(tls, handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`;
}

/** One signing key: its public half and a way to sign with it. */
export async function signingKey(kid = 'key-1', alg = 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const jwk = { ...(await exportJWK(publicKey)), kid, alg };
  return { kid, alg, jwk, privateKey };
}

/** @typedef {(request: IncomingMessage, response: ServerResponse) => void} Handler */
/** @typedef {Awaited<ReturnType<typeof signingKey>>} SigningKey */

/**
 * @typedef {object} Issuer
 * @property {string} url
 * @property {string} jwksUri
 * @property {number} fetches How many requests for the key set came in.
 * @property {number} metadataFetches How many requests for the metadata came in.
 * @property {SigningKey[]} keys
 * @property {Handler} respond What the key set's URL answers; replace it to break the issuer.
 * @property {(claims?: object, header?: object, key?: SigningKey) => Promise<string>} mint
 * @property {() => { issuer: string, audience: string, jwksUri: string }} options Those that accept its tokens.
 */

/**
 * Starts an issuer.
 * @param {import('node:test').TestContext} t
 * @param {import('node:https').ServerOptions} [tls]
 * @returns {Promise<Issuer>}
 */
export async function startIssuer(t, tls) {
  const firstKey = await signingKey();
  /** @type {Issuer} */
  const issuer = {
    url: '',
    jwksUri: '',
    fetches: 0,
    metadataFetches: 0,
    keys: [firstKey],
    respond: (_request, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ keys: issuer.keys.map((key) => key.jwk) }));
    },
    mint(claims = {}, header = {}, key = issuer.keys[0] ?? firstKey) {
      const payload = { iss: issuer.url, aud: AUDIENCE, sub: 'alice', exp: seconds() + 3600, ...claims };
      return new SignJWT(payload).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey);
    },
    options: () => ({ issuer: issuer.url, audience: AUDIENCE, jwksUri: issuer.jwksUri }),
  };
  issuer.url = await serve(
    t,
    (request, response) => {
      if (request.url === '/.well-known/openid-configuration') {
        issuer.metadataFetches += 1;
        response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: issuer.jwksUri }));
        return;
      }
      issuer.fetches += 1;
      issuer.respond(request, response);
    },
    tls,
  );
  issuer.jwksUri = `${issuer.url}/jwks`;
  return issuer;
}

/**
 * Lets the event loop turn until a condition holds.
 * @param {() => boolean} condition
 */
export async function until(condition) {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition did not come true within a minute');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * What a promise rejects with.
 * @param {Promise<unknown>} promise
 * @returns {Promise<any>}
 */
export const rejectionOf = (promise) =>
  promise.then(
    () => assert.fail('it did not reject'),
    (reason) => reason,
  );
