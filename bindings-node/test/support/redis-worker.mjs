// A worker with key sets in Redis. It says when it is ready, validates the token of each message, and says what came of it.
import process from 'node:process';
import { createValidator } from 'jotgate';
import { createClient } from 'redis';
import { redisStore } from '../../examples/redis-store.mjs';

const { OPTIONS = '{}', SETTINGS = '{}', REDIS_URL = '' } = process.env;

const client = createClient({ url: REDIS_URL, disableOfflineQueue: true });
client.on('error', () => {});
await client.connect();

const validator = createValidator({ ...JSON.parse(OPTIONS), store: redisStore(client, JSON.parse(SETTINGS)) });

process.on('message', async (token) => {
  const outcome = await validator.tryValidate(String(token));
  process.send?.(outcome.ok ? outcome.verified.payload.sub : outcome.code);
});
process.on('disconnect', () => client.destroy());
process.send?.('ready');
