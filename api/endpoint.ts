import type { Request, Response } from 'express';
import type { z } from 'zod';
import { ERROR_CODES, validationError, type AppError } from '../core/errors.ts';
import { isMedia, type BodyOf, type Endpoint, type ParamsOf, type QueryOf } from '../contracts/endpoint.ts';
import { writeAudit } from '../stores/audit.ts';
import { identify, requireRole, type Principal } from './auth.ts';
import { readBody } from './body.ts';
import type { ApiDeps } from './deps.ts';
import { keyOf, once } from './idempotency.ts';
import { fieldErrors, problemOf, sendProblem, toAppError } from './problems.ts';
import type { RateLimits } from './rate-limit.ts';
import { writeChunks } from './write-chunks.ts';

/** What a handler is told of the call, parsed and allowed. */
export interface Call<E extends Endpoint> {
  deps: ApiDeps;
  params: ParamsOf<E>;
  query: QueryOf<E>;
  body: BodyOf<E>;
  /** The body where it came as `textBody`; `body` is undefined then. */
  text: string | null;
  principal: Principal;
  /** Names what starts a job, where that may start it only once (`Idempotency-Key`). */
  origin: string | null;
  request: Request;
  /** What the audit event says besides; `skip` where a call turned out to be a mere read. */
  audit: { detail: Record<string, unknown>; skip: boolean };
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

const ANONYMOUS: Principal = { name: 'anonymous', role: 'viewer', userId: null, groups: [] };
const JSON_MEDIA = 'application/json; charset=utf-8';

/** The one way of every request: auth → limit → role → parse → handle → audit → reply. */
export function serve<E extends Endpoint>(deps: ApiDeps & { limits: RateLimits }, endpoint: E, handler: Handler<E>) {
  return async (request: Request, response: Response): Promise<void> => {
    let principal: Principal | null = null;
    const audit: Call<E>['audit'] = { detail: {}, skip: false };
    let reply: Reply<E> | null = null;
    let failure: AppError | null = null;
    try {
      if (endpoint.role !== 'public') {
        principal = await identify(deps, request, response);
        response.locals.actor = principal.name;
        requireRole(principal, endpoint.role);
      } else if (endpoint.unlimited !== true) {
        await deps.limits.address(request, response);
      }
      const input = await parse(endpoint, request, response);
      const who = principal ?? ANONYMOUS;
      const handle = (origin: string | null): Promise<Reply<E>> =>
        handler({ deps, principal: who, origin, request, audit, ...input }, response);
      const key = endpoint.starts ? keyOf(request) : null;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an answer given again is one that this handler gave
      reply = key === null ? await handle(null) : ((await once(deps, keyed(request, who, key, input), handle)) as Reply<E>);
    } catch (error) {
      failure = toAppError(error);
      reportFailure(deps, request, response, failure);
    }
    if (reply !== null && 'taken' in reply) return;
    const status = failure === null ? reply!.status : ERROR_CODES[failure.code].status;
    await record(deps, endpoint, request, response, { principal, audit, status, failure });
    if (failure !== null) {
      const instance = request.originalUrl.split('?')[0]!;
      sendProblem(response, problemOf(failure, instance, String(response.locals.requestId)));
    } else {
      await send(endpoint, request, response, reply!);
    }
  };
}

function keyed(request: Request, { name: owner }: Principal, key: string, input: object) {
  return { owner, key, method: request.method, path: request.originalUrl, input };
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

interface Ending {
  principal: Principal | null;
  audit: { detail: Record<string, unknown>; skip: boolean };
  status: number;
  failure: AppError | null;
}

/** A call that was carried out is not undone because its audit row could not be written; that is an error in the log. */
async function record(deps: ApiDeps, endpoint: Endpoint, request: Request, response: Response, end: Ending): Promise<void> {
  if (endpoint.audit === null || end.audit.skip) return;
  // Whoever floods the API shall not flood the audit: the log has these.
  if (end.failure?.code === 'rate_limited') return;
  const event = {
    actor: end.principal?.name ?? ANONYMOUS.name,
    role: end.principal?.role ?? null,
    action: endpoint.audit,
    method: request.method,
    path: request.originalUrl.split('?')[0]!.slice(0, 2000),
    status: end.status,
    request_id: String(response.locals.requestId),
    detail:
      end.failure === null ? end.audit.detail : { ...end.audit.detail, code: end.failure.code, problem: end.failure.detail },
  };
  try {
    await writeAudit(deps.database, event);
  } catch (error) {
    deps.log.error({ err: error, audit: event }, 'an audit event could not be stored');
  }
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
