/**
 * The same package where there are no addons: Workers, Deno, Bun, browsers, Node without our binary. The core is a WebAssembly module.
 *
 * ```js
 * import { auth, init } from 'jotgate/edge';
 *
 * await init();
 * const protect = auth({ issuer, audience });
 * export default { fetch: (request) => protect(request, (request, auth) => Response.json({ sub: auth?.payload.sub })) };
 * ```
 *
 * @packageDocumentation
 */
export * from './common.js';
export { init, type ModuleSource } from './edge/module.js';
export {
  auth,
  claimCheck,
  claimEquals,
  claimIncludes,
  type Guarded,
  type Handler,
  type Protect,
  requiredScopes,
  requires,
  scopeIncludesAny,
} from './web.js';
export type { ClaimCheck, ClaimPath, ClaimValue, ScopeList } from './endpoint.js';
export type { AuthOptions, AuthSettings } from './middleware.js';
