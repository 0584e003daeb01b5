import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AUDIENCE, startIssuer } from './support/issuer.mjs';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

/** @param {string[]} args @param {{ input?: string | Uint8Array, env?: Record<string, string>, cwd?: string }} [options] */
async function jotgate(args, { input = '', env = {}, cwd } = {}) {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env }, cwd, timeout: 60_000 });
  const [stdout, stderr] = [/** @type {string[]} */ ([]), /** @type {string[]} */ ([])];
  child.stdout.setEncoding('utf8').on('data', (text) => stdout.push(text));
  child.stderr.setEncoding('utf8').on('data', (text) => stderr.push(text));
  child.stdin.on('error', () => undefined).end(input);
  const [exit] = await once(child, 'close');
  return { exit, stdout: stdout.join(''), stderr: stderr.join('') };
}

/** @param {import('node:test').TestContext} t */
async function folderOf(t) {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-cli-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** @param {{ url: string, jwksUri: string }} issuer */
const policyOf = ({ url, jwksUri }) => `version: 1
issuers:
  - issuer: ${url}
    audience: ${AUDIENCE}
    algorithms: [ES256]
    typ: [at+jwt]
    keys:
      jwks_uri: ${jwksUri}
`;

describe('jotgate explain', () => {
  test('fetches the keys and says why a token passes or not', async (t) => {
    const issuer = await startIssuer(t);
    const cwd = await folderOf(t);
    await writeFile(join(cwd, 'policy.yaml'), policyOf(issuer));
    const good = await issuer.mint({}, { typ: 'at+jwt' });
    const accepted = await jotgate(['explain', '--policy', 'policy.yaml', good], { cwd });
    assert.deepEqual([accepted.exit, accepted.stderr], [0, '']);
    assert.match(accepted.stdout, /^accepted\n/);
    assert.equal(issuer.fetches, 1);

    const expired = await issuer.mint({ exp: 1000 }, { typ: 'at+jwt' });
    const rejected = await jotgate(['explain', '--policy', 'policy.yaml', '--json', '-'], {
      cwd,
      input: `${expired}\n`,
    });
    assert.equal(rejected.exit, 1);
    const explanation = JSON.parse(rejected.stdout);
    assert.deepEqual([explanation.verdict, explanation.code, explanation.verified], ['rejected', 'expired', true]);
    assert.ok(!rejected.stdout.includes(expired.slice(-20)));

    const then = await jotgate(['explain', '--policy', 'policy.yaml', '--now', '999', '-'], { cwd, input: expired });
    assert.equal(then.exit, 0);
  });

  test('says that the keys cannot be had', async (t) => {
    const issuer = await startIssuer(t);
    issuer.respond = (_request, response) => void response.writeHead(503).end();
    const cwd = await folderOf(t);
    await writeFile(join(cwd, 'policy.yaml'), policyOf(issuer));
    const { exit, stdout } = await jotgate(['explain', '--policy', 'policy.yaml', await issuer.mint()], { cwd });
    assert.equal(exit, 2);
    assert.match(stdout, /keys_unavailable/);
    assert.match(stdout, /status_503|503/);
  });

  test('says why in the words of the HTTP client, and finds the keys of an issuer by its metadata', async (t) => {
    const issuer = await startIssuer(t);
    const cwd = await folderOf(t);
    const enough = (/** @type {string} */ url) =>
      `version: 1\nissuers: [{ issuer: "${url}", audience: "${AUDIENCE}" }]\n`;
    await writeFile(join(cwd, 'policy.yaml'), enough(issuer.url));
    const accepted = await jotgate(['explain', '--policy', 'policy.yaml', await issuer.mint()], { cwd });
    assert.deepEqual([accepted.exit, issuer.metadataFetches], [0, 1]);

    // A name that begins like this has no server to be asked about it, which could be slow to answer.
    await writeFile(join(cwd, 'policy.yaml'), enough('https://-no-such-host.invalid'));
    const token = await issuer.mint({ iss: 'https://-no-such-host.invalid' });
    const { exit, stdout } = await jotgate(['explain', '--policy', 'policy.yaml', token], { cwd });
    assert.equal(exit, 2);
    assert.match(stdout, /connection.*\(getaddrinfo ENOTFOUND -no-such-host\.invalid\)/);
  });

  test('takes a token of no use, and bytes that are no text', async (t) => {
    const issuer = await startIssuer(t);
    const cwd = await folderOf(t);
    await writeFile(join(cwd, 'policy.yaml'), policyOf(issuer));
    for (const input of ['', 'nonsense', Buffer.from([0xff, 0xfe, 0x2e])]) {
      assert.equal((await jotgate(['explain', '--policy', 'policy.yaml', '-'], { cwd, input })).exit, 1);
    }
    assert.equal(issuer.fetches, 0);
  });
});

describe('jotgate lint', () => {
  test('warns, and fails where it is told to', async (t) => {
    const cwd = await folderOf(t);
    await writeFile(
      join(cwd, 'policy.toml'),
      'version = 1\n[[issuers]]\nissuer = "me"\naudience = "any"\nkeys.jwks_uri = "https://idp.example.com/jwks"\n',
    );
    const { stdout, exit } = await jotgate(['lint', '--json', '--fail-on', 'high', 'policy.toml'], { cwd });
    assert.equal(exit, 1);
    assert.match(stdout, /any_audience/);
    assert.ok(!stdout.includes('\u001b'));
  });

  test('says what it cannot read', async (t) => {
    const cwd = await folderOf(t);
    await writeFile(join(cwd, 'wrong.yaml'), 'version: 1\nversion: 2\n');
    for (const [file, reason] of [
      ['absent.yaml', /^jotgate: absent\.yaml: cannot be read: no such file\n$/],
      ['.', /^jotgate: \.: cannot be read: is a directory\n$/],
      ['wrong.yaml', /^jotgate: wrong\.yaml: line 2, column 1: /],
    ]) {
      const { exit, stdout, stderr } = await jotgate(['lint', String(file)], { cwd });
      assert.deepEqual([exit, stdout], [3, '']);
      assert.match(stderr, /** @type {RegExp} */ (reason));
    }
  });

  test('gives a file up that never ends', async () => {
    const { exit, stderr } = await jotgate(['lint', '/dev/zero']);
    assert.equal(exit, 3);
    assert.match(stderr, /^jotgate: \/dev\/zero: /);
  });
});

test('arguments that make no sense end with 64', async () => {
  for (const args of [[], ['explain'], ['lint', '--colour', 'x.yaml'], ['nonsense']]) {
    const { exit, stdout, stderr } = await jotgate(args);
    if (args.length === 0 && exit === 0) continue;
    assert.deepEqual([exit, stdout], [64, '']);
    assert.match(stderr, /^jotgate: .*--help\)\n$/);
  }
});

test('a reader that goes away ends it as a broken pipe does', async () => {
  const child = spawn(process.execPath, [program, '--help'], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.destroy();
  assert.deepEqual(await once(child, 'close'), [141, null]);
});
