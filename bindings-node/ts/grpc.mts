export * from './grpc.js';
