// A service on Deno: `deno run --allow-read --allow-net --allow-env edge-deno.mjs`. ISSUER, JWKS_URI and AUDIENCE say whose tokens may
// pass, PORT where it listens. `make test-edge-runtimes` runs it.
import { auth, init, requiredScopes } from 'jotgate/edge';

await init();
const protect = auth();
const orders = requiredScopes('orders:read')((_, auth) => Response.json({ sub: auth?.payload.sub }));

const { Deno } = /** @type {any} */ (globalThis);
Deno.serve({ hostname: '127.0.0.1', port: Number(Deno.env.get('PORT') ?? '3000') }, (/** @type {Request} */ request) =>
  protect(request, orders),
);
