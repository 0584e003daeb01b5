import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createValidator, MissingTokenError } from 'jotgate';
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

test('what is no request is refused', async (t) => {
  const issuer = await startIssuer(t);
  const validator = createValidator(issuer.options());
  const broken = [7, ['Authorization'], ['X-Note', 'x', 'Authorization'], { Authorization: 7 }];
  const requests = [undefined, {}, { method: 'GET', url: '/' }, { method: 7, headers: [] }];
  for (const request of [...requests, ...broken.map((headers) => ({ method: 'GET', url: '/', headers }))]) {
    const outcome = await validator.tryValidateRequest(/** @type {any} */ (request));
    assert.equal(!outcome.ok && outcome.code, 'internal_error');
  }
});
