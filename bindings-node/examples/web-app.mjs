// Handlers of a `Request`, as `Bun.serve` and `Deno.serve` take them; here on Node. ISSUER_BASE_URL, or ISSUER and JWKS_URI, and
// AUDIENCE say whose tokens may pass, PORT where it listens.
import process from 'node:process';
import { serve } from '@hono/node-server';
import { auth, requiredScopes } from 'jotgate/web';

// In a module of its own, which the handlers import: it holds the keys.
const protect = auth();

/** @param {Request} request */
export const GET = (request) =>
  protect(
    request,
    requiredScopes('orders:read')((_request, verified) => Response.json({ sub: verified?.payload.sub })),
  );

/** @param {Request} request */
function fetch(request) {
  const { pathname } = new URL(request.url);
  if (pathname === '/orders' && request.method === 'GET') return GET(request);
  return new Response('not found', { status: 404 });
}

const settings = { fetch, hostname: '127.0.0.1', port: Number(process.env['PORT'] ?? '3000') };
const server = serve(settings, ({ port }) => console.log(`listening on http://127.0.0.1:${port}`));

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.close());
