/**
 * Server interceptor for `@grpc/grpc-js` 1.10 and later.
 *
 * ```js
 * import { auth, authOf, requiredScopes } from 'jotgate/grpc';
 *
 * const server = new Server({ interceptors: [auth({ issuer, audience })] });
 * server.addService(Orders, { list: requiredScopes('orders:read')((call, done) => done(null, ordersOf(authOf(call)))) });
 * ```
 *
 * @packageDocumentation
 */
import {
  Metadata,
  ResponderBuilder,
  ServerInterceptingCall,
  ServerListenerBuilder,
  status,
  type ServerInterceptor,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import type { Answer } from './answer.js';
import { endpoints, passed, passedOf, type Refusal } from './endpoint.js';
import { untilRefused } from './expiry.js';
import { guardOf, type AuthOptions, type Guard } from './middleware.js';
import { internalError, type Rejected, type Unavailable } from './outcome.js';
import type { IncomingRequest } from './request.js';
import { Validator } from './validator.js';
import type { Verified } from './verified.js';

export type { AuthOptions } from './middleware.js';
export type { ClaimCheck, ClaimPath, ClaimValue, ScopeList } from './endpoint.js';

/** How the interceptor works. */
export interface GrpcSettings {
  /** Whether a stream ends when its token does, with `UNAUTHENTICATED`. Default true. */
  endStreamsAtExpiry?: boolean | undefined;
}

/**
 * Lets calls with a good token pass; `authOf(call)` is what was verified. The policy sees each as a request: method `POST`, the
 * path `/package.Service/Method`, metadata as header fields, those of bytes (`-bin`) left out. Its `routes` let calls pass
 * without a token. All others end with `UNAUTHENTICATED`, `PERMISSION_DENIED` or `UNAVAILABLE`, with the code as the
 * message, the challenge as the trailer `www-authenticate`, and as `retry-after` the seconds until keys are asked for again.
 *
 * A stream ends when the policy refuses its token, which is looked at again once the token's time is over.
 *
 * @throws PolicyError when options are given and wrong.
 */
export function auth(
  optionsOrValidator: (GrpcSettings & AuthOptions) | Validator = {},
  settings: GrpcSettings = {},
): ServerInterceptor {
  const [given, endStreamsAtExpiry] = apart(optionsOrValidator, settings);
  // There is no handler of errors to which they could be handed.
  const guard: Guard = { ...guardOf(given), forwardErrors: false };
  return ({ path, requestStream, responseStream }, call) => {
    const isStream = requestStream || responseStream;
    let isOver = false;
    let stop = (): void => undefined;
    const over = (): void => {
      isOver = true;
      stop();
    };
    const end = (refused: Rejected | Unavailable): void => {
      if (isOver) return;
      over();
      call.sendStatus(statusOf(guard.validator.answer(refused), refused.code));
    };
    const pass = async (metadata: Metadata, next: (metadata: Metadata) => void): Promise<void> => {
      const request = requestOf(path, metadata);
      const outcome = await guard.validator.tryValidateRequest(request);
      if (isOver) return;
      if (!outcome.ok) {
        end(outcome);
        return;
      }
      if (guard.validator.forwards) change(guard.validator, request, outcome.verified, metadata);
      passed(metadata, guard, outcome.verified);
      if (isStream && endStreamsAtExpiry && outcome.verified !== undefined) {
        stop = untilRefused(guard.validator, request, outcome.verified, end);
      }
      next(metadata);
    };
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        pass(metadata, next).catch(() => {
          end(internalError('the call could not be judged'));
        });
      })
      .withOnCancel(over)
      .build();
    const responder = new ResponderBuilder()
      .withStart((next) => {
        next(listener);
      })
      // What a handler still says after its stream has ended goes nowhere; it is told that the call is cancelled.
      .withSendMessage((message, next) => {
        if (!isOver) next(message);
      })
      .withSendStatus((sent, next) => {
        if (isOver) return;
        over();
        next(sent);
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}

/** What was verified of a call that `auth` has let pass; undefined when it needed no token. */
export function authOf({ metadata }: { metadata: Metadata }): Verified | undefined {
  return passedOf(metadata)?.verified;
}

/** Makes of a method's handler one that only calls reach which have what is asked for. */
export type Guarded = <Handler extends UntypedHandleCall>(handler: Handler) => Handler;

/**
 * What methods behind `auth` ask for. The core judges; `claimCheck` alone is a function of the application. A call that lacks
 * something ends as `auth` would end it.
 *
 * ```js
 * server.addService(Orders, { create: requiredScopes('orders:write')(createOrder) });
 * ```
 */
export const { requiredScopes, scopeIncludesAny, claimEquals, claimIncludes, claimCheck, requires } =
  endpoints<Guarded>((ask) => (handler) => {
    if (typeof handler !== 'function') throw new TypeError('handler must be a function that serves a method');
    const serve = handler as unknown as Serve;
    const guarded: Serve = (call, done) => {
      const judged = async (): Promise<void> => {
        const refusal = await ask(call.metadata);
        if (refusal === undefined) serve(call, done);
        else fail(call, done, statusOfRefusal(refusal));
      };
      // As grpc-js does for what a handler throws.
      judged().catch((error: unknown) => {
        const details = `Server method handler threw error ${error instanceof Error ? error.message : ''}`;
        fail(call, done, { code: status.UNKNOWN, details, metadata: new Metadata() });
      });
    };
    return guarded as unknown as typeof handler;
  });

interface Status {
  code: status;
  details: string;
  metadata: Metadata;
}

/** A method's handler of any of the four kinds; those that answer once are given a callback. */
type Serve = (call: Call, done?: (error: Status) => void) => void;

interface Call {
  metadata: Metadata;
  emit(event: 'error', error: Status): unknown;
}

function fail(call: Call, done: ((error: Status) => void) | undefined, error: Status): void {
  if (done === undefined) call.emit('error', error);
  else done(error);
}

function apart(
  given: (GrpcSettings & AuthOptions) | Validator,
  settings: GrpcSettings,
): [AuthOptions | Validator, boolean] {
  const isBare = given instanceof Validator || typeof given !== 'object' || (given as unknown) === null;
  const { endStreamsAtExpiry = settings.endStreamsAtExpiry, ...rest } = isBare ? settings : given;
  if (endStreamsAtExpiry !== undefined && typeof endStreamsAtExpiry !== 'boolean') {
    throw new TypeError('endStreamsAtExpiry must be true or false');
  }
  return [isBare ? given : rest, endStreamsAtExpiry ?? true];
}

/** A call as the policy sees it. */
function requestOf(path: string, metadata: Metadata): IncomingRequest {
  const fields = Object.entries(metadata.toHttp2Headers()).filter(([name]) => !name.endsWith('-bin'));
  const lines = fields.map(([name, value]) => [name, [value ?? []].flat().map(String)] as const);
  return { method: 'POST', url: path, headers: Object.fromEntries(lines) };
}

function change(
  validator: Validator,
  request: IncomingRequest,
  verified: Verified | undefined,
  metadata: Metadata,
): void {
  const { remove, set } = validator.forward(request, verified);
  for (const name of remove) metadata.remove(name);
  for (const [name, value] of set) metadata.set(name, value);
}

function statusOfRefusal(refusal: Exclude<Refusal, undefined>): Status {
  if ('answer' in refusal) return statusOf(refusal.answer, refusal.code);
  return { code: status.INTERNAL, details: refusal.error.message, metadata: new Metadata() };
}

function statusOf({ status: http, headers }: Answer, details: string): Status {
  const metadata = new Metadata();
  for (const name of ['WWW-Authenticate', 'Retry-After']) {
    const value = headers[name];
    if (value !== undefined) metadata.set(name, value);
  }
  return { code: CODES.get(http) ?? status.INTERNAL, details, metadata };
}

/** What the HTTP answers of the core are in gRPC. */
const CODES = new Map<number, status>([
  [400, status.UNAUTHENTICATED],
  [401, status.UNAUTHENTICATED],
  [403, status.PERMISSION_DENIED],
  // Some manners of gateways.
  [502, status.UNAVAILABLE],
  [503, status.UNAVAILABLE],
]);
