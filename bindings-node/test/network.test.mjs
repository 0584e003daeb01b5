// Issuers that can be reached only by an HTTP client that knows how: private CAs, client certificates, proxies.
import assert from 'node:assert/strict';
import { Agent as HttpsAgent } from 'node:https';
import { describe, test } from 'node:test';
import axios from 'axios';
import { axiosFetcher, createValidator, fetchWith } from 'jotgate';
import { Agent, fetch, ProxyAgent } from 'undici';
import { startIssuer } from './support/issuer.mjs';
import { startProxy } from './support/proxy.mjs';
import { certificates } from './support/tls.mjs';

/** @typedef {{ ca?: string, cert?: string, key?: string }} Tls */

/** How each client is told about TLS and a proxy. @type {Record<string, (tls: Tls, proxy?: URL) => import('jotgate').Fetcher>} */
const clients = {
  undici: (tls, proxy) => {
    const dispatcher = proxy ? new ProxyAgent({ uri: proxy.href, requestTls: tls }) : new Agent({ connect: tls });
    return fetchWith(fetch, { dispatcher });
  },
  axios: (tls, proxy) => {
    const through = proxy && { protocol: 'http', host: proxy.hostname, port: Number(proxy.port) };
    return axiosFetcher(axios.create({ httpsAgent: new HttpsAgent(tls), proxy: through ?? false }));
  },
};

const { ca, server, client } = await certificates();

for (const [name, fetcher] of Object.entries(clients)) {
  /** What `health` says is wrong. @param {Awaited<ReturnType<typeof startIssuer>>} issuer */
  const problem = async (issuer, /** @type {import('jotgate').Fetcher} */ fetch) => {
    const validator = createValidator({ ...issuer.options(), fetch });
    const outcome = await validator.tryValidate(await issuer.mint());
    const [source] = validator.health().sources;
    assert.equal(outcome.ok, source?.last_error === null);
    return source?.last_error;
  };

  describe(name, () => {
    test('trusts a CA of its own, and no stranger', async (t) => {
      const issuer = await startIssuer(t, server);
      assert.equal(await problem(issuer, fetcher({})), 'certificate');
      assert.equal(issuer.fetches, 0);
      assert.equal(await problem(issuer, fetcher({ ca })), null);
      assert.equal(issuer.fetches, 1);
    });

    test('shows a certificate to an issuer that asks for one', async (t) => {
      const issuer = await startIssuer(t, { ...server, ca, requestCert: true, rejectUnauthorized: true });
      assert.equal(await problem(issuer, fetcher({ ca })), 'connection');
      assert.equal(issuer.fetches, 0);
      assert.equal(await problem(issuer, fetcher({ ca, ...client })), null);
      assert.equal(issuer.fetches, 1);
    });

    test('goes through a proxy, which sees no more than where to', async (t) => {
      const issuer = await startIssuer(t, server);
      const { tunnels, url } = await startProxy(t);
      assert.equal(await problem(issuer, fetcher({ ca }, url)), null);
      assert.deepEqual([tunnels, issuer.fetches], [[new URL(issuer.url).host], 1]);
    });

    test('fails when the proxy refuses', async (t) => {
      const issuer = await startIssuer(t, server);
      const { proxy, tunnels, url } = await startProxy(t);
      proxy.authenticate = () => false;
      // Axios takes the proxy's answer for the issuer's.
      assert.match((await problem(issuer, fetcher({ ca }, url))) ?? '', /^(connection|status_407)$/);
      assert.deepEqual([tunnels.length, issuer.fetches], [1, 0]);
    });
  });
}
