import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { startIssuer } from './support/issuer.mjs';
import { run } from './support/run.mjs';
import { certificates } from './support/tls.mjs';

const root = new URL('..', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');
const blocks = Array.from(readme.matchAll(/^```js\n(.*?)^```$/gms), ([, code]) => code ?? '');

const makeValidator = `
  import { createValidator } from 'jotgate';
  const validator = createValidator({
    issuer: 'https://idp.example.com/',
    audience: 'https://api.example.com',
    jwksUri: 'https://idp.example.com/.well-known/jwks.json',
  });
`;

/** Listens, sends one request with the token and one without, and prints what came back. */
const probe = (/** @type {string} */ path) => `
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  const url = \`http://127.0.0.1:\${server.address().port}${path}\`;
  const good = await fetch(url, { headers: { Authorization: \`Bearer \${token}\` } });
  const bad = await fetch(url);
  console.log(good.status, await good.text(), bad.status);
  server.close();
`;

/** Asks the routes of the README for what each of them gives. */
const probeRoutes = `
  await new Promise((resolve) => server.once('listening', resolve));
  const url = \`http://127.0.0.1:\${server.address().port}\`;
  const ask = async (path, init) => {
    const response = await fetch(url + path, init);
    console.log(response.status, response.headers.get('www-authenticate') ?? (await response.text()));
  };
  const headers = { Authorization: \`Bearer \${token}\` };
  await ask('/health');
  await ask('/catalogue');
  await ask('/catalogue', { headers });
  await ask('/orders', { method: 'POST', headers });
  server.close();
`;

const printSubject = 'console.log((await validator.validate(token)).payload.sub);';

/**
 * How each block is run, in their order: what it needs before, what is done with it, and what it must print.
 * With `tls` the issuer has a certificate of a CA that only the file `our-ca.pem` knows.
 * @type {{ before?: string, change?: (code: string) => string, after?: string, prints: RegExp, tls?: boolean }[]}
 */
const checks = [
  { prints: /^alice ES256\n$/ },
  {
    change: (code) => code.replace('app.listen(3000)', "const server = app.listen(0, '127.0.0.1')"),
    after: probe('/orders'),
    prints: /^200 \{"owner":"alice"\} 401\n$/,
  },
  {
    change: (code) => code.replace('{ port: 3000 }', "{ port: 0, host: '127.0.0.1' }"),
    after: `const { server } = app; ${probe('/orders')}`,
    prints: /^200 \{"owner":"alice"\} 401\n$/,
  },
  {
    change: (code) => code.replace('app.listen(3000)', "const server = app.listen(0, '127.0.0.1')"),
    after: probe('/orders'),
    prints: /^200 \{"owner":"alice"\} 401\n$/,
  },
  {
    change: (code) => code.replace('listen(3000)', "listen(0, '127.0.0.1')"),
    after: probe('/'),
    prints: /^200 hello alice 401\n$/,
  },
  {
    before: makeValidator,
    after: `
      const bad = await handle(new Request('https://api.example.com/'));
      const good = await handle(new Request('https://api.example.com/', { headers: { Authorization: \`Bearer \${token}\` } }));
      console.log(good.status, await good.text(), bad.status, bad.headers.get('WWW-Authenticate'));`,
    prints: /^200 hello alice 401 Bearer\n$/,
  },
  {
    change: (code) => code.replace('app.listen(3000)', "const server = app.listen(0, '127.0.0.1')"),
    after: probeRoutes,
    prints:
      /^200 ok\n200 hello stranger\n200 hello alice\n403 Bearer error="insufficient_scope", .*scope="orders:write"\n$/,
  },
  { prints: /^malformed_token null\n$/ },
  { before: makeValidator, prints: /^alice\n$/ },
  { after: 'console.log(issuerIndex);', prints: /^0\n$/ },
  { before: makeValidator, prints: /^high any_audience issuers\[0\]\.audience\nrejected malformed_token \w+\n$/ },
  {
    before: "import { createValidator } from 'jotgate';",
    after: 'console.log(payload.user, payload.sub);',
    prints: /^idp\|alice undefined\n$/,
  },
  {
    before: "import { createValidator } from 'jotgate';",
    after: "await validator.validate(token); await validator.tryValidate('x');",
    prints: /^fetch_started\nfetch_ok\nkeys_changed\nrejected\n$/,
  },
  { before: makeValidator, prints: /^jotgate_rejections_total\{validator="orders",code="malformed_token"\} 1$/m },
  {
    change: (code) => code.replace("'our-ca.pem'", 'process.env.CA_FILE'),
    after: printSubject,
    prints: /^alice\n$/,
    tls: true,
  },
  { after: printSubject, prints: /^alice\n$/ },
  {
    before: `import { createValidator } from 'jotgate';
      const options = {
        issuer: 'https://idp.example.com/',
        audience: 'https://api.example.com',
        jwksUri: 'https://idp.example.com/.well-known/jwks.json',
      };
      const validator = createValidator(options);
      await validator.validate(token);`,
    after: 'console.log(next.validateSync(token).payload.sub);',
    prints: /^fresh 1\nalice\n$/,
  },
  {
    change: (code) => code.replace("'keys.json'", '`${process.env.FOLDER}/keys.json`'),
    after: `
      ${printSubject}
      while ((await store.load()) === null) await new Promise((resolve) => setImmediate(resolve));
      const other = createValidator({
        issuer: 'https://idp.example.com/',
        audience: 'https://api.example.com',
        jwksUri: 'https://idp.example.com/.well-known/jwks.json',
        store,
      });
      console.log((await other.validate(token)).payload.sub, other.health().sources[0].shared);`,
    prints: /^alice\nalice 1\n$/,
  },
];

test('every block of the README is run here', () => {
  assert.equal(blocks.length, checks.length);
});

for (const [
  index,
  { before = '', change = (/** @type {string} */ code) => code, after = '', prints, tls = false },
] of checks.entries()) {
  test(`block ${index + 1} of the README works as it stands`, async (t) => {
    const { ca, server } = await certificates();
    const issuer = await startIssuer(t, tls ? server : undefined);
    const folder = await mkdtemp(join(tmpdir(), 'jotgate-readme-'));
    t.after(() => rm(folder, { recursive: true }));
    const caFile = join(folder, 'our-ca.pem');
    await writeFile(caFile, ca);
    const code = `const token = process.env.TOKEN;\n${before}\n${change(blocks[index] ?? '')}\n${after}`
      .replaceAll('https://idp.example.com/.well-known/jwks.json', issuer.jwksUri)
      .replaceAll('https://idp.example.com/', issuer.url);
    const env = {
      TOKEN: await issuer.mint(),
      SECRET: 'a secret of 32 bytes and some more',
      CA_FILE: caFile,
      FOLDER: folder,
    };
    const {
      code: status,
      stdout,
      stderr,
    } = await run(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: root,
      env,
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, prints);
  });
}
