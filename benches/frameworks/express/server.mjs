// `node server.mjs CONTENDER CONFIG`: one application in Express, with the middleware of one contender or none.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import express from 'express';
import { auth as bearer } from 'express-oauth2-jwt-bearer';
import { expressjwt } from 'express-jwt';
import jwksRsa from 'jwks-rsa';

const [contender, path] = process.argv.slice(2);
const config = JSON.parse(readFileSync(path, 'utf8'));
const { issuer, audience, jwks_uri: jwksUri } = config;

const middlewares = {
  jotgate: async () => {
    const { createValidatorFromPolicy } = await import(`${config.node}/dist/index.mjs`);
    const { auth } = await import(`${config.node}/dist/express.mjs`);
    return auth(createValidatorFromPolicy(config.policy));
  },
  'express-oauth2-jwt-bearer': () => bearer({ issuer, audience, jwksUri, tokenSigningAlg: 'RS256' }),
  'express-jwt + jwks-rsa': () =>
    expressjwt({
      secret: jwksRsa.expressJwtSecret({ cache: true, rateLimit: true, jwksUri }),
      issuer,
      audience,
      algorithms: ['RS256'],
    }),
};

const app = express();
const make = middlewares[contender];
if (make !== undefined) app.use(await make());
// All three leave the claims in `req.auth`, express-jwt without a level of its own for them.
app.get('/orders', (req, res) => {
  res.json({ owner: (req.auth?.payload ?? req.auth)?.sub ?? config.subject });
});
// The default one writes each refusal to the log.
app.use((error, req, res, next) => (res.headersSent ? next(error) : res.status(error.status ?? 500).end()));
const server = app.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
