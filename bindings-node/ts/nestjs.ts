/**
 * Module, guard and decorators for NestJS, on Express and on Fastify.
 *
 * ```js
 * import { JotgateModule, RequireScopes, Verified } from 'jotgate/nestjs';
 *
 * @Module({ imports: [JotgateModule.forRoot({ issuer, audience })], controllers: [OrdersController] })
 *
 * @RequireScopes('orders:read')
 * @Get('orders')
 * list(@Verified() token: Verified) {}
 * ```
 *
 * @packageDocumentation
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Catch,
  createParamDecorator,
  HttpException,
  Inject,
  Injectable,
  Module,
  SetMetadata,
  UseGuards,
  type ArgumentsHost,
  type CanActivate,
  type DynamicModule,
  type ExceptionFilter,
  type ExecutionContext,
  type FactoryProvider,
  type ModuleMetadata,
  type Provider,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, Reflector } from '@nestjs/core';
import type { Answer } from './answer.js';
import { endpoints, passed, passedOf, type Ask } from './endpoint.js';
import { errorOf, InternalError, type JotgateError } from './errors.js';
import { prune } from './forward.js';
import { guardOf, judge, send, targetOf, type AuthOptions, type Guard } from './middleware.js';
import { Validator } from './validator.js';
import type { Verified as VerifiedToken } from './verified.js';

export type { AuthOptions } from './middleware.js';
export type { ClaimPath, ClaimValue, ScopeList } from './endpoint.js';

/** How the module works. */
export interface ModuleSettings {
  /** Whether every handler is protected. With `false` those are that say `@UseGuards(JotgateGuard)`. Default true. */
  global?: boolean | undefined;
}

/** A validator, or the options for one, and how the module works. */
export type JotgateModuleOptions = ModuleSettings & AuthOptions;

/** Options that other providers have a say in. */
export interface JotgateModuleAsyncOptions extends ModuleSettings, Pick<ModuleMetadata, 'imports'> {
  inject?: FactoryProvider['inject'];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what is injected is the application's
  useFactory: (...injected: any[]) => AuthOptions | Validator | Promise<AuthOptions | Validator>;
}

/** A request may not pass. It is answered as the core says, challenge and all, unless a filter of the application catches it. */
export class TokenRefusedException extends HttpException {
  /** Why. */
  readonly error: JotgateError;
  /** The answer, as the policy's `responses` says. */
  readonly answer: Answer;

  constructor(error: JotgateError, answer: Answer) {
    super(jsonOf(answer.body), answer.status, { cause: error });
    this.message = error.message;
    this.error = error;
    this.answer = answer;
  }
}

/**
 * Lets requests with a good token pass, and those that the policy's `routes` let through without one; `@Verified()` is what was
 * verified. All others are a `TokenRefusedException`.
 */
export class JotgateGuard implements CanActivate {
  readonly #guard: Guard;

  constructor({ guard }: Setup) {
    this.#guard = guard;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const [handler, kind] = [context.getHandler(), context.getClass()];
    const asked = reflector.get<Ask[] | undefined>(ASKED, handler);
    if (asked === undefined && reflector.getAllAndOverride<boolean | undefined>(PUBLIC, [handler, kind])) return true;
    const request = this.getRequest(context) as Request;
    const raw = rawOf(request);
    // It may have been called before, where it stands on a handler and on all of them.
    if (passedOf(raw)?.guard !== this.#guard) await this.#judge(context, request, raw);
    for (const ask of [...(reflector.get<Ask[] | undefined>(ASKED, kind) ?? []), ...(asked ?? [])]) {
      const refusal = await ask(raw);
      if (refusal !== undefined) throw this.#refused(context, 'error' in refusal ? refusal.error : undefined);
    }
    return true;
  }

  /**
   * The request of what is called. For what is no HTTP handler, such as a resolver of GraphQL, a subclass says where it is.
   */
  protected getRequest(context: ExecutionContext): object {
    if (context.getType() !== 'http') throw new InternalError(NO_HTTP);
    return context.switchToHttp().getRequest<object>();
  }

  async #judge(context: ExecutionContext, request: Request, raw: IncomingMessage): Promise<void> {
    // Fastify has its router go by what `raw` says.
    const target = raw === request ? targetOf(raw) : undefined;
    const { outcome, forward } = await judge(this.#guard.validator, raw, target);
    if (!outcome.ok) throw this.#refused(context, errorOf(outcome));
    request.auth = outcome.verified;
    passed(raw, this.#guard, outcome.verified);
    if (raw !== request && typeof forward?.query === 'string') prune(request.query, forward.query);
  }

  #refused(context: ExecutionContext, error: JotgateError | undefined): TokenRefusedException {
    const answer = this.#guard.validator.answer(error);
    const exception = new TokenRefusedException(error ?? new InternalError('the request could not be judged'), answer);
    if (context.getType() !== 'http') return exception;
    // An exception has no header fields. So they are there, too, where a filter of the application's own answers.
    const response = context.switchToHttp().getResponse<Response>();
    for (const [name, value] of Object.entries(answer.headers)) {
      if (name.toLowerCase() === 'content-type') continue;
      if ('raw' in response) response.header(name, value);
      else response.setHeader(name, value);
    }
    return exception;
  }
}

/** Answers a `TokenRefusedException` exactly as the core says; with `forwardErrors` it is left to filters of the application. */
export class TokenRefusedFilter implements ExceptionFilter<TokenRefusedException> {
  catch(exception: TokenRefusedException, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw exception;
    const response = host.switchToHttp().getResponse<Response>();
    const { status, headers, body } = exception.answer;
    // As bytes, for Fastify adds a charset to the type of a text.
    if ('raw' in response) response.code(status).headers(headers).send(Buffer.from(body));
    else send(response, exception.answer);
  }
}

/** Catches nothing: a place in the module that must be filled. */
class NoFilter extends TokenRefusedFilter {}

/** The module: import it once, in the root of the application. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- what NestJS calls a module
export class JotgateModule {
  /**
   * With a validator, or the options for one.
   *
   * @throws PolicyError when options are given and wrong.
   */
  static forRoot(optionsOrValidator: JotgateModuleOptions | Validator = {}): DynamicModule {
    if (optionsOrValidator instanceof Validator) return moduleOf({ useValue: setUp(optionsOrValidator) });
    const { global, ...options } = optionsOrValidator;
    return moduleOf({ useValue: setUp(options) }, { global });
  }

