import assert from 'node:assert/strict';
import process from 'node:process';
import { describe, test } from 'node:test';
import { createValidator, createValidatorFromPolicy, shadow } from 'jotgate';
import { AUDIENCE, seconds, startIssuer, until } from './support/issuer.mjs';

/** @import { Difference } from 'jotgate' */

describe('a shadow', () => {
  test('lets the existing one decide, and reports where they differ', async (t) => {
    const issuer = await startIssuer(t);
    /** @type {Difference[]} */
    const told = [];
    const existing = async (/** @type {string} */ token, /** @type {string} */ extra = '') => {
      if (token === bad) throw new RangeError('it quotes the token');
      return { token, extra };
    };
    const validate = shadow(createValidator(issuer.options()), existing, (difference) => told.push(difference));
    const [good, bad, expired] = [
      await issuer.mint(),
      await issuer.mint({ n: 1 }),
      await issuer.mint({ exp: seconds() - 60 }),
    ];
    assert.deepEqual(await validate(good, 'x'), { token: good, extra: 'x' });
    assert.equal((await validate(expired)).token, expired);
    await assert.rejects(validate(bad), RangeError);
    await until(() => told.length === 2);
    const [refused, accepted] = told.toSorted((one, other) => one.jotgate.localeCompare(other.jotgate)).reverse();
    const hint = refused?.hint ?? '';
    assert.deepEqual(refused, { existing: 'accepted', jotgate: 'expired', hint, issuer: 0, exception: null });
    const wanted = { existing: 'refused', jotgate: 'accepted', hint: null, issuer: 0, exception: 'RangeError' };
    assert.deepEqual(accepted, wanted);
    assert.match(hint, /exp/);
    assert.ok(!JSON.stringify(told).includes(bad.slice(-20)) && !JSON.stringify(told).includes('quotes'));
    const counts = { 'accepted/accepted': 1, 'accepted/expired': 1, 'refused/accepted': 1 };
    assert.deepEqual([validate.counts, validate.differences, validate.unreported], [counts, 2, 0]);
  });

  test('stands beside functions that do not wait, too', async (t) => {
    const issuer = await startIssuer(t);
    /** @type {Difference[]} */
    const told = [];
    const existing = (/** @type {string} */ token) => {
      if (token.length < 10) throw new TypeError('short');
      return token.length > 20 ? { sub: 'alice' } : null;
    };
    const validate = shadow(createValidator(issuer.options()), existing, (difference) => told.push(difference));
    assert.deepEqual(validate(await issuer.mint()), { sub: 'alice' });
    assert.equal(validate('x'.repeat(15)), null);
    assert.throws(() => validate('x'), TypeError);
    assert.deepEqual(validate('x'.repeat(30)), { sub: 'alice' });
    await until(() => Object.values(validate.counts).reduce((sum, count) => sum + count, 0) === 4);
    const counts = { 'accepted/accepted': 1, 'accepted/malformed_token': 1, 'refused/malformed_token': 2 };
    assert.deepEqual([validate.counts, told.length], [counts, 1]);
  });

  test('says nothing while the keys are not at hand', async (t) => {
    const issuer = await startIssuer(t);
    issuer.respond = (_request, response) => void response.writeHead(500).end();
    const validate = shadow(
      createValidator(issuer.options()),
      () => ({}),
      () => assert.fail(),
    );
    validate(await issuer.mint());
    await until(() => validate.counts['accepted/keys_unavailable'] === 1);
    assert.equal(validate.differences, 0);
  });

  test('reports so many in a minute, and counts all', async (t) => {
    const issuer = await startIssuer(t);
    let told = 0;
    const validate = shadow(
      createValidator(issuer.options()),
      () => ({}),
      () => (told += 1),
      { reportsPerMinute: 2 },
    );
    for (let index = 0; index < 5; index += 1) validate('x');
    await until(() => validate.differences === 5);
    // A minute may begin meanwhile.
    assert.ok(told >= 2 && told + validate.unreported === 5);
  });

  test('compares requests about which a middleware has decided', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidatorFromPolicy({
      version: 1,
      issuers: [{ issuer: issuer.url, audience: AUDIENCE, keys: { jwks_uri: issuer.jwksUri } }],
      routes: [{ path: '/orders', scopes: { all: ['read'] } }],
      unmatched: 'token',
    });
    /** @type {Difference[]} */
    const told = [];
    const beside = shadow(
      validator,
      () => undefined,
      (difference) => told.push(difference),
    );
    const headers = { authorization: `Bearer ${await issuer.mint()}` };
    beside.compareRequest({ method: 'GET', url: '/orders', headers });
    await until(() => told.length === 1);
    assert.deepEqual([told[0]?.existing, told[0]?.jotgate], ['accepted', 'insufficient_scope']);
    beside.compareRequest({ method: 'GET', url: '/orders', headers }, new SyntaxError('no'));
    await until(() => beside.counts['refused/insufficient_scope'] === 1);
    beside.compareRequest(/** @type {any} */ (7));
    assert.equal(told.length, 1);
  });

  test('changes nothing, whatever the reports do', async (t) => {
    const issuer = await startIssuer(t);
    /** @type {string[]} */
    const warnings = [];
    const hear = (/** @type {Error} */ warning) => warnings.push(warning.message);
    process.on('warning', hear);
    t.after(() => process.off('warning', hear));
    const throwing = () => {
      throw new Error('broken');
    };
    const validator = createValidator(issuer.options());
    const validate = shadow(validator, () => ({}), throwing);
    validate('x');
    validate('x');
    const later = shadow(
      validator,
      () => ({}),
      async () => throwing(),
    );
    later('x');
    await until(() => warnings.filter((text) => text.startsWith('onDifference of a shadow threw')).length === 2);
    const warned = shadow(validator, () => ({}));
    warned('x');
    await until(() => warnings.some((text) => text.includes('accepted today: malformed_token')));
    assert.throws(() => shadow(validator, /** @type {any} */ (undefined)), TypeError);
    assert.throws(() => shadow(validator, () => ({}), /** @type {any} */ (7)), TypeError);
    assert.throws(
      () =>
        shadow(
          validator,
          () => ({}),
          () => {},
          { reportsPerMinute: -1 },
        ),
      TypeError,
    );
  });
});
