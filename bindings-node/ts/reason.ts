/**
 * What an HTTP client says of a failure, in its own words: those of the innermost cause, because `fetch` itself says no more
 * than "fetch failed". Empty where it says nothing. The core makes one short line of it, without secrets.
 * @internal
 */
export function wordsOf(error: unknown): string {
  try {
    return (
      chainOf(error)
        .map(saidOf)
        .findLast((words) => words !== '') ?? ''
    );
  } catch {
    // Errors are anybody's objects, and looking at them may fail.
    return '';
  }
}

/**
 * Whether a client refused the server's certificate.
 * @internal
 */
export function isAboutCertificate(error: unknown): boolean {
  try {
    return chainOf(error).some((cause) => CERTIFICATE_CODES.has(codeOf(cause)));
  } catch {
    return false;
  }
}

/** The error and its causes, the innermost last. */
function chainOf(error: unknown): unknown[] {
  const chain = [];
  for (let cause = error; cause !== undefined && cause !== null && chain.length < DEEPEST;) {
    chain.push(cause);
    cause = (cause as { cause?: unknown }).cause;
  }
  return chain;
}

function saidOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (typeof error !== 'object' || error === null) return '';
  const { message, errors } = error as { message?: unknown; errors?: unknown };
  const code = codeOf(error);
  if (typeof message === 'string' && message !== '') return withCode(message, code);
  // A host name with several addresses, none of which answers: the error has no words of its own.
  const all = Array.isArray(errors) ? new Set(errors.slice(0, MOST).map(saidOf)) : [];
  const words = [...all].filter((one) => one !== '').join('; ');
  return words === '' ? code : withCode(words, code);
}

/** Node's own messages have their codes in them. */
function withCode(words: string, code: string): string {
  return code === '' || words.includes(code) ? words : `${code}: ${words}`;
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** The causes of one error that are looked at; they may go round in a circle. */
const DEEPEST = 8;

/** The errors of one attempt that are looked at. */
const MOST = 4;

/** What OpenSSL and Node call a certificate that is not trusted, not valid now, or not for this host. */
const CERTIFICATE_CODES = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CRL_HAS_EXPIRED',
  'CRL_NOT_YET_VALID',
  'CRL_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_FORMAT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_CRL',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
