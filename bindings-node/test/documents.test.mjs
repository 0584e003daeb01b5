import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  ImportError,
  importPolicy,
  createValidator,
  createValidatorFromFile,
  createValidatorFromPolicy,
  lint,
  PolicyError,
  policyJson,
  schema,
} from 'jotgate';
import { AUDIENCE, startIssuer } from './support/issuer.mjs';

const yaml = (issuer = 'me', uri = 'https://idp.example.com/jwks') => `version: 1
issuers:
  - issuer: ${issuer}
    audience: ${AUDIENCE}
    keys:
      jwks_uri: ${uri}
`;
const toml = (issuer = 'me', uri = 'https://idp.example.com/jwks') => `version = 1
[[issuers]]
issuer = "${issuer}"
audience = "${AUDIENCE}"
keys.jwks_uri = "${uri}"
`;

describe('policyJson', () => {
  test('gives the same document for each format, and JSON as it is', () => {
    const json = policyJson(yaml(), 'yaml');
    assert.equal(policyJson(toml(), 'toml'), json);
    assert.equal(policyJson(` ${json}`, 'json'), ` ${json}`);
    assert.equal(JSON.parse(json).issuers[0].keys.jwks_uri, 'https://idp.example.com/jwks');
  });

  test('says where a text cannot be read', () => {
    assert.throws(
      () => policyJson('version: 1\nversion: 1', 'yaml'),
      (error) => error instanceof PolicyError && error.path === 'line 2, column 1',
    );
    assert.throws(() => policyJson('a = ', 'toml'), PolicyError);
    assert.throws(() => policyJson('{"a":1,"a":2}', 'json'), PolicyError);
    assert.throws(() => policyJson('{}', /** @type {any} */ ('ini')), TypeError);
    assert.throws(() => policyJson(/** @type {any} */ ({}), 'json'), TypeError);
  });
});

test('half of a surrogate pair, and bytes that are not UTF-8, are told with their place', async (t) => {
  const half = JSON.parse('"\\ud800"');
  const document = { version: 1, issuers: [{ issuer: 'me', audience: ['a', `b${half}`] }] };
  const text = JSON.stringify(document).replace('\\ud800', half);
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-policy-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'policy.yaml'), Buffer.from('version: 1 # \xe9', 'latin1'));
  for (const [path, line, make] of /** @type {[string, number | null, () => unknown][]} */ ([
    ['issuers[0].audience[1]', null, () => createValidatorFromPolicy(/** @type {any} */ (document))],
    ['issuers[0].audience[1]', 1, () => createValidatorFromPolicy(text)],
    ['issuers[0].audience[1]', 1, () => policyJson(text, 'json')],
    ['issuers[0].audience[1]', 1, () => lint(text)],
    ['audience[1]', null, () => createValidator(/** @type {any} */ (document.issuers[0]))],
    ['line 2, column 4', 2, () => policyJson(`version: 1\na: ${half}`, 'yaml')],
    ['line 1, column 14', 1, () => createValidatorFromFile(join(folder, 'policy.yaml'))],
  ])) {
    assert.throws(make, (error) => {
      assert.ok(error instanceof PolicyError);
      assert.deepEqual([error.path, error.problems[0]?.line], [path, line]);
      assert.match(error.message, /half of a surrogate pair/);
      return error.hint !== undefined;
    });
  }
});

