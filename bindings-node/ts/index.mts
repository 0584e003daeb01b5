// The one implementation is CommonJS, so that `import` and `require` share their classes and `instanceof` holds.
export * from './index.js';
