// Has jose verify every accepted, signed case: an independent opinion on our own signatures.
//
//     npm ci && node cross_check.mjs [FILE ...]
//
// Without files, all indexed ones. Each disagreement must stand in disagreements.json with its reason, and each one
// that stands there must still exist.

import { createPublicKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { fileURLToPath } from 'node:url'

const vectors = dirname(fileURLToPath(import.meta.url))
const { compactVerify, importJWK, decodeProtectedHeader } = await import('jose')
const { version } = createRequire(import.meta.url)('jose/package.json')
const LIBRARY = 'jose'

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

/** The token of a case, also of one that is given as a request. */
function compactToken(testCase) {
  if (testCase.token !== undefined) return testCase.token
  const { headers, query = {}, cookies = {} } = testCase.request
  const lines = [headers, query, cookies].flatMap((place) => Object.values(place).flat())
  // Wherever it is, the last word of its line is the token: a scheme may stand before it, white space and quotes around it.
  const bare = lines.map((line) => line.replace(/^[ \t"]+|[ \t"]+$/g, ''))
  const words = bare.map((line) => line.slice(line.lastIndexOf(' ') + 1))
  return words.find((word) => word.startsWith('eyJ') && word.split('.').length === 3)
}

function secretBytes({ text, hex, base64url }) {
  if (hex !== undefined) return Buffer.from(hex, 'hex')
  return text !== undefined ? Buffer.from(text) : Buffer.from(base64url, 'base64url')
}

/** The key in any of the forms that a policy takes, by other means than ours. */
function publicKey(text) {
  const body = text.replaceAll(/\\[rn]|-----[A-Z0-9. ]+-----/g, '')
  const key = Buffer.from(body, 'base64')
  for (const type of ['spki', 'pkcs1']) {
    try {
      return createPublicKey({ key, format: 'der', type })
    } catch {
      // It is of another type.
    }
  }
  return new X509Certificate(key).publicKey
}

/** Every key whose certificate may stand in a trust store: what is checked here is the signature, not the alias. */
const storeKeys = [
  ...Object.values(readJson(join(vectors, 'keys.json')).keys).map(({ kty, crv, x, y, n, e }) => ({ kty, crv, x, y, n, e })),
  ...readJson(join(vectors, '..', 'data', 'wso2', 'jwks.json')).keys,
].filter(({ kty }) => kty !== 'oct')

/** One function per key of the case's policy and answers; called late, since making a key may fail. */
function candidateKeys(testCase, alg) {
  const made = []
  for (const { keys = { discovery: true } } of testCase.policy.issuers) {
    // What metadata leads to is some other answer of the case.
    const urls = keys.discovery === undefined ? (keys.jwks_uri ?? []) : Object.keys(testCase.responses)
    const answers = [urls].flat().map((url) => testCase.responses?.[url]).filter(Boolean)
    const sets = [keys.jwks ?? { keys: [] }, ...answers.map(({ body }) => ({ keys: [], ...JSON.parse(body.replace(/^\uFEFF/, '')) }))]
    if (keys.trust_store !== undefined) sets.push({ keys: storeKeys })
    for (const jwk of sets.flatMap((set) => set.keys)) made.push(() => importJWK(jwk, alg))
    if (keys.pem !== undefined) made.push(() => publicKey(keys.pem))
    if (keys.secret !== undefined) made.push(() => secretBytes(keys.secret))
  }
  return made
}

/** Whether the policy gives claims other names, which jose does not: then the signature alone is compared. */
function mapsClaims(testCase) {
  return testCase.policy.issuers.some((entry) => entry.numeric_ids || entry.default_claim_mapping || Object.keys(entry.claim_mapping ?? {}).length > 0)
}

/** Why jose does not accept the token with any of the case's keys; undefined when it does. */
async function disagreement(testCase) {
  const token = compactToken(testCase)
  let reason = 'the case has no key'
  for (const makeKey of candidateKeys(testCase, decodeProtectedHeader(token).alg)) {
    let payload
    try {
      ;({ payload } = await compactVerify(token, await makeKey()))
    } catch (error) {
      reason = `${error.code ?? error.name}: ${error.message}`.slice(0, 120)
      continue
    }
    const claims = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
    const alike = mapsClaims(testCase) || isDeepStrictEqual(plain(claims), plain(testCase.expect.claims))
    return alike ? undefined : 'accepted with other claims'
  }
  return reason
}

/** The same value with -0 as 0: the two are one number in JSON. */
const plain = (value) => JSON.parse(JSON.stringify(value))

const paths = process.argv.slice(2)
const index = readJson(join(vectors, 'index.json'))
const listed = [...index.files, ...index.by_provider.filter((entry) => 'cases' in entry)]
const files = paths.length > 0 ? paths : listed.map(({ file }) => join(vectors, file))
const known = readJson(join(vectors, 'disagreements.json')).libraries[LIBRARY].cases
const seen = new Set()
const failures = []
for (const testCase of files.flatMap((file) => readJson(file).cases)) {
  if (testCase.expect.verdict !== 'accepted' || compactToken(testCase).endsWith('.')) continue
  seen.add(testCase.id)
  const reason = await disagreement(testCase)
  const isKnown = Object.hasOwn(known, testCase.id)
  if (reason && !isKnown) failures.push(`${testCase.id}: ${reason}`)
  if (!reason && isKnown) failures.push(`${testCase.id}: stands in disagreements.json, but ${LIBRARY} agrees`)
}
if (paths.length === 0) {
  const stale = Object.keys(known).filter((id) => !seen.has(id))
  failures.push(...stale.map((id) => `${id}: stands in disagreements.json, but is no accepted case`))
}
for (const failure of failures) console.error(failure)
const count = Object.keys(known).length
console.log(`${LIBRARY} ${version}: ${seen.size} accepted cases, ${count} known disagreements, ${failures.length} failures`)
process.exitCode = failures.length > 0 || seen.size === 0 ? 1 : 0
