import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createValidator, createValidatorFromPolicy, Requirement } from 'jotgate';
import { auth, authorizer, requiredScopes } from 'jotgate/lambda';
import { AUDIENCE, seconds, startIssuer, until } from './support/issuer.mjs';
import { source } from './support/memory-store.mjs';

/** @typedef {(request: { method?: string, path?: string, token?: string | undefined, query?: Record<string, string>, cookie?: string }) => any} Event */

/** The events of each caller, as its documentation shows them. @type {Record<string, Event>} */
const events = {
  'a REST API': ({ method = 'GET', path = '/orders', token, query = {} }) => ({
    resource: '/{proxy+}',
    httpMethod: method,
    path,
    headers: token === undefined ? null : { Authorization: `Bearer ${token}` },
    multiValueHeaders: token === undefined ? null : { Authorization: [`Bearer ${token}`] },
    queryStringParameters: query,
    multiValueQueryStringParameters: Object.fromEntries(Object.entries(query).map(([name, value]) => [name, [value]])),
    requestContext: { stage: 'prod', path: `/prod${path}` },
  }),
  'an HTTP API': ({ method = 'GET', path = '/orders', token, query = {}, cookie }) => ({
    version: '2.0',
    rawPath: `/prod${decodeURIComponent(path)}`,
    rawQueryString: String(new URLSearchParams(query)),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    ...(cookie && { cookies: [cookie] }),
    requestContext: { stage: 'prod', domainName: 'id.execute-api.eu-west-1.amazonaws.com', http: { method, path } },
  }),
  'an HTTP API, format 1.0': ({ method = 'GET', path = '/orders', token, query = {} }) => ({
    version: '1.0',
    httpMethod: method,
    path: decodeURIComponent(path),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    queryStringParameters: query,
    requestContext: { stage: '$default' },
  }),
  'a function URL': ({ method = 'GET', path = '/orders', token, query = {}, cookie }) => ({
    version: '2.0',
    rawPath: path,
    rawQueryString: String(new URLSearchParams(query)),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    ...(cookie && { cookies: [cookie] }),
    requestContext: { stage: '$default', domainName: 'id.lambda-url.eu-west-1.on.aws', http: { method, path } },
  }),
  'a load balancer': ({ method = 'GET', path = '/orders', token, query = {} }) => ({
    httpMethod: method,
    path,
    multiValueHeaders: token === undefined ? {} : { authorization: [`Bearer ${token}`] },
    multiValueQueryStringParameters: Object.fromEntries(
      Object.entries(query).map(([name, value]) => [encodeURIComponent(name), [encodeURIComponent(value)]]),
    ),
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:…' } },
  }),
};

const subject = async (/** @type {any} */ event) => ({ statusCode: 200, body: event.auth?.payload.sub ?? 'nobody' });

for (const [name, eventOf] of Object.entries(events)) {
  describe(`a handler behind ${name}`, () => {
    test('gets what was verified, and others are answered as the core says', async (t) => {
      const issuer = await startIssuer(t);
      const validator = createValidator(issuer.options());
      const handler = auth(validator, subject);
      const token = await issuer.mint();
      assert.deepEqual(await handler(eventOf({ token }), {}), { statusCode: 200, body: 'alice' });
      for (const bad of [undefined, 'nonsense', await issuer.mint({ exp: seconds() - 60 })]) {
        const headers = bad === undefined ? {} : { authorization: `Bearer ${bad}` };
        const outcome = await validator.tryValidateRequest({ method: 'GET', url: '/orders', headers });
        const answer = validator.answer(outcome);
        const event = eventOf({ token: bad });
        const got = /** @type {any} */ (await handler(event, {}));
        assert.deepEqual([got.statusCode, got.body, got.isBase64Encoded], [answer.status, answer.body, false]);
        const several = Object.entries(answer.headers).map(([field, value]) => [field, [value]]);
        if (event.multiValueHeaders) assert.deepEqual(got.multiValueHeaders, Object.fromEntries(several));
        else assert.deepEqual(got.headers, answer.headers);
      }
    });

    test('is judged by the routes of the policy', async (t) => {
      const issuer = await startIssuer(t);
      const validator = createValidatorFromPolicy({
        version: 1,
        issuers: [{ issuer: issuer.url, audience: AUDIENCE, keys: { jwks_uri: issuer.jwksUri } }],
        token: { sources: [{ header: 'Authorization', scheme: 'Bearer' }, { query: 'access token' }] },
        routes: [
          { path: '/health', skip: true },
          { path: '/orders/{id}', methods: 'PUT', scopes: { all: ['write'] } },
        ],
        unmatched: 'token',
      });
      const handler = auth(validator, subject);
      const statusOf = async (/** @type {any} */ event) => /** @type {any} */ (await handler(event, {})).statusCode;
      const token = await issuer.mint();
      assert.equal(await statusOf(eventOf({ path: '/health' })), 200);
      assert.equal(await statusOf(eventOf({ token, path: '/orders/7', method: 'PUT' })), 403);
      assert.equal(await statusOf(eventOf({ token, path: '/%6frders/7', method: 'PUT' })), 403);
      assert.equal(await statusOf(eventOf({ token, path: '/orders/7' })), 200);
      assert.equal(await statusOf(eventOf({ path: '/orders', query: { 'a&b': 'c=d', 'access token': token } })), 200);
      // It must not become the path `/health` with a query.
      assert.equal(await statusOf(eventOf({ path: '/health%3Fa' })), 400);
    });
  });
}

