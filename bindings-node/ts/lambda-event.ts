import type { Answer } from './answer.js';
import type { IncomingRequest } from './request.js';
import type { Validator } from './validator.js';

/**
 * What is read of an event of API Gateway (REST, HTTP), a function URL or an Application Load Balancer: those of
 * `@types/aws-lambda` are such.
 */
export interface LambdaEvent {
  /** `2.0` of HTTP APIs and function URLs, `1.0` of HTTP APIs alone. */
  version?: string | undefined;
  rawPath?: string | undefined;
  rawQueryString?: string | undefined;
  cookies?: string[] | undefined;
  path?: string | undefined;
  httpMethod?: string | undefined;
  headers?: Record<string, string | undefined> | null | undefined;
  multiValueHeaders?: Record<string, string[] | undefined> | null | undefined;
  queryStringParameters?: Record<string, string | undefined> | null | undefined;
  multiValueQueryStringParameters?: Record<string, string[] | undefined> | null | undefined;
  requestContext?: object | null | undefined;
}

/** What is read of the second argument of a handler. */
export interface LambdaContext {
  getRemainingTimeInMillis?: () => number;
}

/** What a refused request is answered with. */
export interface LambdaAnswer {
  statusCode: number;
  headers?: Record<string, string>;
  /** In place of `headers` where the event has several values for each. */
  multiValueHeaders?: Record<string, string[]>;
  body: string;
  isBase64Encoded: false;
}

/**
 * The request that an event tells of.
 *
 * @throws TypeError when it tells of none: then nothing can say whether it may pass.
 * @internal
 */
export function requestOf(event: LambdaEvent, basePath: string): IncomingRequest {
  if (typeof event !== 'object' || (event as unknown) === null) throw new TypeError(NO_EVENT);
  const { http, stage = '', domainName = '', elb } = contextOf(event);
  if (event.version === '2.0' && http !== undefined && event.rawPath !== undefined) {
    // Payload 2.0 has the stage before the path, unless it is the one without a name.
    const path = stage === '$default' ? event.rawPath : below(event.rawPath, stage);
    // HTTP APIs resolve the escapes of a path, and function URLs do not.
    const spelled = domainName.includes('.lambda-url.') ? asSent(path) : escaped(path);
    const cookie =
      event.cookies === undefined || event.cookies.length === 0 ? {} : { cookie: event.cookies.join('; ') };
    const url = target(below(spelled, basePath), event.rawQueryString ?? '');
    return { method: http.method, url, headers: { ...event.headers, ...cookie } };
  }
  const { httpMethod: method, path, headers, multiValueHeaders } = event;
  if (method === undefined || path === undefined) throw new TypeError(NO_EVENT);
  // Payload 1.0 names its version where it comes from an HTTP API; REST APIs and load balancers leave escapes.
  const spelled = event.version === '1.0' ? escaped(path) : asSent(path);
  const url = target(below(spelled, basePath), queryOf(event, elb !== undefined));
  return { method, url, headers: multiValueHeaders ?? headers };
}

/**
 * An answer as the caller of the function reads it.
 * @internal
 */
export function responseOf({ status, headers, body }: Answer, event: LambdaEvent): LambdaAnswer {
  const answer = { statusCode: status, body, isBase64Encoded: false } as const;
  // A load balancer that sends several values of a field takes its answer in that shape alone.
  if (!event.multiValueHeaders) return { ...answer, headers };
  const several = Object.entries(headers).map(([name, value]): [string, string[]] => [name, [value]]);
  return { ...answer, multiValueHeaders: Object.fromEntries(several) };
}

/**
 * Waits for what is under way, while there is time for an answer left: a frozen process would leave it half done.
 * @internal
 */
export async function settle(validator: Validator, context: LambdaContext | undefined): Promise<void> {
  const left = context?.getRemainingTimeInMillis?.();
  if (left === undefined) {
    await validator.idle();
    return;
  }
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, left - FOR_THE_ANSWER));
  });
  await Promise.race([validator.idle(), over]);
  clearTimeout(timer);
}

/**
 * A path with its escapes as they came, and whatever must be escaped.
 * @internal
 */
export function asSent(path: string): string {
  return escaped(path).replaceAll('%25', '%');
}

/** A path whose escapes have been resolved, with the necessary escapes put back (RFC 3986 section 3.3). */
function escaped(path: string): string {
  // Lone surrogates cannot be escaped.
  return encodeURI(Buffer.from(path).toString()).replaceAll('?', '%3F').replaceAll('#', '%23');
}

function below(path: string, prefix: string): string {
  const start = `/${prefix.replace(/^\/+|\/+$/g, '')}`;
  if (start === '/' || !(path === start || path.startsWith(`${start}/`))) return path;
  return path.slice(start.length) || '/';
}

/** API Gateway hands over the parameters decoded, a load balancer as they came. */
function queryOf(event: LambdaEvent, isRaw: boolean): string {
  const { queryStringParameters: single, multiValueQueryStringParameters: several } = event;
  const parameters: Record<string, string | string[] | undefined> = several ?? single ?? {};
  const pairs = Object.entries(parameters).flatMap(([name, value = []]) =>
    (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]),
  );
  return isRaw ? pairs.map((pair) => pair.join('=')).join('&') : new URLSearchParams(pairs).toString();
}

function target(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`;
}

function contextOf(event: LambdaEvent): {
  http?: { method?: string };
  stage?: string;
  domainName?: string;
  elb?: object;
} {
  return event.requestContext ?? {};
}

const NO_EVENT =
  'this is no event of an HTTP request: expected one of API Gateway, of a function URL or of an Application Load Balancer';

/** Milliseconds of an invocation's time that are left for its answer. */
const FOR_THE_ANSWER = 250;
