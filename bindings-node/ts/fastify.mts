export { jotgate, jotgate as default } from './fastify.js';
export type { PluginOptions, PluginSettings } from './fastify.js';
