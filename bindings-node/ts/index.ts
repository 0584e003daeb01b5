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
export * from './common.js';
export { createValidatorFromFile } from './create.js';
export { ImportError } from './errors.js';
export { axiosFetcher, type AxiosLike } from './fetchers.js';
export { importPolicy, products, type Import, type ImportNote } from './import.js';
