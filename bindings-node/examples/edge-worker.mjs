// A Worker of Cloudflare, whose module is compiled when it is deployed. The variables ISSUER, JWKS_URI and AUDIENCE say whose tokens may
// pass. `make test-edge-runtimes` runs it on workerd.
// @ts-expect-error What workerd brings has no types here.
import { waitUntil } from 'cloudflare:workers';
import { auth, init, requiredScopes } from 'jotgate/edge';
import wasm from 'jotgate/edge.wasm';

await init(wasm);

/** Made by the first request: before it there are no random numbers and no variables. @type {import('jotgate/edge').Protect | undefined} */
let protect;

export default {
  /** @param {Request} request @param {{ ISSUER: string, JWKS_URI: string, AUDIENCE: string }} env */
  fetch(request, env) {
    protect ??= auth({ issuer: env.ISSUER, jwksUri: env.JWKS_URI, audience: env.AUDIENCE, waitUntil });
    const orders = requiredScopes('orders:read')((_, auth) => Response.json({ sub: auth?.payload.sub }));
    return protect(request, orders);
  },
};