describe('a handler on AWS Lambda', () => {
  test('asks for scopes', async (t) => {
    const issuer = await startIssuer(t);
    const handler = auth(issuer.options(), requiredScopes('write')(subject));
    const event = async (/** @type {object} */ claims) =>
      events['a function URL']?.({ token: await issuer.mint(claims) });
    assert.equal((await handler(await event({ scope: 'write' }), {})).statusCode, 200);
    const refused = /** @type {any} */ (await handler(await event({}), {}));
    assert.equal(refused.statusCode, 403);
    assert.match(refused.headers['WWW-Authenticate'], /scope="write"$/);
  });

  test('reads cookies, and paths below a prefix', async (t) => {
    const issuer = await startIssuer(t);
    const policy = /** @type {const} */ ({
      version: 1,
      issuers: [{ issuer: issuer.url, audience: AUDIENCE, keys: { jwks_uri: issuer.jwksUri } }],
      token: { sources: [{ cookie: 'session' }] },
      routes: [{ path: '/health', skip: true }],
      unmatched: 'token',
    });
    const validator = createValidatorFromPolicy(/** @type {any} */ (policy));
    const handler = auth({ validator, basePath: '/shop' }, subject);
    const [url, api] = [events['a function URL'], events['an HTTP API']];
    assert.equal((await handler(url?.({ cookie: `session=${await issuer.mint()}` }), {})).body, 'alice');
    assert.equal((await handler(url?.({ path: '/shop/health' }), {})).body, 'nobody');
    assert.equal((await handler(api?.({ path: '/shop/health' }), {})).body, 'nobody');
    assert.equal((await handler(api?.({ path: '/shopping/health' }), {})).statusCode, 401);
  });

  test('leaves nothing running: a refresh that is due has ended when the answer goes back', async (t) => {
    const issuer = await startIssuer(t);
    let now = Date.now();
    const validator = createValidator({ ...issuer.options(), clock: () => now, keySet: { ttl: '10m' } });
    const handler = auth(validator, subject);
    const event = events['a function URL']?.({ token: await issuer.mint() });
    await handler(event, {});
    now += 11 * 60_000;
    let isAnswered = false;
    /** @type {(() => void)[]} */
    const held = [];
    const respond = issuer.respond;
    issuer.respond = (request, response) => void held.push(() => respond(request, response));
    const answered = handler(event, {}).then((answer) => {
      isAnswered = true;
      return answer;
    });
    await until(() => held.length === 1);
    assert.equal(isAnswered, false);
    held[0]?.();
    assert.equal((await answered).body, 'alice');
    assert.equal(source(validator).state, 'fresh');
    assert.equal(source(validator).fetches, 2);
  });

  test('answers before its own time is over', async (t) => {
    const issuer = await startIssuer(t);
    let now = Date.now();
    const validator = createValidator({ ...issuer.options(), clock: () => now, keySet: { ttl: '10m' } });
    const handler = auth(validator, subject);
    const event = events['a function URL']?.({ token: await issuer.mint() });
    await handler(event, {});
    now += 11 * 60_000;
    issuer.respond = () => {};
    assert.equal((await handler(event, { getRemainingTimeInMillis: () => 251 })).body, 'alice');
  });

  test('takes no events of something else, and no policy that changes requests', async () => {
    const options = { issuer: 'me', audience: 'any', secret: 'x'.repeat(32) };
    const handler = auth(options, subject);
    for (const event of /** @type {any[]} */ ([{ Records: [] }, null, { version: '2.0', requestContext: {} }])) {
      await assert.rejects(handler(event, {}), /no event of an HTTP request/);
    }
    const forwarding = createValidatorFromPolicy({
      version: 1,
      issuers: [{ issuer: 'me', audience: 'any', keys: { secret: { text: 'x'.repeat(32) } } }],
      forward: { strip_token: true },
    });
    assert.throws(() => auth(forwarding, subject), { code: 'policy_error', path: 'forward' });
    assert.throws(() => authorizer(forwarding), { code: 'policy_error', path: 'forward' });
    const later = createValidator(options);
    const replaced = auth(later, subject);
    later.replaceFromPolicy({
      version: 1,
      issuers: [{ issuer: 'me', audience: 'any', keys: { secret: { text: 'x'.repeat(32) } } }],
      routes: [{ path_regex: '.*', skip: true }],
      forward: { strip_token: true },
    });
    assert.equal(/** @type {any} */ (await replaced(events['a function URL']?.({}), {})).statusCode, 500);
    assert.throws(() => auth(options, /** @type {any} */ (undefined)), TypeError);
    assert.throws(() => auth({ ...options, basePath: /** @type {any} */ (7) }, subject), TypeError);
    assert.throws(() => authorizer(options, { simple: /** @type {any} */ ('yes') }), TypeError);
    const wrong = /** @type {any} */ ({ ...options, basepath: '/a' });
    assert.throws(() => auth(wrong, subject), /basepath/);
  });
});

