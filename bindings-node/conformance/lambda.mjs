// A server in the place of AWS: what a function URL makes of requests, and of what a handler answers.

/** @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} Handler */

/**
 * The event of a request, in payload format 2.0. All fields of one name are joined, and cookies stand apart.
 * @param {import('node:http').IncomingMessage} request
 */
export function eventOf({ method = '', url = '', headersDistinct }) {
  const [rawPath = '', ...query] = url.split('?');
  const { cookie, ...fields } = headersDistinct;
  return {
    version: '2.0',
    rawPath,
    rawQueryString: query.join('?'),
    ...(cookie && { cookies: cookie.flatMap((line) => line.split('; ')) }),
    headers: Object.fromEntries(Object.entries(fields).map(([name, lines = []]) => [name, lines.join(',')])),
    requestContext: {
      stage: '$default',
      domainName: 'id.lambda-url.eu-west-1.on.aws',
      http: { method, path: rawPath },
    },
  };
}

/**
 * Serves a handler as a function URL does.
 * @param {(event: any, context: any) => Promise<any>} handler
 * @returns {Handler}
 */
export const functionUrl = (handler) => (request, response) => {
  const answered = async () => {
    const { statusCode, headers, body } = await handler(eventOf(request), {});
    response.writeHead(statusCode, headers).end(body);
  };
  answered().catch(() => response.writeHead(502).end());
};
