// `jotgate/edge` beside `jotgate`: the same names and the same answers, whatever goes wrong. That the verdicts are the same show the
// vectors, which run through it in Node and in Chromium.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import process from 'node:process';
import { before, describe, test } from 'node:test';
import * as main from 'jotgate';
import * as edge from 'jotgate/edge';
import { auth as webAuth } from 'jotgate/web';
import { AUDIENCE, seconds, startIssuer, until } from '../support/issuer.mjs';

/** @import { Issuer } from '../support/issuer.mjs' */

before(() => edge.init());

/** @param {string} [token] */
const request = (token) =>
  new Request(
    'https://api.example.com/orders',
    token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } },
  );

/** @param {Issuer} issuer */
const tokensOf = async (issuer) => [
  undefined,
  'nonsense',
  await issuer.mint({ scope: 'read' }),
  await issuer.mint(),
  await issuer.mint({ scope: 'read', exp: seconds() - 60 }),
  `${(await issuer.mint()).slice(0, -4)}AAAA`,
];

test('its names are names of jotgate and of jotgate/web', async () => {
  const { init, ...others } = edge;
  const web = await import('jotgate/web');
  assert.deepEqual(
    Object.keys(others).filter((name) => !(name in main) && !(name in web)),
    [],
  );
  await init();
});

test('every answer is the one of jotgate', async (t) => {
  const issuer = await startIssuer(t);
  for (const responses of /** @type {const} */ (['rfc6750', 'mulesoft', 'wso2'])) {
    const options = { ...issuer.options(), responses, scopes: { all: ['read'] } };
    const [here, there] = [edge.auth(options), webAuth(options)];
    for (const token of await tokensOf(issuer)) {
      const answers = [];
      for (const protect of [here, there]) {
        const answer = await protect(request(token), (_, verified) => Response.json(verified));
        answers.push([answer.status, [...answer.headers], await answer.text()]);
      }
      assert.deepEqual(answers[0], answers[1]);
    }
  }
});

test('errors have the same names, codes and words', async (t) => {
  const issuer = await startIssuer(t);
  const [here, there] = [edge.createValidator(issuer.options()), main.createValidator(issuer.options())];
  for (const token of await tokensOf(issuer)) {
    const [one, other] = await Promise.all(
      [here, there].map((validator) =>
        validator.validate(token ?? '').then(
          ({ payload, scopes }) => ({ payload, scopes }),
          ({ name, code, message, claim, detail }) => ({ name, code, message, claim, detail }),
        ),
      ),
    );
    assert.deepEqual(one, other);
  }
  for (const wrong of [{ audienc: 'x' }, { issuer: '' }, { leeway: 'never' }, { pem: 'nonsense' }]) {
    const told = [edge, main].map(({ createValidator }) => {
      try {
        return createValidator({ ...issuer.options(), ...wrong });
      } catch (error) {
        const { name, code, path, message, problems } = /** @type {any} */ (error);
        return { name, code, path, message, problems };
      }
    });
    assert.deepEqual(told[0], told[1]);
  }
});

test('require gives it, too', async (t) => {
  const issuer = await startIssuer(t);
  /** @type {typeof edge} */
  const required = createRequire(import.meta.url)('jotgate/edge');
  assert.throws(() => required.createValidator(issuer.options()), /await init\(\) first/);
  await required.init();
  const { payload } = await required.createValidator(issuer.options()).validate(await issuer.mint());
  assert.equal(payload.sub, 'alice');
});

test('documents in YAML are read, linted and compiled; there are no files', async (t) => {
  const issuer = await startIssuer(t);
  const yaml = `version: 1\nissuers:\n- issuer: ${issuer.url}\n  audience: any\n  keys: { jwks_uri: '${issuer.jwksUri}' }\n`;
  const json = edge.policyJson(yaml, 'yaml');
  assert.deepEqual([json, edge.lint(json)], [main.policyJson(yaml, 'yaml'), main.lint(json)]);
  assert.deepEqual(edge.schema(), main.schema());
  assert.throws(() => edge.policyJson('version: [', 'yaml'), edge.PolicyError);
  const validator = edge.createValidatorFromPolicy(json);
  assert.equal((await validator.tryValidate(await issuer.mint())).verdict, 'accepted');
  assert.throws(() => validator.replaceFromFile('policy.yaml'), /reads no files/);
  const withSecret = (/** @type {object} */ secret) =>
    edge.createValidatorFromPolicy(
      /** @type {any} */ ({
        version: 1,
        issuers: [{ issuer: 'a', audience: 'any', keys: { secret: { text: secret } } }],
      }),
    );
  assert.throws(() => withSecret({ file: 'secret' }), { code: 'policy_error', path: 'issuers[0].keys.secret.text' });
  process.env['JOTGATE_EDGE_SECRET'] = 'a secret of 32 bytes and some more';
  assert.ok(withSecret({ env: 'JOTGATE_EDGE_SECRET' }));
  delete process.env['JOTGATE_EDGE_SECRET'];
  assert.throws(() => withSecret({ env: 'JOTGATE_EDGE_SECRET' }), edge.PolicyError);
});

test('a token whose characters are raised by 256 is another one', async (t) => {
  const issuer = await startIssuer(t);
  const validator = edge.createValidator(issuer.options());
  const token = await issuer.mint();
  const raised = token.slice(0, -1) + String.fromCharCode(token.charCodeAt(token.length - 1) + 256);
  const outcomes = await validator.validateMany([token, raised, `${token}\ud800`, '']);
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.ok ? null : outcome.code)),
    [null, 'malformed_token', 'malformed_token', 'malformed_token'],
  );
});

