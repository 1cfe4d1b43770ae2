import type { Call } from './http.ts';

/** Certificates that are not trusted, as Node names them (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const CERTIFICATE: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate was revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed (NODE_EXTRA_CA_CERTS makes it trusted)',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is of an authority that is not trusted (NODE_EXTRA_CA_CERTS makes it so)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is of an authority that is not known (NODE_EXTRA_CA_CERTS makes it so)',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is of an authority that is not known (NODE_EXTRA_CA_CERTS makes it so)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is of an authority that is not known (NODE_EXTRA_CA_CERTS makes it so)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  HOSTNAME_MISMATCH: 'its certificate is for another name',
};

/** Worth another try: the server or the way to it may come back. */
const PASSING: Record<string, string> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'reset the connection',
  EPIPE: 'closed the connection',
  EHOSTUNREACH: 'cannot be reached: no route to the host',
  ENETUNREACH: 'cannot be reached: no route to the network',
  EAI_AGAIN: 'has a name that does not resolve just now',
  ETIMEDOUT: 'did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'stopped in the middle of its answer',
  UND_ERR_SOCKET: 'closed the connection before its answer was whole',
};

/** What a broken exchange means. Names the server by its origin, never by a whole URL. */
export function explainFailure(error: unknown, url: string): { message: string; retryable: boolean } {
  const { origin } = new URL(url);
  const code = codeOf(error);
  const certificate = CERTIFICATE[code];
  if (certificate !== undefined) return { message: `${origin} cannot be trusted: ${certificate}`, retryable: false };
  const passing = PASSING[code];
  if (passing !== undefined) return { message: `${origin} ${passing}`, retryable: true };
  if (code === 'ENOTFOUND') return { message: `${origin} has a name that does not resolve`, retryable: false };
  if (/^(ERR_SSL|EPROTO)/.test(code)) return { message: `${origin} does not speak TLS as it should (${code})`, retryable: false };
  return {
    message: `${origin}: ${error instanceof Error ? error.message : String(error)}`,
    retryable: code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  };
}

function codeOf(error: unknown): string {
  const own = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof own === 'string') return own;
  return error instanceof Error && error.cause !== undefined ? codeOf(error.cause) : '';
}

/** Too many requests, or a fault of the server. */
export function mayPass(status: number): boolean {
  return status === 429 || status === 408 || status >= 500;
}

/** What an answer other than 2xx means. */
export function explainStatus(status: number, call: Call, location: string | null, text: string, tries: number): string {
  const { origin, pathname } = new URL(call.url);
  const who = call.authorization === null ? 'no credential was given' : 'it does not take the credential';
  if (status === 401 || status === 403) return `${origin} refuses access to ${pathname} with ${status}: ${who}${detail(text)}`;
  if (status === 404) return `${origin} has no ${pathname} (404): is the URL that of the server itself?`;
  if (status >= 300 && status < 400)
    return `${origin} redirects ${pathname} to ${target(location, call.url)} (${status}): give the URL of the server itself`;
  const often = mayPass(status) ? ` ${tries} times` : '';
  return `${origin} answered ${status} to ${pathname}${often}${detail(text)}`;
}

/** Without its query, which may hold anything. */
function target(location: string | null, base: string): string {
  if (location === null || !URL.canParse(location, base)) return 'nowhere';
  const { origin, pathname } = new URL(location, base);
  return `${origin}${pathname}`;
}

/** What the server says besides, as far as it is one short line of JSON. */
function detail(text: string): string {
  const said = /"(?:detail|message|error)"\s*:\s*"([^"\\]{1,200})"/.exec(text)?.[1];
  return said === undefined ? '' : `: ${said}`;
}
