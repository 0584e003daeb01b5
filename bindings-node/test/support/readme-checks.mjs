// How each block of the README is run.

/**
 * @typedef {object} Check
 * @property {string} [before] What the block needs before it.
 * @property {(code: string) => string} [change]
 * @property {string} [after] What is done with it.
 * @property {RegExp} prints What it must print.
 * @property {false} [types] Its types are not compiled beside those of this package.
 * @property {true} [tls] The issuer has a certificate of a CA that only the file `our-ca.pem` knows.
 */

const options = `
  const options = {
    issuer: 'https://idp.example.com/',
    audience: 'https://api.example.com',
    jwksUri: 'https://idp.example.com/.well-known/jwks.json',
  };`;
const importCreate = "import { createValidator } from 'jotgate';";
const makeValidator = `${importCreate} ${options} const validator = createValidator(options);`;
const importExpress = "import express from 'express'; import { auth } from 'jotgate/express'; const app = express();";
const printSubject = 'console.log((await validator.validate(token)).payload.sub);';
const listen = "const server = app.listen(0, '127.0.0.1');";

/** Listens where it can. @param {string} code */
const anywhere = (code) => code.replace('app.listen(3000)', "const server = app.listen(0, '127.0.0.1')");

/**
 * Sends requests with the token, and without it where the path begins with `-`, and prints what came back.
 * @param {string[]} paths
 */
const probe = (...paths) => `
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  for (const path of ${JSON.stringify(paths)}) {
    const headers = path.startsWith('-') ? {} : { Authorization: \`Bearer \${token}\` };
    const response = await fetch(\`http://127.0.0.1:\${server.address().port}\${path.replace('-', '')}\`, { headers });
    console.log(response.status, response.ok ? await response.text() : response.headers.get('www-authenticate'));
  }
  server.close();`;

/** The challenge may say more. */
const MIGRATED = /^200 \{"owner":"alice"\}\n401 Bearer\b.*\n$/;

