// A function of AWS Lambda behind an HTTP API, a function URL, a REST API or a load balancer, and a Lambda authorizer. ISSUER_BASE_URL, or
// ISSUER and JWKS_URI, and AUDIENCE say whose tokens may pass.
import { auth, authorizer, requiredScopes } from 'jotgate/lambda';

/** @param {import('jotgate/lambda').AuthEvent<import('jotgate/lambda').LambdaEvent>} event */
const listOrders = async (event) => ({
  statusCode: 200,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ sub: event.auth?.payload.sub }),
});

// Made once for all invocations of a process.
export const handler = auth({}, requiredScopes('orders:read')(listOrders));

// For an API whose functions do not ask themselves.
export const authorize = authorizer();