test('a validator can be made of a file', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-policy-'));
  t.after(() => rm(folder, { recursive: true }));
  const issuer = await startIssuer(t);
  const file = async (/** @type {string} */ name, /** @type {string} */ text) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const yamlFile = await file('policy.yaml', yaml(issuer.url, issuer.jwksUri));
  const validators = [
    createValidatorFromFile(yamlFile),
    createValidatorFromFile(await file('policy.yml', yaml(issuer.url, issuer.jwksUri))),
    createValidatorFromFile(pathToFileURL(await file('policy.TOML', toml(issuer.url, issuer.jwksUri)))),
    createValidatorFromFile(await file('policy.json', policyJson(yaml(issuer.url, issuer.jwksUri), 'yaml'))),
    createValidatorFromFile(await file('policy', toml(issuer.url, issuer.jwksUri)), { format: 'toml' }),
  ];
  for (const validator of validators)
    assert.equal((await validator.validate(await issuer.mint())).payload.sub, 'alice');

  const revoking = createValidatorFromFile(yamlFile, { isRevoked: () => true });
  const outcome = await revoking.tryValidate(await issuer.mint());
  assert.equal(!outcome.ok && outcome.code, 'revoked');
  assert.throws(() => createValidatorFromFile(yamlFile, /** @type {any} */ ({ isRevokd: () => true })), TypeError);
  const wrong = await file('wrong.yaml', yaml().replace('audience', 'audiance'));
  assert.throws(() => createValidatorFromFile(wrong), { name: 'PolicyError', path: 'issuers[0].audiance' });
  const unknown = await file('policy.ini', yaml());
  assert.throws(() => createValidatorFromFile(unknown), /the format is one of/);
  assert.throws(() => createValidatorFromFile(join(folder, 'absent.yaml')), { code: 'ENOENT' });
});

test('schema describes policy documents', () => {
  const described = schema();
  assert.match(String(described['$schema']), /2020-12/);
  assert.ok(JSON.stringify(described).includes('jwks_uri'));
  described['changed'] = true;
  assert.equal(schema()['changed'], undefined);
});

test('lint warns of what a policy allows', () => {
  /** @type {import('jotgate').PolicyDocument} */
  const document = {
    version: 1,
    issuers: [{ issuer: 'me', audience: 'any', keys: { jwks_uri: 'https://idp.example.com/jwks' } }],
  };
  const warnings = lint(document);
  assert.deepEqual(lint(JSON.stringify(document)), warnings);
  const [worst] = warnings;
  assert.deepEqual([worst?.code, worst?.severity, worst?.path], ['any_audience', 'high', 'issuers[0].audience']);
  assert.ok(worst?.message && worst.hint);
  assert.throws(() => lint('{}'), PolicyError);
  assert.throws(() => lint(/** @type {any} */ ({ ...document, issuers: [{ ...document.issuers[0], typ: 3 }] })), {
    path: 'issuers[0].typ',
  });
});

describe('a policy of another product', () => {
  const mulesoft = {
    signingMethod: 'rsa',
    jwtKeyOrigin: 'jwks',
    jwksUrl: 'https://idp.example.com/jwks',
    skipClientIdValidation: true,
  };

  test('becomes a document and notes', () => {
    const { complete, policy, notes } = importPolicy('mulesoft', JSON.stringify(mulesoft));
    assert.ok(complete && createValidatorFromPolicy(policy));
    assert.ok(
      notes.some(
        ({ kind, source, target, message }) => kind === 'carried' && source === 'jwksUrl' && target && message,
      ),
    );
    const wso2 = importPolicy(
      'wso2',
      '[[apim.jwt.issuer]]\nname = "https://idp.example.com/"\njwks.url = "https://idp.example.com/jwks"',
    );
    assert.equal(wso2.policy.issuers[0]?.issuer, 'https://idp.example.com/');
    assert.ok(createValidatorFromPolicy(wso2.policy, { clientLookup: () => true }));
  });

  test('from WSO2 takes the bytes of its trust store', () => {
    const text = '[[apim.jwt.issuer]]\nname = "https://idp.example.com/"\n';
    const without = importPolicy('wso2', text);
    assert.equal(without.complete, false);
    const bytes = Buffer.from('these bytes are no store');
    const { policy } = importPolicy('wso2', text, { files: { 'client-truststore.jks': bytes } });
    assert.ok(JSON.stringify(policy).includes(bytes.toString('base64')));
  });

  test('takes values for its templates', () => {
    const text = '[[apim.jwt.issuer]]\nname = "{{ issuer }}"\njwks.url = "https://${host}/jwks"\n';
    assert.equal(importPolicy('wso2', text).complete, false);
    const values = { issuer: 'https://idp.example.com/', host: 'idp.example.com' };
    const { complete, policy } = importPolicy('wso2', text, { values });
    assert.deepEqual([complete, policy.issuers[0]?.keys?.jwks_uri], [true, 'https://idp.example.com/jwks']);
  });

  test('that is none is an error', () => {
    for (const read of [
      () => importPolicy('mulesoft', '[]'),
      () => importPolicy('mulesoft', '{"a":1,"a":2}'),
      () => importPolicy('wso2', '= nonsense'),
    ]) {
      assert.throws(read, (error) => error instanceof ImportError && error.code === 'import_error');
    }
    assert.throws(() => importPolicy('wso2', /** @type {any} */ (undefined)), TypeError);
    assert.throws(() => importPolicy('kong', ''), /expected one of mulesoft, wso2/);
  });
});