/** @type {Record<string, Check[]>} */
export const checks = {
  'Validate a token': [{ prints: /^alice ES256\n$/ }],
  'Protect an Express app': [
    { change: anywhere, after: probe('/orders', '-/orders'), prints: /^200 \{"owner":"alice"\}\n401 Bearer\n$/ },
    {
      before: `${importExpress} ${makeValidator}`,
      after: `${listen} ${probe('/orders', '-/orders')}`,
      prints: /^200 \{"owner":"alice"\}\nmissing_token\n401 Bearer\n$/,
    },
  ],
  'Fastify, Koa, and no framework': [
    {
      change: (code) => code.replace('{ port: 3000 }', "{ port: 0, host: '127.0.0.1' }"),
      after: `const { server } = app; ${probe('/orders', '-/orders')}`,
      prints: /^200 \{"owner":"alice"\}\n401 Bearer\n$/,
    },
    {
      before: `import Fastify from 'fastify'; import jotgate from 'jotgate/fastify'; const app = Fastify(); ${makeValidator}`,
      after: `await app.listen({ port: 0, host: '127.0.0.1' }); const { server } = app; ${probe('/orders', '-/orders', '-/health')}`,
      prints: /^200 \{"owner":"alice"\}\n401 Bearer\n200 ok\n$/,
    },
    { change: anywhere, after: probe('/orders', '-/orders'), prints: /^200 \{"owner":"alice"\}\n401 Bearer\n$/ },
    {
      change: (code) => code.replace('listen(3000)', "listen(0, '127.0.0.1')"),
      after: probe('/', '-/'),
      prints: /^200 hello alice\n401 Bearer\n$/,
    },
    {
      before: makeValidator,
      after: `
        const bad = await handle(new Request('https://api.example.com/'));
        const good = await handle(new Request('https://api.example.com/', { headers: { Authorization: \`Bearer \${token}\` } }));
        console.log(good.status, await good.text(), bad.status, bad.headers.get('WWW-Authenticate'));`,
      prints: /^200 hello alice 401 Bearer\n$/,
    },
  ],
  'Hono, and handlers of a Request': [
    {
      change: (code) =>
        code.replace(
          'serve({ fetch: app.fetch, port: 3000 })',
          "const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })",
        ),
      after: probe('/orders', '-/orders'),
      prints: /^200 \{"owner":"alice"\}\n401 Bearer\n$/,
    },
    {
      after: `
        const url = 'https://api.example.com/';
        const good = () => new Request(url, { headers: { Authorization: \`Bearer \${token}\` } });
        const responses = [await GET(good()), await POST(good()), await GET(new Request(url))];
        console.log(...responses.map(({ status }) => status), await responses[0].text());`,
      prints: /^200 403 401 \{"owner":"alice"\}\n$/,
    },
  ],
  'Workers, Deno, browsers': [
    {
      change: (code) => code.replace('export default', 'const service ='),
      after: `
        const url = 'https://api.example.com/';
        const good = await service.fetch(new Request(url, { headers: { Authorization: \`Bearer \${token}\` } }));
        const bad = await service.fetch(new Request(url));
        console.log(good.status, await good.text(), bad.status);`,
      prints: /^200 \{"owner":"alice"\} 401\n$/,
    },
    {
      // What workerd has in places of its own.
      change: (code) =>
        code
          .replace(
            "import { waitUntil } from 'cloudflare:workers'",
            'const waitUntil = (work) => work.then(() => console.log("kept"))',
          )
          .replace("import wasm from 'jotgate/edge.wasm'", 'const wasm = await compiled()')
          .replace('export default', 'const service ='),
      before: `
        import { readFile } from 'node:fs/promises';
        const compiled = async () => WebAssembly.compile(await readFile(new URL(import.meta.resolve('jotgate/edge.wasm'))));`,
      after: `
        const env = { ISSUER: 'https://idp.example.com/', AUDIENCE: 'https://api.example.com' };
        const request = new Request('https://api.example.com/', { headers: { Authorization: \`Bearer \${token}\` } });
        const good = await service.fetch(request, env);
        console.log(good.status, await good.text());`,
      prints: /^kept\nkept\n200 \{"owner":"alice"\}\n$/,
    },
  ],
  NestJS: [
    {
      change: (code) =>
        code
          .replace('create(AppModule)', 'create(AppModule, { logger: false })')
          .replace('app.listen(3000)', "app.listen(0, '127.0.0.1')"),
      after: `const server = app.getHttpServer(); ${probe('/orders', '-/orders')}`,
      prints: /^200 \{"owner":"alice"\}\n401 Bearer\n$/,
    },
  ],
  'AWS Lambda': [
    {
      after: `
        const requestContext = { stage: '$default', http: { method: 'GET' } };
        for (const headers of [{ authorization: \`Bearer \${token}\` }, {}]) {
          const event = { version: '2.0', rawPath: '/orders', rawQueryString: '', headers, requestContext };
          const { statusCode, body } = await handler(event, {});
          console.log(statusCode, body);
        }`,
      prints: /^200 \{"owner":"alice"\}\n401 \{.*"missing_token".*\}\n$/,
    },
    {
      after: `
        const methodArn = 'arn:aws:execute-api:eu-west-1:123456789012:abcdef123/prod/GET/orders';
        const policy = await handler({ type: 'TOKEN', methodArn, authorizationToken: \`Bearer \${token}\` });
        console.log(policy.principalId, policy.policyDocument.Statement[0].Effect, policy.context.scope);`,
      prints: /^alice Allow orders:read\n$/,
    },
  ],
  gRPC: [
    {
      before: `
        import { credentials, makeGenericClientConstructor, Metadata, ServerCredentials } from '@grpc/grpc-js';
        const serialize = (value) => Buffer.from(JSON.stringify(value));
        const deserialize = (bytes) => JSON.parse(String(bytes));
        const ordersService = {
          list: {
            path: '/shop.Orders/List', requestStream: false, responseStream: false,
            requestSerialize: serialize, requestDeserialize: deserialize,
            responseSerialize: serialize, responseDeserialize: deserialize,
          },
        };`,
      after: `
        server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), async (_, port) => {
          const Client = makeGenericClientConstructor(ordersService, 'shop.Orders');
          const client = new Client(\`127.0.0.1:\${port}\`, credentials.createInsecure());
          for (const fields of [{ authorization: \`Bearer \${token}\` }, {}]) {
            const metadata = new Metadata();
            for (const [name, value] of Object.entries(fields)) metadata.set(name, value);
            await new Promise((resolve) => client.list({}, metadata, (error, answer) => {
              console.log(answer?.owner ?? error.details);
              resolve();
            }));
          }
          client.close();
          server.forceShutdown();
        });`,
      prints: /^alice\nmissing_token\n$/,
    },
  ],
  passport: [
    { change: anywhere, after: probe('/orders', '-/orders'), prints: /^200 \{"owner":"alice"\}\n401 Bearer\n$/ },
  ],
  'What an endpoint asks for': [
    {
      before: makeValidator,
      after: `${listen} ${probe('/orders', '/reports', '/tenant', '/keys', '/night', '-/orders')}`,
      prints: /^200 \[\]\n403 Bearer .*scope="reports admin"\n(401 Bearer error="invalid_token", .*\n){3}401 Bearer\n$/,
    },
    {
      before: makeValidator,
      after: `await app.listen({ port: 0, host: '127.0.0.1' }); const { server } = app; ${probe('/orders', '/admin', '-/orders')}`,
      prints: /^200 \[\]\n403 Bearer .*scope="admin"\n401 Bearer\n$/,
    },
    {
      before: makeValidator,
      change: anywhere,
      after: probe('/orders', '-/orders'),
      prints: /^200 \[\]\n401 Bearer\n$/,
    },
    {
      before: makeValidator,
      after: `server.listen(0, '127.0.0.1'); ${probe('/orders', '/admin', '-/orders')}`,
      prints: /^200 \[\]\n403 Bearer .*scope="admin"\n401 Bearer\n$/,
    },
    {
      before: makeValidator,
      prints: /^\[ 'orders:read' \] false\nBearer error="insufficient_scope", .*scope="orders:write"\n$/,
    },
  ],
  'Beside what you have': [
    {
      before: "const yours = async (text) => (text === token ? { sub: 'alice' } : { sub: 'anybody' });",
      after: `
        await validate('not.a.token');
        while (validate.differences === 0 || !validate.counts['accepted/accepted']) await new Promise((done) => setImmediate(done));
        console.log(claims.sub, validate.counts);`,
      prints:
        /^accepted today, malformed_token by jotgate: .+\nalice \{ 'accepted\/accepted': 1, 'accepted\/malformed_token': 1 \}\n$/,
    },
  ],
  Testing: [{ prints: /\bpass 1\b[^]*\bfail 0\b/ }],
  'Requests that need no token, or further scopes': [
    {
      change: anywhere,
      after: `
        const post = { method: 'POST', headers: { Authorization: \`Bearer \${token}\` } };
        if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
        const refused = await fetch(\`http://127.0.0.1:\${server.address().port}/orders\`, post);
        console.log(refused.status, refused.headers.get('www-authenticate'));
        ${probe('-/health', '-/catalogue', '/catalogue')}`,
      prints:
        /^403 Bearer error="insufficient_scope", .*scope="orders:write"\n200 ok\n200 hello stranger\n200 hello alice\n$/,
    },
    {
      change: anywhere,
      after: `
        const changes = validator.forward({ method: 'GET', url: '/', headers: {} }, await validator.validate(token));
        console.log(changes.set, changes.remove.length > 0, changes.query);
        ${probe('/orders')}`,
      prints: /^\[ \[ 'X-User', 'alice' \] \] true null\n200 \{"owner":"alice","token":null\}\n$/,
    },
  ],
  'When a token is refused': [{ prints: /^malformed_token null\n$/ }, { before: makeValidator, prints: /^alice\n$/ }],
  'The ways to ask': [
    { before: makeValidator, prints: /^alice ES256 \{.*"sub":"alice".*\} 0\nalice\nexpired\n$/ },
    { prints: /^ALICE 1\n$/ },
  ],
  'Many tokens at once': [{ before: makeValidator, prints: /^passed alice\nrefused malformed_token\npassed alice\n$/ }],
  Options: [
    {
      after: `console.log(outcome.verified.payload.sub);
        console.log(validator.answer(await validator.tryValidate('not.a.token')).body);`,
      prints: /^alice\n\{.*"900901".*\}\n$/,
    },
    { after: 'console.log(issuerIndex);', prints: /^0\n$/ },
    { prints: /^alice\nhttps:\/\/api\.example\.com jotgate policy\n$/ },
    {
      before: makeValidator,
      prints: /^high any_audience issuers\[0\]\.audience\nrejected malformed_token \w+\nrejected: malformed_token - /,
    },
    { prints: /^https:\/\/localhost:9444\/oauth2\/token\n$/ },
  ],
  'On the command line': [
    {
      prints:
        /^accepted\naccepted\n[^]*\naccepted\n[^]*no route matches[^]*\naccepted\nrejected malformed_token\n[^]*\[no_algorithms\][^]*\n6 passed, 0 failed\n[^]*: 1 key, 1 usable\n/,
    },
  ],
  'What your application adds': [
    {
      before: importCreate,
      after: `
        console.log(payload.user, payload.sub);
        revoked.add(payload.jti);
        clients.delete('shop');
        console.log((await validator.tryValidate(token)).code);
        clients.set('shop', {});
        console.log((await validator.tryValidate(token)).code);`,
      prints: /^idp\|alice undefined\nclient_not_allowed\nrevoked\n$/,
    },
  ],
  Events: [
    {
      before: importCreate,
      after: "await validator.validate(token); await validator.tryValidate('x');",
      prints: /^fetch_started\nfetch_ok\nkeys_changed\nrejected\n$/,
    },
    {
      before: makeValidator,
      after: "await validator.tryValidate('not.a.token');",
      prints: /^malformed_token null\n$/,
    },
    { before: makeValidator, prints: /^jotgate_rejections_total\{validator="orders",code="malformed_token"\} 1$/m },
  ],
  'Changing the policy while running': [
    { before: importCreate, after: 'console.log(orders.health().ready);', prints: /^false\n$/ },
  ],
  'Your own HTTP client': [
    { after: printSubject, prints: /^alice\n$/, tls: true },
    { after: printSubject, prints: /^alice\n$/ },
    { after: printSubject, prints: /^alice\n$/ },
  ],
  'Health, and a warm start': [
    {
      before: `${makeValidator} await validator.validate(token);`,
      after: 'console.log(next.validateSync(token).payload.sub);',
      prints: /^fresh 1\nalice\n$/,
    },
    {
      before: `${makeValidator} validator.subscribe(({ event }) => console.log(event));`,
      after: `
        process.kill(process.pid, 'SIGHUP');
        while (validator.health().sources[0].keys === 0) await new Promise((resolve) => setImmediate(resolve));
        console.log(validator.validateSync(token).payload.sub);`,
      prints: /^fetch_started\nfetch_ok\nkeys_changed\nalice\n$/,
    },
  ],
  'One fetch for many processes': [
    {
      after: `
        ${printSubject}
        while ((await store.load()) === null) await new Promise((resolve) => setImmediate(resolve));
        ${options}
        const other = createValidator({ ...options, store });
        console.log((await other.validate(token)).payload.sub, other.health().sources[0].shared);`,
      prints: /^alice\nalice 1\n$/,
    },
  ],
  'Before express-oauth2-jwt-bearer': [
    {
      // It would take this one for the issuer's.
      before: 'delete process.env.SECRET;',
      change: anywhere,
      after: probe('/orders', '-/orders'),
      prints: MIGRATED,
      types: false,
    },
  ],
  'After express-oauth2-jwt-bearer': [{ change: anywhere, after: probe('/orders', '-/orders'), prints: MIGRATED }],
};
