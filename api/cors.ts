import type { NextFunction, Request, Response } from 'express';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const REQUEST_HEADERS =
  'Authorization, Content-Type, Accept, Idempotency-Key, If-None-Match, Last-Event-ID, Prefer, X-Request-Id';
const ANSWER_HEADERS =
  'Location, ETag, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, X-Cairn-Status, Preference-Applied, Deprecation, Link';
/** Seconds that a browser may remember the answer to a preflight. */
const REMEMBER = '600';

/**
 * Lets pages of exactly these origins call the API from a browser (Fetch standard, CORS protocol); all others get no such header.
 * Credentials are never allowed: a token is sent by the page itself, and Cairn has no cookies.
 */
export function cors(origins: readonly string[]) {
  const allowed = new Set(origins);
  return (request: Request, response: Response, next: NextFunction): void => {
    if (allowed.size > 0) response.vary('Origin');
    const origin = request.get('origin');
    if (origin === undefined || !allowed.has(origin)) {
      next();
      return;
    }
    response.setHeader('Access-Control-Allow-Origin', origin);
    if (request.method !== 'OPTIONS' || request.get('access-control-request-method') === undefined) {
      response.setHeader('Access-Control-Expose-Headers', ANSWER_HEADERS);
      next();
      return;
    }
    response.setHeader('Access-Control-Allow-Methods', METHODS);
    response.setHeader('Access-Control-Allow-Headers', REQUEST_HEADERS);
    response.setHeader('Access-Control-Max-Age', REMEMBER);
    response.status(204).end();
  };
}
