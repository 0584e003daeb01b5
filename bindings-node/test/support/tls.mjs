// A certificate authority that nobody knows but the test, and what it has certified.
import { generate } from 'selfsigned';

/** A server at 127.0.0.1 and a client. */
export async function certificates() {
  const authority = await certify('a CA of these tests', [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
  ]);
  const server = await certify(
    'localhost',
    [{ name: 'subjectAltName', altNames: [{ type: 7, ip: ADDRESS }] }],
    authority,
  );
  const client = await certify('orders', [{ name: 'extKeyUsage', clientAuth: true }], authority);
  return { ca: authority.cert, server, client };
}

const ADDRESS = '127.0.0.1';

/**
 * @param {string} name @param {import('selfsigned').CertificateExtension[]} extensions
 * @param {{ key: string, cert: string }} [ca]
 */
async function certify(name, extensions, ca) {
  const subject = [{ name: 'commonName', value: name }];
  const pems = await generate(subject, { keyType: 'ec', algorithm: 'sha256', extensions, ...(ca && { ca }) });
  return { key: pems.private, cert: pems.cert };
}
