import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startIssuer } from './support/issuer.mjs';
import { transpiled } from './support/transpiled.mjs';
import { pages } from './support/readme.mjs';
import { checks } from './support/readme-checks.mjs';
import { run } from './support/run.mjs';
import { certificates } from './support/tls.mjs';

const root = new URL('..', import.meta.url);
/** The blocks of each section that has some. */
const blocks = pages.flatMap(({ sections }) => sections);

/** What the blocks find in their folder. @param {string} folder @param {string} ca @param {string} policy */
async function furnish(folder, ca, policy) {
  await writeFile(join(folder, 'our-ca.pem'), ca);
  await writeFile(join(folder, 'policy.yaml'), policy);
  const recipe = (/** @type {string} */ name) => new URL(`../tests/recipes/${name}`, root);
  await copyFile(recipe('mulesoft-flex/policy.yaml'), join(folder, 'policy-binding.yaml'));
  await copyFile(recipe('wso2/deployment.toml'), join(folder, 'deployment.toml'));
  const [, cases = ''] = /^```verdicts\n(.*?)^```$/ms.exec(pages.map(({ text }) => text).join('')) ?? [];
  await writeFile(join(folder, 'cases.txt'), cases);
}

const FILES = /'(our-ca\.pem|policy\.yaml|policy-binding\.yaml|deployment\.toml|keys\.json)'/g;

test('every block of the README is run here', () => {
  assert.deepEqual(
    blocks.map(({ heading, codes }) => [heading, codes.length]),
    Object.entries(checks).map(([heading, { length }]) => [heading, length]),
  );
});

for (const { heading, codes } of blocks) {
  describe(heading, () => {
    for (const [index, { language, code }] of codes.entries()) {
      test(`block ${index + 1} works as it stands`, async (t) => {
        const {
          before = '',
          change = (text) => text,
          after = '',
          prints,
          tls,
        } = checks[heading]?.[index] ?? assert.fail();
        const { ca, server } = await certificates();
        const issuer = await startIssuer(t, tls && server);
        const folder = await mkdtemp(join(tmpdir(), 'jotgate-readme-'));
        t.after(() => rm(folder, { recursive: true }));
        const place = (/** @type {string} */ text) =>
          text
            .replaceAll('https://idp.example.com/.well-known/jwks.json', issuer.jwksUri)
            .replaceAll('https://idp.example.com/', issuer.url)
            .replaceAll(FILES, (_, name) => JSON.stringify(join(folder, name)));
        await furnish(folder, ca, place(POLICY));
        await writeFile(join(folder, 'tokens.txt'), `${await issuer.mint()}\nnonsense\n`);
        await writeFile(join(folder, 'log.ndjson'), `${JSON.stringify({ jwt: await issuer.mint() })}\n`);
        const env = {
          TOKEN: await issuer.mint({ azp: 'shop', jti: 'id-1', scope: 'orders:read' }),
          SECRET: 'a secret of 32 bytes and some more',
        };
        const program = place(`const token = process.env.TOKEN;\n${before}\n${change(code)}\n${after}`);
        const module = language === 'ts' ? transpiled(program) : program;
        const shell = code.replaceAll(
          'npx jotgate',
          `'${process.execPath}' '${fileURLToPath(new URL('dist/cli.js', root))}'`,
        );
        const {
          code: status,
          stdout,
          stderr,
        } = language !== 'sh'
          ? await run(process.execPath, ['--input-type=module', '--eval', module], { cwd: root, env })
          : await run('sh', ['-c', shell], { cwd: folder, env });
        assert.equal(status, 0, stderr);
        assert.match(stdout, prints);
      });
    }
  });
}

const POLICY = `
version: 1
issuers:
  - issuer: https://idp.example.com/
    audience: https://api.example.com
    keys: { jwks_uri: "https://idp.example.com/.well-known/jwks.json" }
`;
