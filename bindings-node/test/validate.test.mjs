import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import * as jotgate from 'jotgate';
import { AUDIENCE, rejectionOf, seconds, signingKey, startIssuer } from './support/issuer.mjs';

const { createValidator } = jotgate;
const SECRET = 'a secret of 32 bytes and some more';

/** @param {object | string} payload @param {object} [header] */
function hmacToken(payload, header = { alg: 'HS256' }) {
  const encode = (/** @type {object | string} */ part) =>
    Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

const claims = { iss: 'me', aud: AUDIENCE, exp: 4_000_000_000 };
const hmacValidator = (options = {}) =>
  createValidator({ issuer: 'me', audience: AUDIENCE, secret: SECRET, ...options });

describe('an accepted token', () => {
  test('gives payload, header and the issuer entry', async (t) => {
    const issuer = await startIssuer(t);
    const verified = await createValidator(issuer.options()).validate(await issuer.mint({ tenant: 'blue' }));
    assert.equal(verified.payload.sub, 'alice');
    assert.equal(verified.payload['tenant'], 'blue');
    assert.equal(verified.payload, verified.payload);
    assert.deepEqual(verified.header, { alg: 'ES256', kid: 'key-1' });
    assert.equal(verified.protectedHeader, verified.header);
    assert.deepEqual(JSON.parse(verified.payloadText), verified.payload);
    assert.equal(verified.issuerIndex, 0);
  });

  test('may hold any Unicode in header and payload', () => {
    const verified = hmacValidator().validateSync(
      hmacToken({ ...claims, name: 'Zoë 🦊' }, { alg: 'HS256', kid: 'ключ 🔑' }),
    );
    assert.deepEqual(verified.header, { alg: 'HS256', kid: 'ключ 🔑' });
    assert.deepEqual(verified.payload, { ...claims, name: 'Zoë 🦊' });
  });

  test('gives each claim alone as the payload has it', () => {
    const members = [
      '"name":"Zoë 🦊"',
      '"é":[1,"🦊",{"a":null}]',
      '"n":-1.50e2',
      '"empty":""',
      '"escaped":"a\\u0041\\n"',
      '"no":null',
      '"yes":true',
      '"o": { "a" : {} } ',
      '"__proto__":{"admin":true}',
      '"roles":["a","b"]',
    ];
    const base = `"iss":"me","aud":"${AUDIENCE}","exp":4000000000`;
    /** @type {[string, object][]} */
    const tokens = [
      [`{${[base, ...members].join(',')}}`, { alg: 'HS256' }],
      [`{ ${[...members, base].join(' , ')} }`, { alg: 'HS256', kid: 'ключ 🔑' }],
      [`{${[base, '"\\u0061b":1', ...members].join(',')}}`, { alg: 'HS256', typ: 'JWT' }],
    ];
    for (const [text, header] of tokens) {
      const token = hmacToken(text, header);
      const { payload } = hmacValidator().validateSync(token);
      const names = [...Object.keys(payload), 'a', 'toString', 'nam', 'names', '', 'Name', '\ud83e'];
      assert.equal(Object.keys(payload).length >= 13, true);
      for (const name of names) {
        const alone = hmacValidator().validateSync(token).claim(name);
        const wanted = Object.hasOwn(payload, name) ? payload[name] : undefined;
        assert.deepEqual(alone, wanted, name);
      }
      const verified = hmacValidator().validateSync(token);
      assert.equal(verified.payload['roles'], verified.claim('roles'));
    }
  });

  test('may be longer than the usual buffer, and the next one is read right again', () => {
    const validator = hmacValidator({ limits: { tokenBytes: 1_048_576 } });
    const around16K = Array.from({ length: 200 }, (_, index) => 12_050 + index);
    for (const length of [10, ...around16K, 700_000, 10]) {
      const filler = 'x'.repeat(length);
      assert.equal(validator.validateSync(hmacToken({ ...claims, filler })).payload['filler'], filler);
    }
  });

  test('with a claim named __proto__ changes no prototype', () => {
    const token = hmacToken(`{"iss":"me","aud":"${AUDIENCE}","exp":4000000000,"__proto__":{"admin":true}}`);
    const { payload } = hmacValidator().validateSync(token);
    assert.equal(Object.getPrototypeOf(payload), Object.prototype);
    assert.equal(payload['admin'], undefined);
    assert.equal(Object.getPrototypeOf({ ...payload }), Object.prototype);
  });

  test('shows no claim when it is logged or made JSON of', () => {
    const verified = hmacValidator().validateSync(hmacToken({ ...claims, sub: 'alice-the-secret' }));
    assert.doesNotMatch(inspect(verified, { depth: 9 }) + JSON.stringify(verified), /alice/);
  });

  test('is judged at the time of the call or of the clock', async () => {
    const token = hmacToken({ ...claims, exp: 1000 });
    assert.equal(hmacValidator().validateSync(token, { asOf: 999_999 }).payload.exp, 1000);
    assert.equal((await hmacValidator().validate(token, { asOf: new Date(999_999) })).payload.exp, 1000);
    assert.equal(hmacValidator({ clock: () => new Date(999_999) }).validateSync(token).payload.exp, 1000);
    assert.throws(() => hmacValidator().validateSync(token, { asOf: 1_005_000 }), jotgate.TokenExpiredError);
  });
});

describe('a refused token', () => {
  const key = signingKey('key-1');
  const cases = /** @type {const} */ ([
    ['expired', { exp: seconds() - 10 }, jotgate.TokenExpiredError, 'exp'],
    ['not_yet_valid', { nbf: seconds() + 100 }, jotgate.InvalidClaimError, 'nbf'],
    ['audience_mismatch', { aud: 'https://other.example.com' }, jotgate.InvalidClaimError, 'aud'],
    ['missing_claim', { exp: undefined }, jotgate.InvalidClaimError, 'exp'],
    ['unknown_issuer', { iss: 'https://evil.example.com' }, jotgate.InvalidTokenError, 'iss'],
    ['insufficient_scope', { scope: 'orders:read' }, jotgate.InsufficientScopeError, 'scope'],
  ]);
  for (const [code, change, expectedClass, claim] of cases) {
    test(`throws ${code} as ${expectedClass.name}`, async (t) => {
      const issuer = await startIssuer(t);
      const validator = createValidator({ ...issuer.options(), scopes: { all: ['orders:write'] } });
      const token = await issuer.mint({ scope: 'orders:write', ...change });
      const error = await rejectionOf(validator.validate(token));
      assert.ok(error instanceof expectedClass && error instanceof jotgate.InvalidTokenError);
      assert.ok(error instanceof jotgate.JotgateError && error instanceof Error);
      assert.deepEqual([error.code, error.claim, error.name], [code, claim, expectedClass.name]);
      const outcome = await validator.tryValidate(token);
      assert.ok(!outcome.ok && outcome.verdict === 'rejected');
      assert.deepEqual([outcome.code, outcome.claim, outcome.detail], [code, claim, error.detail]);
    });
  }

  test('throws invalid_signature when another key signed it', async (t) => {
    const issuer = await startIssuer(t);
    const token = await issuer.mint({}, {}, await key);
    await assert.rejects(createValidator(issuer.options()).validate(token), jotgate.InvalidSignatureError);
  });

  test('is refused when one character is raised by 0x100, at every position', () => {
    const validator = hmacValidator();
    const token = hmacToken(claims);
    assert.ok(validator.tryValidateSync(token).ok);
    for (let position = 0; position < token.length; position += 1) {
      const raised = String.fromCharCode(0x100 + token.charCodeAt(position));
      const outcome = validator.tryValidateSync(token.slice(0, position) + raised + token.slice(position + 1));
      assert.equal(!outcome.ok && outcome.code, 'malformed_token');
    }
  });

  test('is malformed_token when it is no plain ASCII text', async () => {
    const token = hmacToken(claims);
    for (const bad of ['', '\ud800', `${token}\udc00`, `\ud800${token}`, `${token}é`, `${token}\0`, ` ${token}`]) {
      const outcome = hmacValidator().tryValidateSync(bad);
      assert.equal(!outcome.ok && outcome.code, 'malformed_token', JSON.stringify(bad));
    }
    for (const bad of [undefined, null, 7, {}, [token], Symbol('x'), Buffer.from(token), new String(token)]) {
      const outcome = await hmacValidator().tryValidate(/** @type {any} */ (bad));
      assert.equal(!outcome.ok && outcome.code, 'malformed_token');
    }
  });

  test('is token_too_large beyond the limit, whatever its characters', () => {
    for (const bad of ['x'.repeat(20_000_000), '🦊'.repeat(1_000_000), `${'é'.repeat(9000)}x`]) {
      const outcome = hmacValidator().tryValidateSync(bad);
      assert.equal(!outcome.ok && outcome.code, 'token_too_large');
    }
  });

  test('leaves none of its text in errors and results', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidator({ ...issuer.options(), clientId: { allowed: ['app'] } });
    const secrets = { sub: 'secret-sub', azp: 'secret-azp', iss: 'secret-iss', aud: 'secret-aud', jti: 'secret-jti' };
    for (const claim of Object.keys(secrets)) {
      const token = await issuer.mint(
        { azp: 'app', [claim]: secrets[/** @type {'sub'} */ (claim)] },
        { typ: 'secret-typ' },
      );
      for (const bad of [token, `${token.slice(0, -6)}secret`, token.replace('.', '.secret'), `secret.${token}`]) {
        const outcome = await validator.tryValidate(bad);
        if (outcome.ok) continue;
        const error = await rejectionOf(validator.validate(bad));
        const shown = inspect([outcome, error, error.stack, validator.answer(error)], { depth: 9 });
        assert.doesNotMatch(shown, /secret/);
        assert.ok(!shown.includes(token.slice(0, 20)) && !shown.includes(token.slice(-20)));
      }
    }
  });

  test('costs no stack trace with tryValidate', () => {
    const outcome = hmacValidator().tryValidateSync('x.y.z');
    assert.ok(!(outcome instanceof Error) && !('stack' in outcome));
  });
});

