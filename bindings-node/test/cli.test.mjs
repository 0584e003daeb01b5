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
import { startProxy } from './support/proxy.mjs';
import { certificates } from './support/tls.mjs';

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

/** What the machine says of proxies counts for nothing here. */
const NO_EXCEPTIONS = { no_proxy: '', NO_PROXY: '' };

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

describe('jotgate validate', () => {
  test('gives a line for each token', async (t) => {
    const issuer = await startIssuer(t);
    const cwd = await folderOf(t);
    await writeFile(join(cwd, 'policy.yaml'), policyOf(issuer));
    const good = await issuer.mint({}, { typ: 'at+jwt' });
    const input = `${good}\n{"token": "${good}"}\nnonsense\n`;
    const { exit, stdout } = await jotgate(['validate', '-p', 'policy.yaml', '-'], { cwd, input });
    assert.deepEqual([exit, stdout], [1, 'accepted\naccepted\nrejected malformed_token\n']);
    const explained = await jotgate(['explain', '-p', 'policy.yaml', '--json', '-'], { cwd, input });
    const lines = explained.stdout.trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).verdict),
      ['accepted', 'accepted', 'rejected'],
    );
  });

  test('takes a request, and prints nothing of its token', async (t) => {
    const issuer = await startIssuer(t);
    const cwd = await folderOf(t);
    await writeFile(join(cwd, 'policy.yaml'), policyOf(issuer));
    const good = await issuer.mint({}, { typ: 'at+jwt' });
    const request = ['--request', 'PUT /orders/7', '-H', `Authorization: Bearer ${good}`];
    const { exit, stdout } = await jotgate(['explain', '-p', 'policy.yaml', ...request], { cwd });
    assert.equal(exit, 0);
    assert.match(stdout, /PUT \/orders\/7/);
    assert.ok(good.split('.').every((part) => !stdout.includes(part)));
    const none = await jotgate(['validate', '-p', 'policy.yaml', '-r', 'PUT /orders/7'], { cwd });
    assert.deepEqual([none.exit, none.stdout], [1, 'rejected missing_token\n']);
  });

  test('goes through a proxy, and trusts an authority of its own', async (t) => {
    const { ca, server, client } = await certificates();
    const issuer = await startIssuer(t, { ...server, ca, requestCert: true, rejectUnauthorized: true });
    const cwd = await folderOf(t);
    await writeFile(join(cwd, 'policy.yaml'), policyOf(issuer));
    await writeFile(join(cwd, 'ca.pem'), ca);
    await writeFile(join(cwd, 'client.pem'), client.cert);
    await writeFile(join(cwd, 'client.key'), client.key);
    await writeFile(join(cwd, 'both.pem'), `${client.cert}\n${client.key}`);
    const token = await issuer.mint({}, { typ: 'at+jwt' });
    const run = (/** @type {string[]} */ ...options) =>
      jotgate(['explain', '-p', 'policy.yaml', ...options, token], { cwd, env: NO_EXCEPTIONS });
    const stranger = await run('--timeout', '30');
    assert.equal(stranger.exit, 2);
    assert.match(stranger.stdout, /last fetch failed: certificate/);
    assert.equal((await run('--cacert', 'ca.pem')).exit, 2);
    assert.equal((await run('--cacert', 'ca.pem', '--cert', 'client.pem', '--key', 'client.key')).exit, 0);
    assert.equal((await run('--cacert', 'ca.pem', '--cert', 'both.pem')).exit, 0);

    const { proxy, tunnels, url } = await startProxy(t);
    const through = ['--cacert', 'ca.pem', '--cert', 'both.pem', '--proxy', url.href];
    assert.equal((await run(...through)).exit, 0);
    assert.deepEqual(tunnels, [new URL(issuer.url).host]);
    proxy.authenticate = () => false;
    const refused = await run(...through);
    assert.equal(refused.exit, 2);
    assert.match(refused.stdout, /the proxy answers CONNECT with 407/);
  });

  test('goes through a proxy to a server without TLS', async (t) => {
    const issuer = await startIssuer(t);
    const { url } = await startProxy(t);
    const { exit, stdout } = await jotgate(['keys', '--proxy', url.href, issuer.jwksUri], { env: NO_EXCEPTIONS });
    assert.equal(exit, 0, stdout);
    assert.match(stdout, /: 1 key, 1 usable\n/);
  });

  test('goes around the proxy to hosts that NO_PROXY names', async (t) => {
    const issuer = await startIssuer(t);
    const { host } = new URL(issuer.jwksUri);
    const around = async (/** @type {Record<string, string>} */ env) => {
      // Nobody listens at the proxy's port.
      const { exit } = await jotgate(['keys', '--proxy', 'http://127.0.0.1:9', issuer.jwksUri], { env });
      return exit === 0;
    };
    for (const [names, goes] of /** @type {[string, boolean][]} */ ([
      ['*', true],
      ['elsewhere.test, 127.0.0.1', true],
      [host, true],
      ['.0.0.1', true],
      ['27.0.0.1,127.0.0.1:1', false],
      ['', false],
    ])) {
      assert.equal(await around({ no_proxy: names }), goes, names);
      // The name in lower case counts first, though it is empty.
      assert.equal(await around({ no_proxy: '', NO_PROXY: names }), false, names);
    }
  });

  test('says which file cannot be read', async (t) => {
    const issuer = await startIssuer(t);
    const cwd = await folderOf(t);
    await writeFile(join(cwd, 'no.pem'), 'no PEM');
    for (const [options, said] of [
      [['--cacert', 'none.pem'], /^jotgate: --cacert none\.pem: no such file\n$/],
      [['--cacert', 'no.pem'], /^jotgate: --cacert no\.pem: expected PEM\n$/],
      [['--cert', 'no.pem'], /^jotgate: --cert no\.pem: expected PEM\n$/],
      [['--proxy', 'http://'], /^jotgate: --proxy is a URL/],
    ]) {
      const { exit, stdout, stderr } = await jotgate(['keys', .../** @type {string[]} */ (options), issuer.jwksUri], {
        cwd,
      });
      assert.deepEqual([exit, stdout], [64, '']);
      assert.match(stderr, /** @type {RegExp} */ (said));
    }
  });
});

