export * from './lambda.js';
