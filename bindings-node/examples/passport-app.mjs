// A service on Express with passport. ISSUER_BASE_URL, or ISSUER and JWKS_URI, and AUDIENCE say whose tokens may pass, PORT where it listens.
import process from 'node:process';
import express from 'express';
import passport from 'passport';
import { Strategy } from 'jotgate/passport';

// The application's own, by the subject of a token.
const users = new Map([['alice', { name: 'Alice' }]]);

passport.use(new Strategy({}, ({ payload }) => users.get(payload.sub ?? '')));

const app = express();
app.get('/orders', passport.authenticate('jotgate', { session: false, scope: 'orders:read' }), (request, response) => {
  response.json({ user: request.user });
});

const server = app.listen(Number(process.env['PORT'] ?? '3000'), '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`listening on http://127.0.0.1:${address.port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.close());