describe('an issuer that misbehaves', () => {
  for (const [what, problem, respond] of /** @type {[string, string, import('../support/issuer.mjs').Handler][]} */ ([
    ['never answers', 'timeout', () => undefined],
    ['never ends', 'timeout', (_, response) => void response.write('{"keys":')],
    ['redirects', 'status_302', (_, response) => response.writeHead(302, { Location: '/elsewhere' }).end()],
    ['answers at length', 'too_large', (_, response) => response.end(`{"keys":[]}${' '.repeat(5000)}`)],
  ])) {
    test(what, async (t) => {
      const issuer = await startIssuer(t);
      issuer.respond = respond;
      const validator = edge.createValidator({
        ...issuer.options(),
        keySet: { timeout: '1s', maxBody: 4096 },
      });
      const outcome = await validator.tryValidate(await issuer.mint());
      assert.equal(outcome.verdict, 'unavailable');
      assert.equal(validator.health().sources[0]?.last_error, problem);
      assert.equal(validator.answer(outcome).status, 503);
    });
  }

  test('a stream that cannot be iterated is read to its end', async (t) => {
    const issuer = await startIssuer(t);
    const text = JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) });
    const fetch = edge.fetchWith(async () => {
      const { status, headers, body } = new Response(text);
      return /** @type {any} */ ({ status, headers, body: { getReader: () => body?.getReader() } });
    });
    const validator = edge.createValidator({ ...issuer.options(), fetch });
    assert.equal((await validator.tryValidate(await issuer.mint())).verdict, 'accepted');
  });
});

test('work is told to who keeps a request alive for it, and what that does is no concern of the work', async (t) => {
  const issuer = await startIssuer(t);
  /** @type {Promise<void>[]} */
  const told = [];
  const validator = edge.createValidator({
    ...issuer.options(),
    waitUntil: (work) => {
      told.push(work);
      throw new Error('not in this request');
    },
  });
  assert.equal((await validator.tryValidate(await issuer.mint())).verdict, 'accepted');
  assert.equal(told.length, 1);
  await told[0];
  validator.refreshKeys();
  await told[1];
  assert.equal(issuer.fetches, 2);
});

/**
 * A copy of the package whose module's functions are changed: each is given what the module has.
 * @param {import('node:test').TestContext} t
 * @param {(exports: Record<string, Function>) => Record<string, Function>} change
 */
async function changed(t, change) {
  // Its types are those of browsers.
  const { WebAssembly } = /** @type {any} */ (globalThis);
  const { Instance } = WebAssembly;
  t.after(() => Object.assign(WebAssembly, { Instance }));
  Object.assign(WebAssembly, {
    Instance: class {
      /** @param {any} module */
      constructor(module) {
        const { exports } = new Instance(module);
        this.exports = { ...exports, ...change(exports) };
      }
    },
  });
  /** @type {typeof edge} */
  const copy = await import(`${import.meta.resolve('jotgate/edge')}?${encodeURIComponent(t.name)}`);
  await copy.init();
  return copy;
}

test('a module that has failed refuses everything from then on, and new validators are well', async (t) => {
  const issuer = await startIssuer(t);
  const token = await issuer.mint();
  let fails = false;
  const { createValidator, InternalError } = await changed(t, ({ validate }) => ({
    validate: (/** @type {unknown[]} */ ...all) => {
      if (fails) throw new Error('unreachable');
      return validate?.(...all);
    },
  }));
  const validator = createValidator(issuer.options());
  assert.equal((await validator.tryValidate(token)).verdict, 'accepted');
  for (const failing of [true, false]) {
    fails = failing;
    const outcome = await validator.tryValidate(token);
    assert.deepEqual([outcome.ok, !outcome.ok && outcome.code], [false, 'internal_error']);
    assert.equal(validator.answer(outcome).status, 500);
    await assert.rejects(validator.validate(token), InternalError);
  }
  const other = createValidator(issuer.options());
  assert.equal((await other.tryValidate(token)).verdict, 'accepted');
});

test('what nobody holds any more is freed in the module', async (t) => {
  const { gc } = globalThis;
  assert.ok(gc, 'run with --expose-gc, as the Makefile does');
  const issuer = await startIssuer(t);
  const [freed, kept] = [new Set(), new Set()];
  const { createValidator, Requirement } = await changed(t, (exports) => {
    const noted = (/** @type {string} */ name) => ({
      [`${name}_new`]: (/** @type {unknown[]} */ ...all) => {
        const handle = exports[`${name}_new`]?.(...all);
        kept.add(`${name} ${handle}`);
        return handle;
      },
      [`${name}_free`]: (/** @type {number} */ handle) => {
        freed.add(`${name} ${handle}`);
        return exports[`${name}_free`]?.(handle);
      },
    });
    return { ...noted('session'), ...noted('requirement') };
  });
  for (let made = 0; made < 20; made += 1) {
    createValidator(issuer.options());
    Requirement.scopes(`scope-${made}`);
  }
  await until(() => {
    void gc();
    // All but what was made last, which may still lie on the stack.
    return freed.size >= kept.size - 2;
  });
  assert.equal((await createValidator(issuer.options()).tryValidate(await issuer.mint())).verdict, 'accepted');
});

test('AUDIENCE is read from the environment where there is one', async (t) => {
  const issuer = await startIssuer(t);
  process.env['AUDIENCE'] = AUDIENCE;
  t.after(() => delete process.env['AUDIENCE']);
  const protect = edge.auth({ issuer: issuer.url, jwksUri: issuer.jwksUri });
  const answer = await protect(
    request(await issuer.mint()),
    edge.requiredScopes('read')(() => Response.json({})),
  );
  assert.equal(answer.status, 403);
});
