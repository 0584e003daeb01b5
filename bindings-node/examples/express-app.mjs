// A service with one protected route. ISSUER_BASE_URL, or ISSUER and JWKS_URI, and AUDIENCE say whose tokens may pass, PORT where it
// listens.
import process from 'node:process';
import express from 'express';
import { auth } from 'jotgate/express';

const { PORT = '3000' } = process.env;

const app = express();

app.get('/health', (_request, response) => {
  response.json({ ok: true });
});

app.use(auth());

app.get('/orders', (request, response) => {
  response.json({ sub: request.auth?.payload.sub, language: 'node' });
});

const server = app.listen(Number(PORT), '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`listening on http://127.0.0.1:${address.port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.close());
