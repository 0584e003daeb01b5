// `node server.mjs CONTENDER CONFIG`: one application in Fastify, with the plugin of one contender or none.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import fastifyJwt from '@fastify/jwt';
import Fastify from 'fastify';
import buildGetJwks from 'get-jwks';

const [contender, path] = process.argv.slice(2);
const config = JSON.parse(readFileSync(path, 'utf8'));
const { issuer, audience } = config;

const app = Fastify();
const plugins = {
  jotgate: async () => {
    const { createValidatorFromPolicy } = await import(`${config.node}/dist/index.mjs`);
    const { default: jotgate } = await import(`${config.node}/dist/fastify.mjs`);
    await app.register(jotgate, { validator: createValidatorFromPolicy(config.policy) });
  },
  // As the documentation of get-jwks shows it.
  '@fastify/jwt + get-jwks': async () => {
    const getJwks = buildGetJwks();
    await app.register(fastifyJwt, {
      decode: { complete: true },
      secret: (request, token) =>
        getJwks.getPublicKey({ kid: token.header.kid, alg: token.header.alg, domain: config.base }),
      verify: { allowedIss: issuer, allowedAud: audience, algorithms: ['RS256'] },
    });
    app.addHook('onRequest', (request) => request.jwtVerify());
  },
};

await plugins[contender]?.();
app.get('/orders', async (request) => ({ owner: (request.auth?.payload ?? request.user)?.sub ?? config.subject }));
await app.listen({ port: 0, host: '127.0.0.1' });
console.log(JSON.stringify({ port: app.server.address().port }));
