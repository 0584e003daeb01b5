/** What `jotgate` and `jotgate/edge` both offer. */
export { createValidator, createValidatorFromPolicy } from './create.js';
export { lint, policyJson, schema } from './document.js';
export {
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
export { fetchWith } from './fetchers.js';
export { Requirement, type RequirementDocument } from './requirement.js';
export { shadow, type Difference, type OnDifference, type ShadowCounts, type ShadowSettings } from './shadow.js';
export type { Answer } from './answer.js';
export type { CallOptions } from './call.js';
export type { ClaimsSchema, SchemaResult } from './claims-schema.js';
export type { RejectionCode } from './codes.js';
export type { PolicyFormat, PolicyWarning } from './document.js';
export type { EventListener, KeySetEvent, RejectedEvent, ValidatorEvent } from './events.js';
export type { Check, ExplainedKeySet, Explanation } from './explanation.js';
export type { Fetcher, FetcherRequest, FetcherResponse } from './fetcher.js';
export type { Forward } from './forward.js';
export type { CacheHealth, IssuerHealth, Health, KeyNote, SourceHealth } from './health.js';
export type { Hooks } from './hooks.js';
export type { HostOptions } from './host.js';
export type { ValidatorOptions } from './options.js';
export type { Accepted, Outcome, Rejected, RequestOutcome, Satisfied, Skipped, Unavailable } from './outcome.js';
export type * from './policy.js';
export type { IncomingRequest, RequestParts } from './request.js';
export type { KeyStore } from './store.js';
export type { Validator } from './validator.js';
export type { Claims, ProtectedHeader, Verified } from './verified.js';
