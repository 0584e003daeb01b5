/**
 * Your API gateway's JWT policy, inside your process.
 *
 * ```js
 * import { createValidator } from 'jotgate';
 *
 * const validator = createValidator({
 *   issuer: 'https://idp.example.com/',
 *   audience: 'https://api.example.com',
 *   jwksUri: 'https://idp.example.com/.well-known/jwks.json',
 * });
 * const { payload } = await validator.validate(token);
 * ```
 *
 * @packageDocumentation
 */
export { createValidator, createValidatorFromFile, createValidatorFromPolicy } from './create.js';
export { lint, policyJson, schema } from './document.js';
export {
  ImportError,
  InsufficientScopeError,
  InternalError,
  InvalidClaimError,
  InvalidSignatureError,
  InvalidTokenError,
  JotgateError,
  KeysUnavailableError,
  MissingTokenError,
  PolicyError,
  type PolicyProblem,
  RevokedTokenError,
  SnapshotError,
  TokenExpiredError,
} from './errors.js';
export { axiosFetcher, fetchWith, type AxiosLike } from './fetchers.js';
export type { Answer } from './answer.js';
export type { ClaimsSchema, SchemaResult } from './claims-schema.js';
export type { RejectionCode } from './codes.js';
export type { PolicyFormat, PolicyWarning } from './document.js';
export type { Check, ExplainedKeySet, Explanation } from './explanation.js';
export type { EventListener, KeySetEvent, RejectedEvent, ValidatorEvent } from './events.js';
export type { Fetcher, FetcherRequest, FetcherResponse } from './fetcher.js';
export type { Forward } from './forward.js';
export type { CacheHealth, IssuerHealth, Health, KeyNote, SourceHealth } from './health.js';
export type { Hooks } from './hooks.js';
export type { HostOptions } from './host.js';
export type { ValidatorOptions } from './options.js';
export type { Accepted, Outcome, Rejected, RequestOutcome, Satisfied, Skipped, Unavailable } from './outcome.js';
export type {
  ClaimRule,
  Clock,
  Duration,
  IssuerPolicy,
  KeySetSettings,
  KeySources,
  PolicyDocument,
  TextReference,
  RoutePolicy,
  TokenSource,
} from './policy.js';
export type { IncomingRequest, RequestParts } from './request.js';
export { Requirement, type RequirementDocument } from './requirement.js';
export { shadow, type Difference, type OnDifference, type ShadowCounts, type ShadowSettings } from './shadow.js';
export type { KeyStore } from './store.js';
export { importPolicy, products, type Import, type ImportNote } from './import.js';
export type { CallOptions } from './call.js';
export type { Validator } from './validator.js';
export type { Claims, ProtectedHeader, Verified } from './verified.js';
