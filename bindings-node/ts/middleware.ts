import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer.js';
import { createValidator } from './create.js';
import { change, type Forward } from './forward.js';
import type { ValidatorOptions } from './options.js';
import { internalError, type RequestOutcome } from './outcome.js';
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

/** A request of `node:http` as the validator takes it. */
function incoming(request: IncomingMessage, url = request.url): IncomingRequest {
  return { method: request.method, url, headers: request.rawHeaders };
}

/**
 * Judges a request, and changes it as the policy's `forward` says when it may go on.
 * @internal
 */
export async function judge(
  validator: Validator,
  request: IncomingMessage,
  url?: string,
): Promise<{ outcome: RequestOutcome; forward: Forward | undefined }> {
  const asked = incoming(request, url);
  const outcome = await validator.tryValidateRequest(asked);
  if (!outcome.ok || !validator.forwards) return { outcome, forward: undefined };
  try {
    const forward = validator.forward(asked, outcome.verified);
    change(request, forward);
    return { outcome, forward };
  } catch {
    return { outcome: internalError('the request could not be changed as the policy says'), forward: undefined };
  }
}

/** @internal */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}