describe('jotgate audit', () => {
  test('counts the tokens of files and of standard input', async (t) => {
    const issuer = await startIssuer(t);
    const cwd = await folderOf(t);
    await writeFile(join(cwd, 'policy.yaml'), policyOf(issuer));
    const good = await issuer.mint({}, { typ: 'at+jwt' });
    await writeFile(join(cwd, 'log.ndjson'), `${JSON.stringify({ jwt: good })}\n`.repeat(3000));
    const input = `${good}\nnonsense\n`;
    const options = ['--column', 'jwt', '--tokens', 'log.ndjson', '--tokens', '-', '--json'];
    const { exit, stdout, stderr } = await jotgate(['audit', '-p', 'policy.yaml', ...options], { cwd, input });
    assert.deepEqual([exit, stderr, issuer.fetches], [1, '', 1]);
    assert.deepEqual(JSON.parse(stdout).verdicts, { accepted: 3001, rejected: 1, unavailable: 0 });
    const none = await jotgate(['audit', '-p', 'policy.yaml', '--tokens', 'none.txt'], { cwd });
    assert.deepEqual([none.exit, none.stderr], [66, 'jotgate: none.txt: no such file\n']);
  });

  test('says what columns need', async () => {
    const { exit, stderr } = await jotgate(['audit', '-p', 'policy.yaml', '--tokens', 'log.parquet']);
    assert.equal(exit, 69);
    assert.match(stderr, /pip install 'jotgate-arrow\[audit\]'\n$/);
  });
});

test('jotgate test runs cases without an issuer', async (t) => {
  const issuer = await startIssuer(t);
  const cwd = await folderOf(t);
  await writeFile(join(cwd, 'policy.yaml'), policyOf(issuer));
  const cases = '{} header {"typ": "at+jwt"} -> accepted\n{} -> rejected invalid_type\nGET / -> 401 missing_token\n';
  await writeFile(join(cwd, 'cases.txt'), cases);
  const { exit, stdout } = await jotgate(['test', 'policy.yaml', 'cases.txt'], { cwd });
  assert.deepEqual([exit, stdout], [0, '3 passed, 0 failed\n']);
  await writeFile(join(cwd, 'wrong.txt'), '{} -> accepted\n');
  const failed = await jotgate(['test', '--json', 'policy.yaml', 'cases.txt', 'wrong.txt'], { cwd });
  assert.deepEqual([failed.exit, JSON.parse(failed.stdout).failed, issuer.fetches], [1, 1, 0]);
});

test('jotgate schema prints what editors take', async () => {
  const { exit, stdout } = await jotgate(['schema']);
  assert.deepEqual([exit, '$schema' in JSON.parse(stdout)], [0, true]);
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