describe('a Lambda authorizer', () => {
  const arn = 'arn:aws:execute-api:eu-west-1:123456789012:abcdef123/prod/GET/orders/7';
  const asked = (/** @type {string} */ token) => ({
    type: 'TOKEN',
    methodArn: arn,
    authorizationToken: `Bearer ${token}`,
  });

  test('answers a REST API with an IAM policy for what was asked', async (t) => {
    const issuer = await startIssuer(t);
    const handler = authorizer({ ...issuer.options(), scopes: { all: ['read'] } });
    const answer = await handler(asked(await issuer.mint({ scope: 'read', roles: ['a'] })));
    const allowed = { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: arn };
    assert.deepEqual(answer, {
      principalId: 'alice',
      policyDocument: { Version: '2012-10-17', Statement: [allowed] },
      context: { sub: 'alice', iss: issuer.url, scope: 'read' },
    });
    const denied = await handler(asked(await issuer.mint()));
    assert.equal(denied.policyDocument.Statement[0]?.Effect, 'Deny');
    assert.deepEqual(denied.context, { code: 'insufficient_scope' });
    const unauthorized = handler(asked('nonsense'));
    await assert.rejects(unauthorized, (/** @type {any} */ error) => {
      assert.deepEqual([error.message, error.cause.code], ['Unauthorized', 'malformed_token']);
      return true;
    });
  });

  test('judges the method and the path, of both kinds of events', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidatorFromPolicy({
      version: 1,
      issuers: [{ issuer: issuer.url, audience: AUDIENCE, keys: { jwks_uri: issuer.jwksUri } }],
      routes: [
        { path: '/health', skip: true },
        { path: '/orders/{id}', methods: 'PUT', scopes: { all: ['write'] } },
      ],
      unmatched: 'token',
    });
    const handler = authorizer(validator);
    const token = await issuer.mint();
    const effect = async (/** @type {any} */ event) =>
      (await handler(event)).policyDocument.Statement.map(({ Effect, Resource }) => [Effect, Resource])[0];
    assert.deepEqual(await effect(asked(token)), ['Allow', arn]);
    const put = arn.replace('GET', 'PUT');
    assert.deepEqual(await effect({ ...asked(token), methodArn: put }), ['Deny', put]);
    const request = events['a REST API']?.({ token, method: 'PUT', path: '/orders/7' });
    assert.deepEqual(await effect({ ...request, type: 'REQUEST', methodArn: put }), ['Deny', put]);
    const health = events['a REST API']?.({ path: '/health' });
    const open = await handler({ ...health, type: 'REQUEST', methodArn: arn });
    assert.deepEqual([open.principalId, open.context], ['anonymous', {}]);
  });

  test('answers an HTTP API simply, with a context and a requirement of its own', async (t) => {
    const issuer = await startIssuer(t);
    const requirement = Requirement.scopes('read');
    const settings = /** @type {const} */ ({
      simple: true,
      context: (/** @type {import('jotgate').Verified} */ { payload }) => ({ tenant: String(payload['tenant']) }),
      requirement,
    });
    const handler = authorizer(issuer.options(), settings);
    const event = (/** @type {string} */ token) => ({
      ...events['an HTTP API']?.({ token }),
      type: 'REQUEST',
      routeArn: arn,
    });
    const good = await issuer.mint({ scope: 'read', tenant: 'blue' });
    assert.deepEqual(await handler(event(good)), { isAuthorized: true, context: { tenant: 'blue' } });
    const poor = { isAuthorized: false, context: { code: 'insufficient_scope' } };
    assert.deepEqual(await handler(event(await issuer.mint())), poor);
    const bad = { isAuthorized: false, context: { code: 'malformed_token' } };
    assert.deepEqual(await handler(event('nonsense')), bad);
  });

  test('throws where nobody can say, so that nothing is kept', async (t) => {
    const issuer = await startIssuer(t);
    issuer.respond = (_request, response) => void response.writeHead(500).end();
    const token = await issuer.mint();
    await assert.rejects(authorizer(issuer.options())(asked(token)), { code: 'keys_unavailable' });
    const simple = authorizer(issuer.options(), { simple: true });
    await assert.rejects(simple(asked(token)), { code: 'keys_unavailable' });
  });
});