  /** With options, or a validator, that a function makes of other providers. */
  static forRootAsync({ useFactory, inject = [], imports = [], global }: JotgateModuleAsyncOptions): DynamicModule {
    const made = async (...injected: unknown[]): Promise<Setup> => setUp(await useFactory(...injected));
    return moduleOf({ useFactory: made, inject }, { global, imports });
  }
}

/** What was verified, or one claim of it: `@Verified() token: Verified`, `@Verified('sub') owner: string`. */
export const Verified = createParamDecorator((claim: string | undefined, context: ExecutionContext): unknown => {
  const verified = passedOf(rawOf(context.switchToHttp().getRequest<Request>()))?.verified;
  return claim === undefined ? verified : verified?.claim(claim);
});
export type Verified<T extends object = object> = VerifiedToken<T>;

/** The validator, for services: `constructor(@InjectValidator() validator: Validator)`. */
export const InjectValidator = (): ReturnType<typeof Inject> => Inject(VALIDATOR);

/** A handler, or a class of them, that needs no token. What its handlers ask for counts more. */
export const Public = (): Decorator => SetMetadata(PUBLIC, true);

/** What stands on handlers and on classes of them. */
export type Decorator = MethodDecorator & ClassDecorator;

/**
 * What handlers ask for, each with the guard in it. The core judges; `ClaimCheck` alone is a function of the application. What stands on
 * a class and on its handler counts together.
 *
 * ```js
 * @RequireScopes('orders:write')
 * ```
 */
export const {
  requiredScopes: RequireScopes,
  scopeIncludesAny: RequireAnyScope,
  claimEquals: ClaimEquals,
  claimIncludes: ClaimIncludes,
  claimCheck: ClaimCheck,
  requires: Requires,
} = endpoints<Decorator>((ask) => (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
  const on = (descriptor?.value ?? target) as () => unknown;
  const asked = [...(reflector.get<Ask[] | undefined>(ASKED, on) ?? []), ask];
  for (const decorate of [SetMetadata(ASKED, asked), UseGuards(JotgateGuard)]) {
    if (key === undefined || descriptor === undefined) (decorate as ClassDecorator)(on);
    else (decorate as MethodDecorator)(target, key, descriptor);
  }
});

/** A request of Express, or of Fastify, which has Node's in it. */
type Request = (IncomingMessage | { raw: IncomingMessage }) & { auth?: VerifiedToken | undefined; query?: unknown };

type Response = ServerResponse | FastifyReply;

interface FastifyReply {
  raw: ServerResponse;
  header(name: string, value: string): this;
  headers(fields: Record<string, string>): this;
  code(status: number): this;
  send(body: Uint8Array): void;
}

function rawOf(request: Request): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}

/** What the module has made of its options. */
interface Setup {
  guard: Guard;
  forwardErrors: boolean;
}

/** Refusals come to the guard as errors, of which it makes exceptions. */
function setUp(options: AuthOptions | Validator): Setup {
  const guard = guardOf(options);
  return { guard: { ...guard, forwardErrors: true }, forwardErrors: guard.forwardErrors };
}

function moduleOf(
  setup: { useValue: Setup } | Omit<FactoryProvider<Setup>, 'provide'>,
  { global = true, imports = [] }: ModuleSettings & Pick<ModuleMetadata, 'imports'> = {},
): DynamicModule {
  if (typeof global !== 'boolean') throw new TypeError('global must be true or false');
  const providers: Provider[] = [
    { provide: SETUP, ...setup },
    { provide: VALIDATOR, useFactory: ({ guard }: Setup): Validator => guard.validator, inject: [SETUP] },
    JotgateGuard,
    {
      provide: APP_FILTER,
      useFactory: ({ forwardErrors }: Setup) => (forwardErrors ? new NoFilter() : new TokenRefusedFilter()),
      inject: [SETUP],
    },
  ];
  if (global) providers.push({ provide: APP_GUARD, useExisting: JotgateGuard });
  // Known to all modules, so that each handler can say what it asks for.
  return { module: JotgateModule, global: true, imports, providers, exports: [SETUP, VALIDATOR, JotgateGuard] };
}

function jsonOf(body: string): string | Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : body;
  } catch {
    return body;
  }
}

const reflector = new Reflector();
const SETUP = Symbol('jotgate setup');
const VALIDATOR = Symbol('jotgate validator');
const ASKED = Symbol('jotgate asked');
const PUBLIC = Symbol('jotgate public');

const NO_HTTP =
  'this is no HTTP handler: make a subclass of JotgateGuard whose getRequest says where the request is, and use that one';

// What decorators would do, were this written with them.
Injectable()(JotgateGuard);
Inject(SETUP)(JotgateGuard, undefined, 0);
Catch(TokenRefusedException)(TokenRefusedFilter);
Catch(NoFilter)(NoFilter);
Module({})(JotgateModule);
