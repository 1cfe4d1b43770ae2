import type { NextFunction, Request, Response } from 'express';

/** An answer to `OPTIONS` holds for ten minutes. */
const KNOWN_SECONDS = '600';

/**
 * Lets the page of the Temporal Web UI at `uiUrl`, and no other one, call the codec from a browser. Cookies are not allowed: a caller
 * shows a bearer token. The UI sends the other headers itself.
 */
export function codecCors(uiUrl: string | null) {
  const allowed = uiUrl === null ? null : new URL(uiUrl).origin;
  return (request: Request, response: Response, next: NextFunction): void => {
    response.vary('Origin');
    if (allowed !== null && request.headers.origin === allowed) {
      response.setHeader('Access-Control-Allow-Origin', allowed);
      response.setHeader('Access-Control-Allow-Methods', 'POST');
      response.setHeader('Access-Control-Allow-Headers', 'authorization, authorization-extras, content-type, x-namespace');
      response.setHeader('Access-Control-Max-Age', KNOWN_SECONDS);
    }
    next();
  };
}
