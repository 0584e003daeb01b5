// From jose, jsonwebtoken and express-jwt: both sides of each section run, and the tables are what came of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Issuer } from 'jotgate/testing';
import { run } from './support/run.mjs';

const root = new URL('..', import.meta.url);
const page = readFileSync(new URL('docs/migrating.md', root), 'utf8');
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text]),
);
const OUTAGE = 'the key set cannot be fetched';

/** Says what comes of each token, by what a section's program exports. */
const ASK = `
const told = {};
for (const [row, token] of Object.entries(JSON.parse(process.env.TOKENS))) {
  try {
    const { iss } = await claimsOf(token);
    told[row] = iss === 'https://idp.example.com/' ? 'accepted' : 'no claims';
  } catch (error) {
    told[row] = error.code ?? error.name;
  }
}
console.log(JSON.stringify(told));
process.exit();
`;
const SEND = `
const told = {};
app.set('env', 'test');
const server = app.listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
for (const [row, token] of Object.entries(JSON.parse(process.env.TOKENS))) {
  const url = \`http://127.0.0.1:\${server.address().port}/orders\`;
  told[row] = String((await fetch(url, { headers: { authorization: \`Bearer \${token}\` } })).status);
}
console.log(JSON.stringify(told));
process.exit();
`;

describe('coming from another library', () => {
  /** @type {Issuer} */
  let issuer;
  /** @type {import('jotgate/testing').IssuerServer} */
  let server;

  before(async () => {
    issuer = new Issuer({ issuer: 'https://idp.example.com/', audience: 'orders' });
    server = await issuer.serve();
  });
  after(() => server.close());

  for (const [title, ask] of /** @type {const} */ ([
    ['jose', ASK],
    ['jsonwebtoken with jwks-rsa', ASK],
    ['express-jwt', SEND],
  ])) {
    test(`from ${title}`, async () => {
      const text = sections.get(title) ?? assert.fail();
      const rows = table(text);
      assert.ok(rows.length > 8);
      const tokens = Object.fromEntries(rows.map(([row]) => [row, token(issuer, row ?? '')]));
      const programs = Array.from(text.matchAll(/^```js\n(.*?)^```$/gms), ([, code = '']) => code + ask);
      assert.equal(programs.length, 2);
      /** @type {Record<string, string>[]} */
      const told = [];
      for (const program of programs) {
        const { [OUTAGE]: good, ...others } = tokens;
        const up = await outcome(program, others, server.url);
        issuer.breakKeys('unreachable');
        const down = await outcome(program, { [OUTAGE]: good }, server.url);
        issuer.mend();
        told.push({ ...up, ...down });
      }
      assert.deepEqual(
        rows.map(([row]) => [row, ...told.map((side) => side[row ?? ''])]),
        rows,
      );
    });
  }
});

/** What a program says of each token. @param {string} program @param {object} tokens @param {string} url */
async function outcome(program, tokens, url) {
  const code = program.replaceAll('https://idp.example.com/jwks', `${url}/jwks`);
  const env = { ...process.env, TOKENS: JSON.stringify(tokens), NODE_NO_WARNINGS: '1' };
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: fileURLToPath(root),
    env,
  });
  assert.ok(stdout, stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** The rows of the table of tokens: the token, and what either says. @param {string} text */
function table(text) {
  const lines = text.slice(text.indexOf('| token')).split('\n');
  const rows = lines.slice(2, lines.indexOf(''));
  return rows.map((line) => Array.from(line.slice(1, -1).split('|'), (cell) => cell.trim()));
}

/** The token that a row speaks of. @param {Issuer} issuer @param {string} row */
function token(issuer, row) {
  const [, code] = /^`([a-z_]+)`(?:$|:)/.exec(row) ?? [];
  if (code) return issuer.bad(/** @type {import('jotgate').RejectionCode} */ (code)).token;
  const [, claim] = /^without `([a-z]+)`$/.exec(row) ?? [];
  if (claim) return issuer.token('alice', { without: [claim] });
  assert.ok(['good', OUTAGE].includes(row), row);
  return issuer.token('alice');
}
