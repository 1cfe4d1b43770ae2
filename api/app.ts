import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { AppError, type ErrorCode } from '../core/errors.ts';
import type { Endpoint } from '../contracts/endpoint.ts';
import { allEndpoints } from '../contracts/http/index.ts';
import { MOST_TRANSACTIONS } from './audit-trail.ts';
import { codecCors } from './codec-cors.ts';
import { cors } from './cors.ts';
import { docsPage } from './docs-page.ts';
import type { ApiDeps } from './deps.ts';
import { serve, type Handler } from './endpoint.ts';
import { createGate } from './gate.ts';
import { HANDLERS } from './handlers/index.ts';
import { problemOf, sendProblem, toAppError } from './problems.ts';
import { createRateLimits, type RateLimits } from './rate-limit.ts';
import { traceIds, traceRequests } from './tracing.ts';

const CONTENT_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    styleSrc: ["'self'", "'unsafe-inline'"],
    frameAncestors: ["'none'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
  },
};

const VERBS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;

/** How the API is reached. Unless told: directly, from no other web page, as often as one likes. */
export interface HttpSettings {
  /** Addresses, networks, or `loopback`: whose X-Forwarded-For and X-Forwarded-Proto are believed. */
  trustedProxies: string[];
  corsOrigins: string[];
  /** Requests a minute and caller; 0: any number. */
  rateLimit: number;
}

const OPEN: HttpSettings = { trustedProxies: [], corsOrigins: [], rateLimit: 0 };

/** The whole HTTP side: every contract with its handler, and problem+json for whatever is none of them. */
export function createApp(deps: ApiDeps, http: HttpSettings = OPEN): Express {
  const app = express();
  const limits = createRateLimits({ perMinute: http.rateLimit });
  const gate = createGate(MOST_TRANSACTIONS);
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.set('trust proxy', http.trustedProxies.length > 0 && http.trustedProxies);
  app.use(helmet({ contentSecurityPolicy: CONTENT_POLICY, strictTransportSecurity: false }), observe(deps));
  if (deps.tracing) app.use(traceRequests(deps.tracing));
  app.use(keepSecure, cors(http.corsOrigins));
  app.use('/api/codec', codecCors(deps.temporalUi));
  const allowed = new Map<string, string[]>();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its type says that each handler fits the contract of its name
  const handlers = HANDLERS as unknown as Record<string, Record<string, Handler<Endpoint>>>;
  for (const { noun, operationId, endpoint } of allEndpoints()) {
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1');
    app[VERBS[endpoint.method]](path, serve({ ...deps, limits, gate }, endpoint, handlers[noun]![operationId]!));
    allowed.set(path, [...(allowed.get(path) ?? []), endpoint.method]);
  }
  app.use(limitAddress(limits));
  app.use('/api/docs', docsPage());
  app.get('/', (_request, response) => response.redirect('/api/docs'));
  for (const [path, methods] of allowed) app.all(path, refuseOthers(methods));
  app.use((request: Request, response: Response) => {
    refuse(request, response, 'not_found', `There is nothing at ${request.path}.`);
  });
  app.use(failed(deps));
  return app;
}

/** Whatever is no operation needs no token. */
function limitAddress(limits: RateLimits) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    await limits.address(request, response);
    next();
  };
}

/** A browser that came by HTTPS, here or at a trusted proxy, shall not come by HTTP any more (RFC 6797). */
function keepSecure(request: Request, response: Response, next: NextFunction): void {
  if (request.secure) response.setHeader('Strict-Transport-Security', 'max-age=31536000');
  next();
}

function refuseOthers(methods: string[]) {
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  return function otherMethod(request: Request, response: Response): void {
    response.setHeader('Allow', allow);
    if (request.method === 'OPTIONS') response.status(204).end();
    else refuse(request, response, 'method_not_allowed', `${request.method} is not possible here; ${allow} are.`);
  };
}

function refuse(request: Request, response: Response, code: ErrorCode, detail: string): void {
  sendProblem(response, problemOf(new AppError(code, detail), request.path, String(response.locals.requestId)));
}

/** Whatever goes wrong outside a handler, or after its answer has begun. */
function failed(deps: ApiDeps): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const failure = toAppError(error);
    const fields = { err: failure.cause ?? failure, request_id: response.locals.requestId, path: request.path };
    if (failure.code === 'internal') deps.log.error(fields, 'a request failed');
    if (response.headersSent) response.destroy();
    else sendProblem(response, problemOf(failure, request.path, String(response.locals.requestId)));
  };
}

/** Gives each request an id, and afterwards a line in the log and a place in the metrics. Never bodies, queries or headers. */
function observe(deps: ApiDeps) {
  const durations = deps.metrics.histogram('http_request_duration_seconds', 'Duration of HTTP requests', [
    'method',
    'route',
    'status',
  ]);
  return (request: Request, response: Response, next: NextFunction): void => {
    const started = process.hrtime.bigint();
    const given = request.get('x-request-id');
    const requestId = given !== undefined && /^[\w.-]{1,128}$/.test(given) ? given : randomUUID();
    response.locals.requestId = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.on('close', () => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      const route = typeof request.route?.path === 'string' ? request.route.path : 'other';
      const method = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(request.method) ? request.method : 'other';
      durations.observe({ method, route, status: String(response.statusCode) }, seconds);
      const fields = { request_id: requestId, ...traceIds(response), method, path: request.path, status: response.statusCode };
      const level = /^\/(healthz|readyz|metrics)$/.test(request.path) ? 'debug' : 'info';
      deps.log[level]({ ...fields, actor: response.locals.actor, duration_ms: Math.round(seconds * 1000) }, 'request');
    });
    next();
  };
}