describe('what must never pass', () => {
  for (const asOf of [Number.NaN, Number.POSITIVE_INFINITY, new Date('nonsense'), /** @type {any} */ ('soon')]) {
    test(`a call as of ${String(asOf)}`, async () => {
      await assert.rejects(hmacValidator().tryValidate(hmacToken(claims), { asOf }), TypeError);
      await assert.rejects(hmacValidator().validate(hmacToken(claims), { asOf }), TypeError);
    });
  }

  test('a call whose clock throws or gives nonsense', async () => {
    const broken = () => {
      throw new Error('no clock');
    };
    for (const clock of [
      broken,
      () => Number.NaN,
      () => /** @type {any} */ (undefined),
      () => /** @type {any} */ (1n << 99n),
    ]) {
      const outcome = await hmacValidator({ clock }).tryValidate(hmacToken({ ...claims, exp: 1000 }));
      assert.ok(!outcome.ok && outcome.verdict === 'rejected');
    }
    assert.throws(() => hmacValidator({ clock: broken }).validateSync(hmacToken(claims)), jotgate.InternalError);
  });
});

describe('answer', () => {
  test('gives the same answer for an error and its result', async () => {
    const validator = hmacValidator();
    const outcome = validator.tryValidateSync('x');
    const error = await rejectionOf(validator.validate('x'));
    assert.deepEqual(validator.answer(error), validator.answer(outcome));
    assert.equal(validator.answer(error).status, 401);
    assert.match(validator.answer(error).headers['WWW-Authenticate'] ?? '', /^Bearer error="invalid_token"/);
  });

  test('answers 500 for whatever it does not know', () => {
    const validator = hmacValidator();
    const accepted = validator.tryValidateSync(hmacToken(claims));
    for (const failure of [undefined, null, 'expired', new Error('x'), new jotgate.InternalError('x'), {}, accepted]) {
      assert.equal(validator.answer(failure).status, 500);
    }
    const forged = { ok: false, code: { toString: () => 'expired' }, issuerIndex: 'x', retryAfter: {} };
    assert.equal(validator.answer(forged).status, 500);
  });

  test('follows the preset of the policy', () => {
    const validator = hmacValidator({ responses: 'wso2' });
    assert.match(validator.answer(validator.tryValidateSync(hmacToken({ ...claims, exp: 1 }))).body, /900903/);
  });
});
