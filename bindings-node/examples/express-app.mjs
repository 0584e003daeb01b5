// A service with one protected route. ISSUER, AUDIENCE and JWKS_URI say whose tokens may pass, PORT where it listens.
import process from 'node:process';
import express from 'express';
import { auth } from 'jotgate/express';

const { ISSUER, AUDIENCE, JWKS_URI, PORT = '3000' } = process.env;
if (!ISSUER || !AUDIENCE || !JWKS_URI) throw new Error('set ISSUER, AUDIENCE and JWKS_URI');

const app = express();

app.get('/health', (_request, response) => {
  response.json({ ok: true });
});

app.use(auth({ issuer: ISSUER, audience: AUDIENCE, jwksUri: JWKS_URI }));

app.get('/orders', (request, response) => {
  response.json({ sub: request.auth?.payload.sub, language: 'node' });
});

const server = app.listen(Number(PORT), '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`listening on http://127.0.0.1:${address.port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.close());
