// Judges one token case through the public API.
import { createValidatorFromPolicy, PolicyError, Requirement } from 'jotgate';

/** @typedef {Record<string, string | string[]>} Fields */

/**
 * @typedef {object} Case
 * @property {string} id
 * @property {import('jotgate').PolicyDocument} policy
 * @property {Record<string, import('jotgate').FetcherResponse>} [responses]
 * @property {string} [token]
 * @property {{ method: string, path: string, headers: Fields, query?: Fields, cookies?: Fields }} [request]
 * @property {{ client?: Said, revoked?: Said }} [host] What the hooks say; one that is not there is not given.
 * @property {import('jotgate').RequirementDocument} [require] What an endpoint asks for.
 * @property {number} now
 */

/** @typedef {'yes' | 'no' | 'fail'} Said */

/**
 * The line of the report.
 * @param {Case} testCase @param {string} policy
 */
export async function judge(testCase, policy) {
  const { id } = testCase;
  let validator;
  try {
    validator = validatorOf(testCase, policy);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const paths = error.problems.map(({ path }) => path);
    return lineOf({ id, verdict: 'policy_error', code: error.code, claim: null, path: error.path, paths });
  }
  if (testCase.request !== undefined) {
    return outcomeLine(id, await validator.tryValidateRequest(incoming(testCase.request)));
  }
  const token = testCase.token ?? '';
  if (testCase.require !== undefined) return asked(testCase, validator, testCase.require);
  const alone = outcomeLine(id, await validator.tryValidate(token));
  for (const outcome of await validatorOf(testCase, policy).validateMany([token, token])) {
    const together = outcomeLine(id, outcome);
    if (together !== alone) return together.replace('"verdict":"', '"verdict":"in a batch ');
  }
  return alone;
}

/**
 * The line on what an endpoint asks for.
 * @param {Case} testCase
 * @param {import('jotgate').Validator} validator
 * @param {import('jotgate').RequirementDocument} document
 */
async function asked({ id, token = '' }, validator, document) {
  let requirement;
  try {
    requirement = new Requirement(document);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return lineOf({ id, verdict: 'policy_error', code: error.code, claim: null, path: error.path });
  }
  const outcome = await validator.tryValidate(token);
  if (outcome.ok) {
    const { verified } = outcome;
    const said = validator.tryRequire(verified, requirement);
    const accepted = { id, verdict: 'accepted', code: null, claim: null, path: null, scopes: verified.scopes };
    return said.ok ? lineOf(accepted, verified.payloadText) : refusedLine(id, said, validator.answer(said));
  }
  if (outcome.verdict !== 'rejected') return outcomeLine(id, outcome);
  return refusedLine(id, outcome, validator.answer(outcome, requirement));
}

/** @param {string} id @param {import('jotgate').Rejected} rejected @param {import('jotgate').Answer} answer */
function refusedLine(id, { verdict, code, claim }, { headers }) {
  return lineOf({ id, verdict, code, claim, path: null, challenge: headers['WWW-Authenticate'] ?? null });
}

/** @param {string} id @param {import('jotgate').RequestOutcome} outcome */
function outcomeLine(id, outcome) {
  if (outcome.ok) {
    const line = { id, verdict: outcome.verdict, code: null, claim: null, path: null };
    return lineOf(line, outcome.verified?.payloadText);
  }
  const claim = outcome.verdict === 'rejected' ? outcome.claim : null;
  return lineOf({ id, verdict: outcome.verdict, code: outcome.code, claim, path: null });
}

/**
 * The line of the report on an explanation.
 * @param {Case} testCase @param {string} policy
 */
export async function explain(testCase, policy) {
  const validator = validatorOf(testCase, policy);
  const explanation = await (testCase.request === undefined
    ? validator.explain(testCase.token ?? '')
    : validator.explainRequest(incoming(testCase.request)));
  return lineOf({ id: testCase.id, explanation, text: explanation.toText() });
}

/** @param {Case} testCase @param {string} policy */
function validatorOf({ now, responses = {}, host: { client, revoked } = {} }, policy) {
  const answers = new Map(Object.entries(responses));
  return createValidatorFromPolicy(policy, {
    clientLookup: client && (() => said(client)),
    isRevoked: revoked && (async () => said(revoked)),
    clock: () => now * 1000,
    fetch: ({ url }) => answers.get(url) ?? connectionFailure(url),
  });
}

/** @param {Said} answer */
function said(answer) {
  if (answer === 'fail') throw new Error('the hook is broken');
  return answer === 'yes';
}

/** @param {string} url @returns {never} */
function connectionFailure(url) {
  throw new Error(`nobody listens at ${url}`);
}

/** @param {NonNullable<Case['request']>} request */
function incoming({ method, path, headers, query = {}, cookies = {} }) {
  const pairs = lines(query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const cookie = lines(cookies).map(([name, value]) => `${name}=${value}`);
  const fields = lines(headers);
  if (cookie.length > 0) fields.push(['Cookie', cookie.join('; ')]);
  return { method, url: pairs.length > 0 ? `${path}?${pairs.join('&')}` : path, headers: fields };
}

/** @param {Fields} fields @returns {[string, string][]} */
function lines(fields) {
  return Object.entries(fields).flatMap(([name, values]) =>
    [values].flat().map((value) => /** @type {[string, string]} */ ([name, value])),
  );
}

/**
 * The line of the report. The payload goes in as it is spelled, since `JSON.parse` would round integers beyond 2^53; line
 * breaks can only stand between its tokens.
 * @param {object} outcome @param {string} [payload]
 */
function lineOf(outcome, payload) {
  const line = JSON.stringify(outcome);
  return payload === undefined ? line : `${line.slice(0, -1)},"claims":${payload.replace(/[\r\n]/g, ' ')}}`;
}
