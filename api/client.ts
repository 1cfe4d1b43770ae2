import { AppError, ERROR_CODES, type ErrorCode, type FieldError } from '../core/errors.ts';
import { isMedia, type AnswerOf, type BodyIn, type Endpoint, type ParamsIn, type QueryIn } from '../contracts/endpoint.ts';
import { jobs } from '../contracts/http/jobs.ts';
import { parseEvents, type ServerEvent } from './sse.ts';

type Needs<K extends string, V> = [V] extends [undefined] ? { [P in K]?: undefined } : { [P in K]: V };

/** What a call of an endpoint takes: all of it checked against its contract by the compiler. */
export type CallInput<E extends Endpoint> = Needs<'params', ParamsIn<E>> & {
  query?: [QueryIn<E>] extends [undefined] ? undefined : QueryIn<E>;
  body?: BodyIn<E>;
  /** Instead of `body`, where the endpoint takes text. */
  text?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

export interface Answer<E extends Endpoint> {
  status: number;
  body: AnswerOf<E>;
  headers: Headers;
}

export interface Client {
  /**
   * Calls one endpoint of the contracts.
   * @throws AppError with the code, detail and errors of the problem that was answered; `internal` where nobody answers
   */
  call<E extends Endpoint>(endpoint: E, input: CallInput<E>): Promise<Answer<E>>;
  /** The events of a job until its end, through broken connections. `after`: the id of the last event that is known. */
  follow(jobId: string, options?: { after?: string; signal?: AbortSignal }): AsyncGenerator<ServerEvent>;
}

/** The same, unchecked. */
interface AnyInput {
  params?: unknown;
  query?: unknown;
  body?: unknown;
  text?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

const RETRY_MS = 1000;
/** An API that restarts is back by then. */
const PATIENCE_MS = 60_000;

/** A stream that was cut, nobody who answers, or an API that cannot answer now. */
function mayPass(error: unknown): boolean {
  if (error instanceof TypeError) return true;
  return error instanceof AppError && (error.cause instanceof TypeError || ERROR_CODES[error.code].status === 503);
}

/** `baseUrl` as `http://127.0.0.1:8080`. */
export function createClient({ baseUrl, token }: { baseUrl: string; token?: string }): Client {
  const root = baseUrl.replace(/\/+$/, '');
  const auth: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };

  async function request(endpoint: Endpoint, input: AnyInput): Promise<Response> {
    const { body, text, headers, signal } = input;
    const media = text === undefined ? 'application/json' : (endpoint.textBody?.media ?? 'text/plain');
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
    try {
      return await fetch(`${root}${pathOf(endpoint, input.params)}${queryOf(input.query)}`, {
        method: endpoint.method,
        headers: { ...auth, ...(sent === undefined ? {} : { 'Content-Type': media }), ...headers },
        ...(sent === undefined ? {} : { body: sent }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (cause) {
      if (signal?.aborted === true) throw cause;
      throw new AppError('internal', `Cairn does not answer at ${root}.`, { cause });
    }
  }

  return {
    async call(endpoint, input) {
      const response = await request(endpoint, input);
      const spec = endpoint.responses[response.status];
      if (spec === undefined) throw await problemOf(response);
      const text = await response.text();
      const body = spec === null ? undefined : isMedia(spec) ? text : JSON.parse(text);
      return { status: response.status, body, headers: response.headers };
    },
    async *follow(jobId, { after, signal } = {}) {
      let last = after;
      /** When there last was a stream; before the first one nothing is waited for. */
      let heard = -Infinity;
      for (;;) {
        const headers: Record<string, string> = last === undefined ? {} : { 'Last-Event-ID': last };
        try {
          const response = await request(jobs.streamJobEvents, { params: { id: jobId }, headers, ...(signal ? { signal } : {}) });
          if (!response.ok) throw await problemOf(response);
          heard = Date.now();
          for await (const event of parseEvents(response.body)) {
            last = event.id ?? last;
            yield event;
            if (event.event === 'end') return;
          }
        } catch (error) {
          if (signal?.aborted === true || !mayPass(error) || Date.now() - heard > PATIENCE_MS) throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    },
  };
}

function pathOf(endpoint: Endpoint, params: unknown): string {
  const values = new Map(Object.entries(params ?? {}));
  return endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
}

function queryOf(query: unknown): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  return pairs.length === 0
    ? ''
    : `?${new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)])).toString()}`;
}

async function problemOf(response: Response): Promise<AppError> {
  const text = await response.text();
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  if (!isProblem) return new AppError('internal', `HTTP ${response.status} without a problem: ${text.slice(0, 200)}`);
  const problem: { code: string; detail: string; errors: FieldError[] } = JSON.parse(text);
  const known = (code: string): code is ErrorCode => code in ERROR_CODES;
  return new AppError(known(problem.code) ? problem.code : 'internal', problem.detail, { errors: problem.errors });
}
