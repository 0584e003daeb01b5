// A service on Hono with one protected route. ISSUER_BASE_URL, or ISSUER and JWKS_URI, and AUDIENCE say whose tokens may pass, PORT
// where it listens.
import process from 'node:process';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { auth, requiredScopes } from 'jotgate/hono';

const app = new Hono();

app.get('/health', (c) => c.json({ ok: true }));

app.use(auth());

app.get('/orders', requiredScopes('orders:read'), (c) => c.json({ sub: c.var.auth?.payload.sub }));

const settings = { fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT'] ?? '3000') };
const server = serve(settings, ({ port }) => console.log(`listening on http://127.0.0.1:${port}`));

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.close());
