import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, test } from 'node:test';
import {
  createValidator,
  createValidatorFromPolicy,
  InternalError,
  InvalidTokenError,
  PolicyError,
  RevokedTokenError,
} from 'jotgate';
import { AUDIENCE, rejectionOf, seconds, startIssuer } from './support/issuer.mjs';
import { SignJWT } from 'jose';

/** @import { HostOptions } from 'jotgate' */

const SECRET = 'a secret of 32 bytes and some more';

/** @param {Record<string, unknown>} [claims] */
const token = (claims = {}) =>
  new SignJWT({ iss: 'me', aud: AUDIENCE, exp: seconds() + 3600, sub: 'alice', jti: 'j1', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(SECRET));

/** @param {HostOptions} host */
const withHooks = (host) => createValidator({ issuer: 'me', audience: AUDIENCE, secret: SECRET, ...host });

const broken = new Error('the data base is gone');
const fails = () => {
  throw broken;
};

/** The code of each way to ask, in the order validate, tryValidate, validateRequest, validateSync, tryValidateSync. */
async function codes(/** @type {HostOptions} */ host, claims = {}) {
  const validator = withHooks(host);
  const text = await token(claims);
  const request = { method: 'GET', url: '/', headers: ['Authorization', `Bearer ${text}`] };
  const [tried, requested] = [await validator.tryValidate(text), await validator.tryValidateRequest(request)];
  const sync = validator.tryValidateSync(text);
  const code = (/** @type {import('jotgate').RequestOutcome} */ outcome) => (outcome.ok ? 'ok' : outcome.code);
  if (!tried.ok) {
    const error = await rejectionOf(validator.validate(text));
    assert.deepEqual(
      [error.code, (await rejectionOf(validator.validateRequest(request))).code],
      Array(2).fill(tried.code),
    );
    assert.deepEqual(validator.answer(error), validator.answer(tried));
  }
  if (!sync.ok) assert.throws(() => validator.validateSync(text), { code: sync.code });
  return [tried, requested, sync].map(code);
}

describe('isRevoked', () => {
  test('refuses what it says true to, and only false lets a token pass', async () => {
    const denied = new Set(['j1']);
    const isRevoked = (/** @type {import('jotgate').Claims} */ { jti }) => denied.has(jti ?? '');
    assert.deepEqual(await codes({ isRevoked }), ['revoked', 'revoked', 'revoked']);
    assert.deepEqual(await codes({ isRevoked }, { jti: 'j2' }), ['ok', 'ok', 'ok']);
    for (const answer of [undefined, null, 0, 1, 'no', {}]) {
      const wrong = /** @type {any} */ (() => answer);
      assert.deepEqual(await codes({ isRevoked: wrong }), Array(3).fill('internal_error'), String(answer));
    }
  });

  test('may take its time where the call does', async () => {
    const isRevoked = async (/** @type {import('jotgate').Claims} */ { jti }) => {
      await turn();
      return jti === 'j1';
    };
    assert.deepEqual(await codes({ isRevoked }), ['revoked', 'revoked', 'internal_error']);
    assert.deepEqual(await codes({ isRevoked }, { jti: 'j2' }), ['ok', 'ok', 'internal_error']);
    const text = await token();
    assert.throws(
      () => withHooks({ isRevoked }).validateSync(text),
      (/** @type {any} */ { message, cause }) => {
        assert.equal(message, "the host's check for revoked tokens failed");
        return /answered with a promise/.test(cause.message);
      },
    );
  });

  test('is answered 401, and is an InvalidTokenError', async () => {
    const validator = withHooks({ isRevoked: () => true });
    const error = await rejectionOf(validator.validate(await token()));
    assert.ok(error instanceof RevokedTokenError && error instanceof InvalidTokenError);
    assert.deepEqual([error.code, error.issuerIndex, validator.answer(error).status], ['revoked', 0, 401]);
  });

  test('is asked last, and never about a token that does not pass anyway', async () => {
    let asked = 0;
    const isRevoked = () => (asked += 1) > 1000;
    assert.deepEqual(await codes({ isRevoked }, { aud: 'other' }), Array(3).fill('audience_mismatch'));
    assert.equal(asked, 0);
  });

  test('is not asked where the routes need no token', async () => {
    const validator = createValidatorFromPolicy(
      {
        version: 1,
        issuers: [{ issuer: 'me', audience: AUDIENCE, keys: { secret: { text: SECRET } } }],
        routes: [{ path: '/open', skip: true }],
      },
      { isRevoked: fails, transform: fails },
    );
    const outcome = await validator.tryValidateRequest({ method: 'GET', url: '/open', headers: [] });
    assert.equal(outcome.verdict, 'skipped');
  });
});

describe('clientLookup', () => {
  const clientId = { claims: ['azp'], allowed: /** @type {const} */ ('host') };
  /** @param {HostOptions['clientLookup']} clientLookup */
  const withLookup = (clientLookup, options = {}) =>
    createValidator({ issuer: 'me', audience: AUDIENCE, secret: SECRET, clientId, clientLookup, ...options });
  /** @param {import('jotgate').Outcome} outcome */
  const refusal = (outcome) =>
    !outcome.ok && outcome.verdict === 'rejected' && [outcome.code, outcome.claim, outcome.issuerIndex];
  const refused = ['client_not_allowed', 'azp', 0];

  test('gets the client and the claims, and only true lets a token pass', async () => {
    const text = await token({ azp: 'app' });
    const seen = /** @type {unknown[]} */ ([]);
    const validator = withLookup((client, claims) => {
      seen.push(client, claims.sub);
      return client === 'app';
    });
    assert.equal((await validator.validate(text)).payload.sub, 'alice');
    assert.equal(validator.validateSync(text).payload.sub, 'alice');
    assert.deepEqual(seen, ['app', 'alice', 'app', 'alice']);
    const stranger = await validator.tryValidate(await token({ azp: 'other' }));
    assert.deepEqual(refusal(stranger), refused);
    assert.equal(!stranger.ok && 'detail' in stranger && stranger.detail, 'the host does not know the client');
    for (const answer of [undefined, null, 1, 'yes', {}]) {
      const wrong = withLookup(/** @type {any} */ (() => answer));
      assert.deepEqual(refusal(await wrong.tryValidate(text)), refused);
      assert.deepEqual(refusal(wrong.tryValidateSync(text)), refused);
    }
  });

  test('may take its time where the call does', async () => {
    const validator = withLookup(async (client) => {
      await turn();
      return client === 'app';
    });
    const text = await token({ azp: 'app' });
    assert.ok((await validator.tryValidate(text)).ok);
    assert.deepEqual(refusal(await validator.tryValidate(await token({ azp: 'other' }))), refused);
    assert.deepEqual(refusal(validator.tryValidateSync(text)), refused);
    assert.throws(
      () => validator.validateSync(text),
      (/** @type {any} */ { detail, cause }) => {
        assert.equal(detail, "the host's look-up of the client failed");
        return /answered with a promise/.test(cause.message);
      },
    );
  });

  test('names its claim as the application sees it, and the route that the request took', async () => {
    const policy = /** @type {import('jotgate').PolicyDocument} */ ({
      version: 1,
      issuers: [
        {
          issuer: 'me',
          audience: AUDIENCE,
          keys: { secret: { text: SECRET } },
          client_id: clientId,
          claim_mapping: { azp: 'client' },
        },
      ],
      routes: [{ path: '/other' }, { path: '/' }],
    });
    const validator = createValidatorFromPolicy(policy, { clientLookup: (_, { client }) => client !== 'app' });
    const headers = { authorization: `Bearer ${await token({ azp: 'app' })}` };
    const outcome = await validator.tryValidateRequest({ method: 'GET', url: '/', headers });
    assert.ok(!outcome.ok && outcome.verdict === 'rejected');
    assert.deepEqual([outcome.code, outcome.claim, outcome.routeIndex], ['client_not_allowed', 'client', 1]);
  });

  test('that throws refuses the token', async () => {
    const text = await token({ azp: 'app' });
    for (const failing of [fails, () => Promise.reject(broken)]) {
      const validator = withLookup(failing);
      const error = await rejectionOf(validator.validate(text));
      assert.ok(error instanceof InvalidTokenError && error.cause === broken);
      assert.equal(error.detail, "the host's look-up of the client failed");
      assert.deepEqual([error.code, error.claim, validator.answer(error).status], ['client_not_allowed', 'azp', 403]);
    }
  });

  test('is asked before isRevoked, and not about tokens that do not pass anyway', async () => {
    const order = /** @type {string[]} */ ([]);
    const note = (/** @type {string} */ name, /** @type {boolean} */ answer) => () => order.push(name) > 0 && answer;
    const validator = withLookup(note('clientLookup', true), { isRevoked: note('isRevoked', false) });
    assert.ok(validator.tryValidateSync(await token({ azp: 'app' })).ok);
    assert.deepEqual(order.splice(0), ['clientLookup', 'isRevoked']);
    assert.equal(validator.tryValidateSync(await token({ azp: 'app', aud: 'other' })).ok, false);
    assert.deepEqual(refusal(validator.tryValidateSync(await token())), refused);
    assert.deepEqual(order, []);
  });

  test('is needed where the policy leaves the clients to the application, and idle elsewhere', async () => {
    assert.throws(
      () => withLookup(undefined),
      (error) => error instanceof PolicyError && error.path === 'clientId.allowed',
    );
    const listed = withLookup(fails, { clientId: { claims: ['azp'], allowed: ['app'] } });
    assert.ok(listed.tryValidateSync(await token({ azp: 'app' })).ok);
  });
});

describe('what a hook throws', () => {
  for (const hook of /** @type {const} */ (['isRevoked', 'transform'])) {
    test(`refuses the token, and is told as the cause: ${hook}`, async () => {
      assert.deepEqual(await codes({ [hook]: fails }), Array(3).fill('internal_error'));
      const later = () => Promise.reject(broken);
      assert.deepEqual(await codes({ [hook]: later }), Array(3).fill('internal_error'));
      for (const failing of [fails, later]) {
        const validator = withHooks({ [hook]: failing });
        const error = await rejectionOf(validator.validate(await token()));
        assert.ok(error instanceof InternalError && error.cause === broken);
        assert.equal(validator.answer(error).status, 500);
        assert.ok(!error.message.includes('data base'));
      }
      assert.ok(!('cause' in new InternalError('x')));
    });
  }
});

describe('transform', () => {
  const transform = (/** @type {import('jotgate').Claims} */ claims) => ({ ...claims, sub: claims.sub?.toUpperCase() });

  test('makes the claims that the application sees', async () => {
    const validator = withHooks({ transform });
    const text = await token({ name: 'Zoë' });
    const request = { method: 'GET', url: '/', headers: { authorization: `Bearer ${text}` } };
    for (const verified of [
      await validator.validate(text),
      validator.validateSync(text),
      await validator.validateRequest(request),
      await withHooks({ transform: async (claims) => transform(claims) }).validate(text),
    ]) {
      assert.equal(verified?.payload.sub, 'ALICE');
      assert.equal(verified?.payload, verified?.payload);
      assert.equal(verified?.payload['name'], 'Zoë');
      assert.equal(JSON.parse(verified?.payloadText ?? '').sub, 'alice');
      assert.deepEqual([verified?.header, verified?.issuerIndex], [{ alg: 'HS256' }, 0]);
    }
  });

  test('is no way to return something else', async () => {
    for (const answer of [undefined, null, 'text', 1, []]) {
      const wrong = /** @type {any} */ (() => answer);
      assert.deepEqual(await codes({ transform: wrong }), Array(3).fill('internal_error'));
    }
  });

  test('is not called for a token that was revoked', async () => {
    assert.deepEqual(await codes({ isRevoked: () => true, transform: fails }), Array(3).fill('revoked'));
  });
});

test('no hook can change the claims of the others or of the application', async () => {
  const spoil = (/** @type {import('jotgate').Claims} */ claims) => {
    assert.equal(claims.sub, 'alice');
    claims.sub = 'mallory';
    return claims;
  };
  const isRevoked = (/** @type {import('jotgate').Claims} */ claims) => spoil(claims) === undefined;
  assert.equal(withHooks({ isRevoked }).validateSync(await token()).payload.sub, 'alice');
  const seen = /** @type {unknown[]} */ ([]);
  const transform = (/** @type {import('jotgate').Claims} */ claims) => {
    seen.push(claims.sub);
    return {};
  };
  withHooks({ isRevoked, transform }).validateSync(await token());
  assert.deepEqual(seen, ['alice']);
});

test('hooks of several calls may be asked at the same time, and end in any order', async () => {
  const waiting = /** @type {Map<unknown, (revoked: boolean) => void>} */ (new Map());
  const isRevoked = (/** @type {import('jotgate').Claims} */ { jti }) =>
    new Promise((/** @type {(revoked: boolean) => void} */ resolve) => waiting.set(jti, resolve));
  const validator = withHooks({ isRevoked });
  const calls = [];
  for (const jti of ['a', 'b', 'c']) calls.push(validator.tryValidate(await token({ jti, sub: `sub-${jti}` })));
  while (waiting.size < 3) await turn();
  // Another verdict in between: each call goes on with its own token all the same.
  assert.equal((await validator.tryValidate('x')).ok, false);
  for (const jti of ['c', 'a', 'b']) waiting.get(jti)?.(jti === 'b');
  const told = (await Promise.all(calls)).map((outcome) => (outcome.ok ? outcome.verified.payload.sub : outcome.code));
  assert.deepEqual(told, ['sub-a', 'revoked', 'sub-c']);
});

test('a signal ends a call that waits for a hook', async () => {
  const controller = new AbortController();
  const isRevoked = () => new Promise((/** @type {(revoked: boolean) => void} */ _resolve) => undefined);
  const call = withHooks({ isRevoked }).validate(await token(), { signal: controller.signal });
  await turn();
  controller.abort(new Error('the client went away'));
  await assert.rejects(call, /the client went away/);
});

test('a hook whose name is misspelled, or that is no function, is an error', () => {
  const options = { issuer: 'me', audience: AUDIENCE, secret: SECRET };
  assert.throws(() => createValidator(/** @type {any} */ ({ ...options, isRevokd: () => true })), {
    path: 'is_revokd',
  });
  assert.throws(() => createValidator(/** @type {any} */ ({ ...options, isRevoked: true })), TypeError);
  assert.throws(() => createValidator(/** @type {any} */ ({ ...options, transform: null })), TypeError);
  const policy = { version: 1, issuers: [] };
  assert.throws(() => createValidatorFromPolicy(/** @type {any} */ ({ ...policy, isRevoked: () => true })), {
    name: 'PolicyError',
    path: 'isRevoked',
  });
  assert.throws(
    () => createValidatorFromPolicy(/** @type {any} */ (policy), /** @type {any} */ ({ isRevokd: () => true })),
    {
      name: 'TypeError',
      message: /isRevokd/,
    },
  );
});

test('with keys that have to be fetched, the hooks come after the fetch', async (t) => {
  const issuer = await startIssuer(t);
  const validator = createValidator({ ...issuer.options(), isRevoked: async () => issuer.fetches !== 1 });
  assert.equal((await validator.validate(await issuer.mint())).payload.sub, 'alice');
});
