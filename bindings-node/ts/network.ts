import { readFile } from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import * as tls from 'node:tls';
import type { Fetcher, FetcherResponse } from './fetcher.js';
import { answered } from './fetchers.js';

/**
 * What the user of the command line says of the network: files in PEM, and the URL of a proxy.
 * @internal
 */
export interface Network {
  cacert: string | null;
  cert: string | null;
  key: string | null;
  proxy: string | null;
}

/**
 * What the user says of the network makes no sense.
 * @internal
 */
export class NetworkProblem extends Error {}

/**
 * Fetches with `node:https`, because the global `fetch` takes neither authorities nor a proxy.
 * @internal
 */
export async function networkFetcher(network: Network): Promise<Fetcher> {
  const secure = await secureOf(network);
  const proxy = network.proxy === null ? undefined : urlOf(network.proxy);
  return ({ url, headers, signal }) =>
    answered(async () => {
      const target = new URL(url);
      const sent = { headers, signal };
      if (proxy === undefined || goesAround(target)) {
        return answerOf(
          target.protocol === 'http:' ? http.request(target, sent) : https.request(target, { ...sent, ...secure }),
        );
      }
      const fields = { ...headers, host: target.host, ...credentialsOf(proxy) };
      if (target.protocol === 'http:') return answerOf(toProxy(proxy, { path: url, headers: fields, signal }));
      const socket = await tunnelOf(proxy, target, signal);
      const createConnection = () => tls.connect({ ...secure, socket, servername: target.hostname });
      return answerOf(https.request(target, { ...sent, createConnection }));
    });
}

async function secureOf({ cacert, cert, key }: Network): Promise<tls.SecureContextOptions> {
  const secure: tls.SecureContextOptions = {};
  if (cacert !== null) secure.ca = await pemOf('--cacert', cacert);
  if (cert !== null) secure.cert = await pemOf('--cert', cert);
  // The key may stand in the certificate's file.
  if (key !== null) secure.key = await pemOf('--key', key);
  else if (secure.cert !== undefined) secure.key = secure.cert;
  try {
    tls.createSecureContext(secure);
  } catch {
    const file = cert === null ? `--cacert ${String(cacert)}` : `--cert ${cert}`;
    throw new NetworkProblem(`${file}: expected PEM, and of a certificate the key that belongs to it`);
  }
  return secure;
}

async function pemOf(option: string, path: string): Promise<Buffer> {
  let text;
  try {
    text = await readFile(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new NetworkProblem(`${option} ${path}: ${missing ? 'no such file' : 'cannot be read'}`);
  }
  // Authorities that are none would be taken without a word.
  if (!text.includes('-----BEGIN ')) throw new NetworkProblem(`${option} ${path}: expected PEM`);
  return text;
}

/** Whether `NO_PROXY` names this host: it, a domain that it is in, or `*`. The rule of the program for Python. */
function goesAround({ host, hostname }: URL): boolean {
  const names = (process.env['no_proxy'] ?? process.env['NO_PROXY'] ?? '').toLowerCase();
  if (names === '*') return true;
  return names
    .split(',')
    .map((name) => name.trim().replace(/^\.+/, ''))
    .filter((name) => name !== '')
    .some((name) => [host, hostname].some((known) => known === name || known.endsWith(`.${name}`)));
}

function urlOf(proxy: string): URL {
  try {
    return new URL(proxy);
  } catch {
    throw new NetworkProblem('--proxy is a URL: http://proxy.example.com:3128');
  }
}

/** A tunnel through the proxy (RFC 9110 section 9.3.6). */
function tunnelOf(proxy: URL, target: URL, signal: AbortSignal): Promise<Socket> {
  const authority = `${target.hostname}:${target.port === '' ? '443' : target.port}`;
  const headers = { host: authority, ...credentialsOf(proxy) };
  return new Promise((resolve, reject) => {
    const request = toProxy(proxy, { method: 'CONNECT', path: authority, headers, signal });
    request.once('error', reject);
    request.once('connect', (response: http.IncomingMessage, socket: Socket) => {
      if (response.statusCode === 200) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new Error(`the proxy answers CONNECT with ${String(response.statusCode)}`));
    });
    request.end();
  });
}

function toProxy(proxy: URL, options: http.RequestOptions): http.ClientRequest {
  const { protocol, hostname, port } = proxy;
  const request = protocol === 'https:' ? https.request : http.request;
  // Brackets belong to the URL of an IPv6 address, not to the address.
  return request({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? undefined : port,
    agent: false,
    ...options,
  });
}

function credentialsOf({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return { 'proxy-authorization': `Basic ${credentials.toString('base64')}` };
}

function answerOf(request: http.ClientRequest): Promise<FetcherResponse> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (message: http.IncomingMessage) => {
      resolve({ status: message.statusCode ?? 0, headers: message.headers, body: message });
    });
    request.end();
  });
}
