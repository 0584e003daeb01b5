import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createValidator, createValidatorFromPolicy, MissingTokenError } from 'jotgate';
import { rejectionOf, startIssuer } from './support/issuer.mjs';

test('a request may bring its header fields in any of the usual forms', async (t) => {
  const issuer = await startIssuer(t);
  const validator = createValidator(issuer.options());
  const value = `Bearer ${await issuer.mint()}`;
  const forms = [
    ['Host', 'x', 'authorization', value],
    new Headers({ Authorization: value }),
    new Map([['AUTHORIZATION', value]]),
    [/** @type {const} */ (['Authorization', value])],
    { Authorization: value, accept: undefined },
    { authorization: [value, value], host: 'x' },
  ];
  for (const headers of forms) {
    const verified = await validator.validateRequest({ method: 'GET', url: '/orders?x=1', headers });
    assert.equal(verified?.payload.sub, 'alice');
  }
});

test('a request without a token is told so', async (t) => {
  const issuer = await startIssuer(t);
  const validator = createValidator(issuer.options());
  for (const headers of [[], {}, new Headers(), ['Authorization', 'Basic eDp5'], { authorization: undefined }]) {
    const error = await rejectionOf(validator.validateRequest({ method: 'GET', url: '/', headers }));
    assert.ok(error instanceof MissingTokenError);
    assert.equal(validator.answer(error).headers['WWW-Authenticate'], 'Bearer');
  }
  assert.equal(issuer.fetches, 0);
});

test('no part of a request can pass for another part', async (t) => {
  const issuer = await startIssuer(t);
  const validator = createValidator(issuer.options());
  const value = `Bearer ${await issuer.mint()}`;
  const forged = `x\0Authorization\0${value}`;
  const requests = [
    { method: 'GET', url: '/', headers: { 'X-Note': forged } },
    { method: 'GET', url: `/?x=${forged}`, headers: {} },
    { method: `GET\0/\0\0Authorization\0${value}`, url: '/', headers: {} },
  ];
  for (const request of requests) {
    const outcome = await validator.tryValidateRequest(request);
    assert.equal(!outcome.ok && outcome.code, 'missing_token');
  }
});

test('fields that the policy reads may come alone, together, twice and not at all', async (t) => {
  const issuer = await startIssuer(t);
  const token = await issuer.mint();
  const { issuer: name, audience, jwksUri } = issuer.options();
  const validator = createValidatorFromPolicy({
    version: 1,
    issuers: [{ issuer: name, audience, keys: { jwks_uri: jwksUri } }],
    token: { sources: [{ header: 'X-Jwt' }, { cookie: 'session' }, { query: 'token' }] },
  });
  /** @param {string} url @param {string[]} headers */
  const ask = async (url, headers) => {
    const outcome = await validator.tryValidateRequest({ method: 'GET', url, headers });
    return outcome.ok ? outcome.verdict : outcome.code;
  };
  assert.deepEqual(validator.reads, { headers: ['authorization', 'cookie', 'x-jwt'], query: true });
  assert.equal(await ask('/', ['x-jWt', token]), 'accepted');
  assert.equal(await ask('/', ['X-Jwt', token, 'Accept', 'x']), 'accepted');
  assert.equal(await ask('/', ['Cookie', `a=b; session=${token}`]), 'accepted');
  assert.equal(await ask('/', ['Cookie', 'a=b', 'cookie', `session=${token}`, 'x-other', 'x']), 'accepted');
  assert.equal(await ask(`/?token=${token}`, ['Cookie', 'a=b']), 'accepted');
  assert.equal(await ask(`/?token=${token}`, []), 'accepted');
  assert.equal(await ask(`https://a.test/?token=${token}#x`, ['Host', 'a.test']), 'accepted');
  assert.equal(await ask('/', []), 'missing_token');
  assert.equal(await ask('/', ['Cookie', 'a=b']), 'missing_token');
  assert.equal(await ask('/', ['X-Jwt', token, 'x-jwt', token]), 'accepted');
  assert.equal(await ask('/', ['X-Jwt', token, 'x-jwt', 'x']), 'multiple_tokens');
  assert.equal(await ask('/?token=x', ['X-Jwt', token]), 'multiple_tokens');
  assert.equal(await ask('/', ['X-Jwt', `${token}\0`]), 'malformed_token');
  assert.equal(await ask('/', ['X-Jwt', `${token}\ud800`]), 'malformed_token');
  assert.equal(await ask('/', ['Cookie', `x\0; session=${token}`, 'Cookie', 'y=\0']), 'accepted');
  const long = 'x'.repeat(40_000);
  assert.equal(await ask(`/${long}?${long}é&token=${token}`, ['Cookie', long]), 'accepted');
  assert.equal(await ask('/', ['Cookie', `a=${long}é; session=${token}`]), 'accepted');
  assert.equal(await ask('/', ['Cookie', `session=${token}`]), 'accepted');
});

