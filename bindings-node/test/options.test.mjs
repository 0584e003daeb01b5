import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createValidator, createValidatorFromPolicy, PolicyError } from 'jotgate';
import { AUDIENCE, seconds, signingKey, startIssuer } from './support/issuer.mjs';
import { SignJWT } from 'jose';

const base = { issuer: 'me', audience: AUDIENCE };
const secret = 'a secret of 32 bytes and some more';

/** @param {Record<string, unknown>} [claims] @param {Record<string, unknown>} [header] */
const token = (claims = {}, header = {}, key = /** @type {any} */ (Buffer.from(secret)), alg = 'HS256') =>
  new SignJWT({ iss: 'me', aud: AUDIENCE, exp: seconds() + 3600, ...claims })
    .setProtectedHeader({ alg, ...header })
    .sign(key);

describe('a key may be', () => {
  const bytes = Buffer.from(secret);
  const secrets = [secret, bytes, new Uint8Array(bytes), { text: secret }, { hex: bytes.toString('hex') }];
  for (const form of [...secrets, { base64url: bytes.toString('base64url') }]) {
    test(`a secret as ${form.constructor.name} ${Object.keys(form)[0] ?? ''}`.trim(), async () => {
      assert.ok(createValidator({ ...base, secret: form }).tryValidateSync(await token()).ok);
    });
  }

  test('a PEM text', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    assert.ok(createValidator({ ...base, pem }).tryValidateSync(await token({}, {}, privateKey, 'PS256')).ok);
  });

  test('an inline key set', async () => {
    const key = await signingKey('k', 'EdDSA');
    const validator = createValidator({ ...base, jwks: { keys: [key.jwk] } });
    assert.ok(validator.tryValidateSync(await token({}, { kid: 'k' }, key.privateKey, 'EdDSA')).ok);
  });

  test('nothing at all, by the waiver', () => {
    const part = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${part({ alg: 'none' })}.${part({ iss: 'me', aud: AUDIENCE, exp: seconds() + 60 })}.`;
    assert.ok(createValidator({ ...base, acceptUnsigned: true }).tryValidateSync(unsigned).ok);
    assert.equal(createValidator({ ...base, secret }).tryValidateSync(unsigned).ok, false);
  });
});

describe('each option reaches the core', () => {
  const now = seconds();
  /** @type {[string, object, Record<string, unknown>, Record<string, unknown>, string][]} */
  const cases = [
    ['algorithms', { algorithms: ['HS512'], secret: secret.repeat(2) }, {}, {}, 'algorithm_not_allowed'],
    ['typ', { typ: 'at+jwt' }, {}, { typ: 'JWT' }, 'invalid_type'],
    ['requiredClaims', { requiredClaims: ['exp', 'jti'] }, {}, {}, 'missing_claim'],
    ['profile', { profile: 'rfc9068' }, {}, { typ: 'JWT' }, 'invalid_type'],
    ['maxTokenAge', { maxTokenAge: '10m' }, { iat: now - 700 }, {}, 'too_old'],
    ['maxAge', { maxAge: 600 }, { iat: now - 700 }, {}, 'too_old'],
    ['maxLifetime', { maxLifetime: '1h' }, { iat: now - 700 }, {}, 'lifetime_too_long'],
    ['rejectFutureIat', { rejectFutureIat: true }, { iat: now + 700 }, {}, 'issued_in_future'],
    ['clientId', { clientId: { claims: ['azp'], allowed: ['app'] } }, { azp: 'other' }, {}, 'client_not_allowed'],
    [
      'clientId',
      { clientId: { expression: 'claims.act.sub', allowed: ['app'] } },
      { act: { sub: 'x' } },
      {},
      'client_not_allowed',
    ],
    ['scopes', { scopes: { any: ['a', 'b'] } }, { scope: 'c' }, {}, 'insufficient_scope'],
    ['limits', { limits: { jsonDepth: 2 } }, { a: { b: { c: 1 } } }, {}, 'malformed_token'],
  ];
  for (const [name, options, claims, header, code] of cases) {
    test(name, async () => {
      const outcome = createValidator({ ...base, secret, ...options }).tryValidateSync(await token(claims, header));
      assert.equal(!outcome.ok && outcome.code, code);
    });
  }

  for (const tolerance of [{ clockTolerance: '30s' }, { leeway: 30 }]) {
    test(Object.keys(tolerance).join(), async () => {
      const expired = await token({ exp: seconds() - 5 });
      assert.ok(createValidator({ ...base, secret, ...tolerance }).tryValidateSync(expired).ok);
      assert.equal(createValidator({ ...base, secret }).tryValidateSync(expired).ok, false);
    });
  }

  test('tryAllKeys', async () => {
    const keys = [await signingKey('a'), await signingKey('b')];
    const jwks = { keys: keys.map(({ jwk }) => jwk) };
    const bare = await token({}, {}, keys[1]?.privateKey, 'ES256');
    assert.ok(createValidator({ ...base, jwks, tryAllKeys: true }).tryValidateSync(bare).ok);
    const outcome = createValidator({ ...base, jwks }).tryValidateSync(bare);
    assert.equal(!outcome.ok && outcome.code, 'ambiguous_key');
  });

  test('claimMapping and defaultClaimMapping', async () => {
    const options = { claimMapping: { cid: 'clientKey' }, defaultClaimMapping: true };
    const { payload, payloadText } = createValidator({ ...base, secret, ...options }).validateSync(
      await token({ cid: 'app', email: 'a@example.com' }),
    );
    assert.deepEqual([payload['clientKey'], payload['cid']], ['app', undefined]);
    assert.equal(payload['http://wso2.org/claims/emailaddress'], 'a@example.com');
    assert.deepEqual(JSON.parse(payloadText), payload);
  });

  test('an option that is undefined is one that is not given', async () => {
    const validator = createValidator({ ...base, secret, typ: /** @type {any} */ (undefined) });
    assert.ok(validator.tryValidateSync(await token()).ok);
  });
});

describe('a wrong policy', () => {
  /** @type {[string, object][]} */
  const cases = [
    ['audience', { issuer: 'me', secret }],
    ['audiance', { ...base, secret, audiance: 'x' }],
    ['audience', { ...base, secret, audience: null }],
    ['discovery', { ...base }],
    ['discovery', { ...base, discovery: false }],
    ['discovery', { ...base, discovery: true }],
    ['discovery', { ...base, discovery: 'http://idp.example.com/metadata' }],
    ['jwksUri', { ...base, jwksUri: 'http://idp.example.com/jwks' }],
    ['secret', { ...base, secret, jwksUri: 'https://idp.example.com/jwks' }],
    ['acceptUnsigned', { ...base, secret, acceptUnsigned: true }],
    ['secret', { ...base, secret: 'short' }],
    ['clockTolerance', { ...base, secret, clockTolerance: '1h' }],
    ['leeway', { ...base, secret, leeway: '1h' }],
    ['maxTokenAge', { ...base, secret, maxTokenAge: 'long' }],
    ['clientId.allowed', { ...base, secret, clientId: { allowed: [] } }],
    ['keys.jwks_uri', { ...base, keys: { jwks_uri: 'http://idp.example.com/jwks' } }],
    ['keys', { ...base, jwksUri: 'https://idp.example.com/jwks', keys: { jwks_uri: 'https://b.example.com/jwks' } }],
    ['keys', { ...base, keys: { jwks_uri: 'https://b.example.com/jwks' }, pem: 'not even a key' }],
    ['keys', { ...base, keys: { accept_unsigned: true }, secret }],
    ['clockTolerance', { ...base, secret, leeway: 1, clockTolerance: 1 }],
    ['keySet.ttll', { ...base, jwksUri: 'https://idp.example.com/jwks', keySet: { ttll: 1 } }],
    ['limits.tokenSize', { ...base, secret, limits: { tokenSize: 1 } }],
    ['__proto__', JSON.parse(`{"issuer":"me","audience":"x","secret":"${secret}","__proto__":{}}`)],
  ];
  for (const [path, options] of cases) {
    test(`is refused at ${path}: ${Object.keys(options).join(', ')}`, () => {
      assert.throws(
        () => createValidator(/** @type {any} */ (options)),
        (error) => {
          assert.ok(error instanceof PolicyError);
          assert.deepEqual([error.path, error.code, error.name], [path, 'policy_error', 'PolicyError']);
          assert.ok(error.message.startsWith(path) && !error.message.includes(secret));
          return true;
        },
      );
    });
  }

  test('carries a hint where the core has one', () => {
    const options = /** @type {any} */ ({ ...base, secret, audiance: 'x' });
    assert.throws(() => createValidator(options), { hint: /audience/ });
  });

  /** @type {[string, object, RegExp][]} */
  const hints = [
    [
      'no source of keys',
      {},
      /^one issuer that is an https URL is enough, .* set discovery .* jwksUri, jwks, pem or secret$/,
    ],
    ['discovery that is switched off', { discovery: false }, /^set jwksUri, .* or leave discovery: false out$/],
    ['http', { jwksUri: 'http://idp.example.com/jwks' }, /keySet\.allowHttp/],
    ['a member of keySet', { secret, keySet: { maxStalee: 1 } }, /^did you mean maxStale\?$/],
    ['a letter too many', { secret, maxTokenAgee: 1 }, /^did you mean maxTokenAge\?$/],
    ['capitals', { secret, jwksURI: 'https://idp.example.com/jwks' }, /^did you mean jwksUri\?$/],
    ['a name of another library', { secret, issuerBaseURL: 'https://idp.example.com' }, /^did you mean issuer\?$/],
    ['a name with a word before it', { secret, requiredScopes: ['a'] }, /^did you mean scopes\?$/],
    ['a name with the same first word', { secret, clockSkew: 1 }, /^did you mean clockTolerance\?$/],
  ];
  for (const [what, options, hint] of hints) {
    test(`has a hint in the names of the options: ${what}`, () => {
      const wrong = /** @type {any} */ ({ ...base, ...options });
      assert.throws(
        () => createValidator(wrong),
        (error) => {
          assert.ok(error instanceof PolicyError);
          assert.match(error.hint ?? '', hint);
          assert.doesNotMatch(error.message, /_/);
          return true;
        },
      );
    });
  }

  test('has no hint where nothing is near', () => {
    const wrong = /** @type {any} */ ({ ...base, secret, zzz: 1 });
    assert.throws(() => createValidator(wrong), { path: 'zzz', hint: null, message: 'zzz: unknown option' });
  });
});

describe('a policy document', () => {
  /** @param {string} jwks_uri @returns {import('jotgate').PolicyDocument} */
  const document = (issuer = 'me', jwks_uri = 'https://idp.example.com/jwks') => ({
    version: 1,
    issuers: [
      { issuer: 'other', audience: 'any', keys: { secret: { text: secret } } },
      { issuer, audience: AUDIENCE, keys: { jwks_uri } },
    ],
  });

  test('may be an object or its text, with a fetch and a clock', async (t) => {
    const issuer = await startIssuer(t);
    const policy = document(issuer.url, issuer.jwksUri);
    for (const form of [policy, JSON.stringify(policy)]) {
      const verified = await createValidatorFromPolicy(form).validate(await issuer.mint());
      assert.equal(verified.issuerIndex, 1);
    }
    const late = createValidatorFromPolicy(policy, { clock: () => Date.now() + 7_200_000 });
    assert.equal((await late.tryValidate(await issuer.mint())).ok, false);
    const body = JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) });
    const custom = createValidatorFromPolicy(policy, { fetch: () => ({ status: 200, headers: {}, body }) });
    assert.ok((await custom.tryValidate(await issuer.mint())).ok);
    assert.equal(issuer.fetches, 3);
  });

  test('is checked by the core, duplicates and all', () => {
    for (const text of ['', '{', '[]', '{"version":1,"version":1}', '{"version":2,"issuers":[]}']) {
      assert.throws(() => createValidatorFromPolicy(text), PolicyError, text);
    }
    assert.throws(() => createValidatorFromPolicy(/** @type {any} */ ({ ...document(), version: 2 })), {
      path: 'version',
    });
  });
});

test('the types list exactly the codes of the core', async () => {
  const { createRequire } = await import('node:module');
  const { native } = createRequire(import.meta.url)('../dist/native.js');
  const source = readFileSync(new URL('../ts/codes.ts', import.meta.url), 'utf8');
  const union = source.slice(source.indexOf('RejectionCode ='), source.indexOf(';', source.indexOf('RejectionCode =')));
  const listed = Array.from(union.matchAll(/'([a-z_]+)'/g), ([, name]) => name);
  const known = native.codes().map((/** @type {{ name: string }} */ { name }) => name);
  const elsewhere = ['keys_unavailable', 'policy_error'];
  assert.deepEqual(
    listed,
    known.filter((/** @type {string} */ name) => !elsewhere.includes(name)),
  );
  const { KEYS_NEEDED, SKIPPED } = createRequire(import.meta.url)('../dist/codes.js');
  const numbers = native.codes().map((/** @type {{ number: number }} */ { number }) => number);
  assert.ok(!numbers.includes(KEYS_NEEDED) && !numbers.includes(SKIPPED));
});
