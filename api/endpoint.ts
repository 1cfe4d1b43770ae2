import type { Request, Response } from 'express';
import type { z } from 'zod';
import { validationError, type AppError } from '../core/errors.ts';
import { isMedia, type BodyOf, type Endpoint, type ParamsOf, type QueryOf } from '../contracts/endpoint.ts';
import { createAuditTrail, type AuditNote } from './audit-trail.ts';
import { ANONYMOUS, identify, requireAllGroups, requireRole, type Identity } from './auth.ts';
import { readBody } from './body.ts';
import type { ApiDeps } from './deps.ts';
import type { Gate } from './gate.ts';
import { keyOf, once } from './idempotency.ts';
import { fieldErrors, problemOf, sendProblem, toAppError } from './problems.ts';
import type { RateLimits } from './rate-limit.ts';
import { callTrace } from './tracing.ts';
import { writeChunks } from './write-chunks.ts';

/** What a handler is told of the call, parsed and allowed. */
export interface Call<E extends Endpoint> {
  deps: ApiDeps;
  params: ParamsOf<E>;
  query: QueryOf<E>;
  body: BodyOf<E>;
  /** The body where it came as `textBody`; `body` is undefined then. */
  text: string | null;
  principal: Identity;
  /** Names what starts a job, where that may start it only once (`Idempotency-Key`). */
  origin: string | null;
  request: Request;
  /** What the audit event says besides. */
  audit: AuditNote;
}

type Headers = Record<string, string>;
type JsonReply<R> = {
  [S in keyof R & number]: R[S] extends z.ZodType
    ? { status: S; body: z.output<R[S]>; headers?: Headers }
    : R[S] extends null
      ? { status: S; headers?: Headers }
      : never;
}[keyof R & number];

/** Text that is passed on as it is, in pieces. */
interface TextReply<R> {
  status: keyof R & number;
  chunks: AsyncIterable<string> | Iterable<string>;
  media: string;
  headers?: Headers;
}

/** The handler has taken over the response. */
interface TakenReply {
  taken: true;
}

export type Reply<E extends Endpoint> = JsonReply<E['responses']> | TextReply<E['responses']> | TakenReply;
export type Handler<E extends Endpoint> = (call: Call<E>, response: Response) => Promise<Reply<E>>;
/** A handler for each endpoint of a table; one that is missing does not compile. */
export type Handlers<T extends Record<string, Endpoint>> = { [K in keyof T]: Handler<T[K]> };

const JSON_MEDIA = 'application/json; charset=utf-8';

/** The one way of every request: auth → limit → role → parse → handle and audit → reply. */
export function serve<E extends Endpoint>(deps: ServeDeps, endpoint: E, handler: Handler<E>) {
  return async (request: Request, response: Response): Promise<void> => {
    const trail = createAuditTrail(deps, endpoint, request, response);
    let principal: Identity | null = null;
    let reply: Reply<E> | null = null;
    let failure: AppError | null = null;
    try {
      if (endpoint.role !== 'public') {
        principal = await identify(deps, request, response);
        response.locals.actor = principal.name;
        requireRole(principal, endpoint.role);
        if (endpoint.allDevices === true) requireAllGroups(principal);
      } else if (endpoint.unlimited !== true) {
        await deps.limits.address(request, response);
      }
      const input = await parse(endpoint, request, response);
      const who = principal ?? ANONYMOUS;
      const handle = (origin: string | null): Promise<Reply<E>> =>
        trail.act(principal, isRead(input), (database) =>
          handler(
            {
              deps: { ...deps, ...callTrace(deps.log, response), database },
              principal: who,
              origin,
              request,
              audit: trail.note,
              ...input,
            },
            response,
          ),
        );
      const key = endpoint.starts ? keyOf(request) : null;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an answer given again is one that this handler gave
      reply = key === null ? await handle(null) : ((await once(deps, keyed(request, who, key, input), handle)) as Reply<E>);
    } catch (error) {
      failure = toAppError(error);
      reportFailure(deps, request, response, failure);
    }
    if (reply !== null && 'taken' in reply) return;
    failure = await trail.end(principal, failure === null ? { status: reply!.status } : { failure });
    if (failure !== null) {
      const instance = request.originalUrl.split('?')[0]!;
      sendProblem(response, problemOf(failure, instance, String(response.locals.requestId)));
    } else {
      await send(endpoint, request, response, reply!);
    }
  };
}

type ServeDeps = ApiDeps & { limits: RateLimits; gate: Gate };

/** The same key of a caller that may see less, or more, is another request. */
function keyed(request: Request, { name: owner, groups }: Identity, key: string, input: object) {
  return { owner, key, method: request.method, path: request.originalUrl, input: groups === null ? input : { ...input, groups } };
}

/** What asks the cache, or how it would be, does nothing that is audited; its handler says so too (`audit.skip`). */
function isRead({ query, body }: { query: unknown; body: unknown }): boolean {
  const has = (value: unknown, field: string): boolean =>
    typeof value === 'object' && value !== null && Object.entries(value).some(([name, set]) => name === field && set === true);
  return has(query, 'cached') || has(body, 'dry_run');
}

type Input<E extends Endpoint> = Pick<Call<E>, 'params' | 'query' | 'body' | 'text'>;

async function parse<E extends Endpoint>(endpoint: E, request: Request, response: Response): Promise<Input<E>> {
  const params = check('path', endpoint.params, request.params);
  const query = check('query', endpoint.query, request.query);
  const body = await readBody(endpoint, request, response);
  const text = 'text' in body ? body.text : null;
  const json = 'json' in body && endpoint.body !== undefined ? check('body', endpoint.body, body.json) : undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schemas of the endpoint gave these values
  return { params, query, body: json, text } as Input<E>;
}

function check(where: 'path' | 'query' | 'body', schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw validationError(fieldErrors(where, parsed.error.issues));
}

function reportFailure(deps: ApiDeps, request: Request, response: Response, failure: AppError): void {
  if (failure.code !== 'internal' && failure.code !== 'database_unavailable') return;
  const fields = { err: failure.cause ?? failure, request_id: response.locals.requestId, path: request.path };
  deps.log.error(fields, 'a request failed');
}

async function send<E extends Endpoint>(endpoint: E, request: Request, response: Response, reply: Reply<E>): Promise<void> {
  if ('taken' in reply) return;
  response.status(reply.status);
  response.setHeader('Cache-Control', 'no-store');
  if (endpoint.deprecated !== undefined) {
    response.setHeader('Deprecation', `@${endpoint.deprecated.since}`);
    response.setHeader('Link', `<${endpoint.deprecated.successor}>; rel="successor-version", </api/docs>; rel="deprecation"`);
  }
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if ('chunks' in reply) {
    response.setHeader('Content-Type', reply.media);
    await (request.method === 'HEAD' ? response.end() : writeChunks(response, reply.chunks));
    return;
  }
  const spec = endpoint.responses[reply.status] ?? null;
  if (spec === null || isMedia(spec)) response.end();
  else response.setHeader('Content-Type', JSON_MEDIA).end(JSON.stringify('body' in reply ? reply.body : null));
}