test('what is missing in a request is not there', async (t) => {
  const issuer = await startIssuer(t);
  const validator = createValidator(issuer.options());
  const requests = [
    {},
    { method: 'GET', url: '/' },
    { headers: null },
    { headers: undefined },
    { headers: { a: null } },
  ];
  for (const request of requests) {
    const outcome = await validator.tryValidateRequest(/** @type {any} */ (request));
    assert.equal(!outcome.ok && outcome.code, 'missing_token');
  }
});

test('what is no request is a mistake in the calling program', async (t) => {
  const issuer = await startIssuer(t);
  const validator = createValidator(issuer.options());
  const broken = [7, 'x', ['Authorization'], ['X-Note', 'x', 'Authorization'], [['a']], { Authorization: 7 }, [7, 8]];
  const requests = [undefined, null, 7, { method: 7, headers: [] }, { url: new URL('https://a.test/') }];
  for (const request of [...requests, ...broken.map((headers) => ({ method: 'GET', url: '/', headers }))]) {
    const wrong = /** @type {any} */ (request);
    await assert.rejects(validator.tryValidateRequest(wrong), TypeError);
    await assert.rejects(validator.validateRequest(wrong), TypeError);
    await assert.rejects(validator.explainRequest(wrong), TypeError);
    assert.throws(() => validator.forward(wrong, undefined), TypeError);
  }
});

test('options that are none are a mistake in the calling program', async (t) => {
  const issuer = await startIssuer(t);
  const validator = createValidator(issuer.options());
  const text = await issuer.mint();
  const wrong = [
    null,
    7,
    { now: 'x' },
    { asOf: 'x' },
    { asOf: null },
    { asOf: Number.NaN },
    { asOf: new Date('x') },
    { asOf: 1n },
  ];
  for (const given of wrong) {
    const options = /** @type {any} */ (given);
    assert.throws(() => validator.tryValidateSync(text, options), TypeError);
    assert.throws(() => validator.validateSync(text, options), TypeError);
    await assert.rejects(validator.tryValidate(text, options), TypeError);
    await assert.rejects(validator.validate(text, options), TypeError);
    await assert.rejects(validator.tryValidateRequest({}, options), TypeError);
    await assert.rejects(validator.explain(text, options), TypeError);
  }
  await assert.rejects(validator.tryValidate(text, /** @type {any} */ ({ signal: {} })), TypeError);
  assert.equal(issuer.fetches, 0);
  assert.ok((await validator.tryValidate(text, { asOf: undefined, signal: undefined })).ok);
});

test('a clock that gives no time lets nothing pass', async (t) => {
  const issuer = await startIssuer(t);
  const text = await issuer.mint();
  for (const time of [undefined, null, Number.NaN, '0', new Date('x'), {}]) {
    const validator = createValidator({ ...issuer.options(), clock: /** @type {any} */ (() => time) });
    const outcome = await validator.tryValidate(text);
    assert.equal(!outcome.ok && outcome.code, 'internal_error');
    assert.throws(() => validator.health(), TypeError);
  }
  const validator = createValidator({ ...issuer.options(), clock: () => new Date() });
  assert.ok((await validator.tryValidate(text)).ok);
});

test('a validator tells what it reads, and what it does not read changes nothing', async (t) => {
  const issuer = await startIssuer(t);
  const validator = createValidator(issuer.options());
  assert.deepEqual(validator.reads, { headers: ['authorization'], query: false });
  assert.equal(validator.forwards, false);
  const value = `Bearer ${await issuer.mint()}`;
  const other = ['X-Other', 'a\0b', 'Accept', '*/*', 'AUTHORIZATIO\u212a', 'x'];
  const asked = { method: 'GET', url: '/a?b#c', headers: [...other, 'aUTHORIZATION', value] };
  assert.equal((await validator.validateRequest(asked))?.payload.sub, 'alice');
  const twice = { ...asked, headers: [...asked.headers, 'Authorization', 'Bearer e30.e30.'] };
  const outcome = await validator.tryValidateRequest(twice);
  assert.equal(outcome.ok === false && outcome.code, 'multiple_tokens');
  const wrong = /** @type {any} */ ({ ...asked, headers: ['X-Other', 1] });
  await assert.rejects(validator.tryValidateRequest(wrong), TypeError);
});
