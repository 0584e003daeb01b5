// A gRPC server with one protected method. ISSUER_BASE_URL, or ISSUER and JWKS_URI, and AUDIENCE say whose tokens may pass, PORT where it
// listens.
import process from 'node:process';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { auth, authOf, requiredScopes } from 'jotgate/grpc';

// What a generator makes of a .proto file; here messages are JSON.
const json = {
  serialize: (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)),
  deserialize: (/** @type {Buffer} */ bytes) => JSON.parse(String(bytes)),
};
const orders = {
  list: {
    path: '/shop.Orders/List',
    requestStream: false,
    responseStream: false,
    requestSerialize: json.serialize,
    requestDeserialize: json.deserialize,
    responseSerialize: json.serialize,
    responseDeserialize: json.deserialize,
  },
};

/** @type {import('@grpc/grpc-js').handleUnaryCall<object, object>} */
const list = (call, callback) => callback(null, { sub: authOf(call)?.payload.sub });

const server = new Server({ interceptors: [auth()] });
server.addService(orders, { list: requiredScopes('orders:read')(list) });

const address = `127.0.0.1:${process.env['PORT'] ?? '3000'}`;
server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  console.log(`listening on http://127.0.0.1:${port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.forceShutdown());
