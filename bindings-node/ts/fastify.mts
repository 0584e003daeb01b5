export * from './fastify.js';
export { jotgate as default } from './fastify.js';
