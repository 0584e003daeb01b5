// Key sets in Redis: many workers and hosts share one fetch, and a process that has just started needs none.
//
//   const client = createClient({ url: 'redis://…', disableOfflineQueue: true });
//   client.on('error', (error) => console.error(error.message));
//   await client.connect();
//   const validator = createValidator({ issuer, audience, jwksUri, store: redisStore(client) });
//
// Without the queue, commands fail at once while Redis is down, and each process fetches for itself.
import { setTimeout as pause } from 'node:timers/promises';

/**
 * A store for one policy, under one key of a Redis that only those can write who may decide which tokens pass.
 *
 * When nothing is stored, the worker that gets the lease fetches, and the others wait for what it saves. A worker that dies
 * with the lease holds them up until it runs out; then another takes its place. All waiting counts into the timeout of the
 * fetch (`keySet.timeout`, 10 s by default), so two leases must fit into it: after so long a worker fetches for itself.
 *
 * @param {Pick<import('redis').RedisClientType, 'get' | 'set'>} client
 * @param {object} [settings]
 * @param {string} [settings.key] Where the text is; the lease is beside it. Default `jotgate:keys`.
 * @param {number} [settings.lease] In how many milliseconds a fetch should be done. Default 4000.
 * @param {number} [settings.keep] For how many milliseconds a text is kept. Default 24 hours, as `keySet.maxStale`.
 * @returns {import('jotgate').KeyStore}
 */
export function redisStore(client, { key = 'jotgate:keys', lease = 4000, keep = 24 * 3_600_000 } = {}) {
  const waitForText = async () => {
    const patience = Date.now() + 2 * lease;
    while (Date.now() < patience) {
      const text = await client.get(key);
      if (text !== null) return text;
      const leased = await client.set(`${key}:lease`, '', {
        condition: 'NX',
        expiration: { type: 'PX', value: lease },
      });
      // Whoever had the lease before may have saved since the text was looked for.
      if (leased !== null) return client.get(key);
      await pause(25);
    }
    return null;
  };
  return {
    // A Redis that does not answer must not cost the fetch.
    load: () => Promise.race([waitForText(), pause(2 * lease, null, { ref: false })]),
    save: (text) => client.set(key, text, { expiration: { type: 'PX', value: keep } }),
  };
}
