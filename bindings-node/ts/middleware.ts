import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer.js';
import { createValidator } from './create.js';
import type { ValidatorOptions } from './options.js';
import type { IncomingRequest } from './request.js';
import { Validator } from './validator.js';

/** How a middleware treats requests that may not pass. */
export interface AuthSettings {
  /** Hands the error on and leaves the answer to the application's error handler. Default false. */
  forwardErrors?: boolean;
}

/**
 * The validator that was given, or one of the options.
 * @internal
 */
export function validatorOf(optionsOrValidator: ValidatorOptions | Validator): Validator {
  return optionsOrValidator instanceof Validator ? optionsOrValidator : createValidator(optionsOrValidator);
}

/**
 * A request of `node:http` as the validator takes it.
 * @internal
 */
export function incoming(request: IncomingMessage, url = request.url): IncomingRequest {
  return { method: request.method, url, headers: request.rawHeaders };
}

/** @internal */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}