describe('explain', () => {
  const check = (/** @type {import('jotgate').Explanation} */ explanation, /** @type {string} */ name) =>
    explanation.checks.find((entry) => entry.check === name);

  test('fetches the keys and says what each check found', async (t) => {
    const issuer = await startIssuer(t);
    const policy = policyJson(yaml(issuer.url, issuer.jwksUri), 'yaml');
    const told = /** @type {string[]} */ ([]);
    const validator = createValidatorFromPolicy(policy, {
      onEvent: ({ event }) => void told.push(event),
      isRevoked: () => true,
    });
    const good = await validator.explain(await issuer.mint());
    assert.deepEqual([good.verdict, good.code, good.issuer, good.verified], ['accepted', null, 0, true]);
    assert.equal(check(good, 'signature')?.outcome, 'passed');
    assert.deepEqual(
      good.key_sets.map(({ url, state, kids }) => [url, state, kids]),
      [[issuer.jwksUri, 'fresh', ['key-1']]],
    );

    const token = await issuer.mint({ aud: 'https://other.example.com' });
    const bad = await validator.explain(token);
    assert.deepEqual([bad.verdict, bad.code, bad.claim], ['rejected', 'audience_mismatch', 'aud']);
    assert.match(check(bad, 'aud')?.found ?? '', /other\.example\.com/);
    assert.ok(!JSON.stringify(bad).includes(token.slice(-20)));
    assert.match(bad.toText(), /^rejected: audience_mismatch \(aud\)/);
    assert.ok(!bad.toText().includes('\u001b') && bad.toText({ colour: true }).includes('\u001b'));
    assert.ok(!Object.keys(bad).includes('toText'));
    assert.equal(issuer.fetches, 1);
    assert.ok(!told.includes('rejected'));
  });

  test('goes by another time where that is wanted', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidatorFromPolicy(policyJson(yaml(issuer.url, issuer.jwksUri), 'yaml'));
    const token = await issuer.mint({ exp: 1000 });
    assert.equal((await validator.explain(token)).code, 'expired');
    const then = await validator.explain(token, { asOf: 999_000 });
    assert.deepEqual([then.verdict, then.at], ['accepted', 999]);
    await assert.rejects(validator.explain(token, { asOf: Number.NaN }), TypeError);
    await assert.rejects(validator.explain(token, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });

  test('says of a request where its token was looked for', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidatorFromPolicy({
      ...JSON.parse(policyJson(yaml(issuer.url, issuer.jwksUri), 'yaml')),
      routes: [{ path: '/health', skip: true }],
    });
    const skipped = await validator.explainRequest({ method: 'GET', url: '/health', headers: [] });
    assert.deepEqual([skipped.verdict, skipped.route], ['skipped', 0]);
    const missing = await validator.explainRequest({ method: 'GET', url: '/orders', headers: [] });
    assert.deepEqual([missing.code, check(missing, 'token')?.outcome], ['missing_token', 'failed']);
    const headers = { authorization: `Bearer ${await issuer.mint()}` };
    assert.equal((await validator.explainRequest({ method: 'GET', url: '/orders', headers })).verdict, 'accepted');
  });

  test('says so when the keys cannot be had', async (t) => {
    const issuer = await startIssuer(t);
    issuer.respond = (_request, response) => void response.writeHead(503).end();
    const validator = createValidatorFromPolicy(policyJson(yaml(issuer.url, issuer.jwksUri), 'yaml'));
    const { verdict, code, key_sets } = await validator.explain(await issuer.mint());
    assert.deepEqual([verdict, code, key_sets[0]?.last_error], ['unavailable', 'keys_unavailable', 'status_503']);
  });
});
