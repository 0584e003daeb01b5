// A proxy on loopback.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createProxy } from 'proxy';

/** A proxy that ends with the test. @param {import('node:test').TestContext} t */
export async function startProxy(t) {
  const proxy = createProxy(createServer());
  const tunnels = /** @type {(string | undefined)[]} */ ([]);
  proxy.prependListener('connect', ({ url }) => void tunnels.push(url));
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (proxy.address());
  return { proxy, tunnels, url: new URL(`http://127.0.0.1:${port}`) };
}
