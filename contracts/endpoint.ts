import type { z } from 'zod';
import type { ErrorCode } from '../core/errors.ts';
import type { Role } from '../core/roles.ts';

/** A reply that is not JSON. */
export interface MediaReply {
  media: string;
  description: string;
  /** What `Accept: application/json`, or the query, gets instead. */
  json?: z.ZodType;
  /** Further media types that the query may choose. */
  others?: readonly string[];
  /** Of an event stream: one event of it, its `data` as text. */
  event?: z.ZodType;
}

/** The schema of a JSON body, a body of another media type, or none. */
export type ReplySpec = z.ZodType | MediaReply | null;

interface Common {
  /** In full, with `{name}` for a parameter: `/api/devices/{id}`. */
  path: `/${string}`;
  summary: string;
  description?: string;
  tag: string;
  /** The least role that may call it; `public` needs no token. */
  role: Role | 'public';
  /** Only for who may see all devices, whatever the role: it is about Cairn as a whole and not about the devices of a group. */
  allDevices?: true;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** A body as people send it, for the documentation. */
  example?: object;
  /** No rate limit: what watches the service calls it. */
  unlimited?: true;
  /** A second media type that the body may have; the handler gets it as `text`. */
  textBody?: MediaReply;
  /** Bytes; 1 MiB unless told. */
  bodyLimit?: number;
  responses: Readonly<Record<number, ReplySpec>>;
  /** Errors beyond those that every endpoint may answer (bad input, no token, role, database away, internal). */
  problems?: readonly ErrorCode[];
  /** It starts something: with an `Idempotency-Key` it does so once, however often it is sent. */
  starts?: true;
  /** Unix seconds since when, and the path that replaces it (RFC 9745). */
  deprecated?: { since: number; successor: string };
}

/** Reading may be audited, writing must be: `audit` names the action. */
interface ReadEndpoint extends Common {
  method: 'GET';
  audit: string | null;
}

interface WriteEndpoint extends Common {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  audit: string;
}

/** One operation of the API as data. `role` and `audit` are required: an endpoint that forgets one does not compile. */
export type Endpoint = ReadEndpoint | WriteEndpoint;

export const MIB = 1024 * 1024;

export function defineEndpoint<const E extends Endpoint>(endpoint: E): E {
  return endpoint;
}

export function isMedia(reply: ReplySpec): reply is MediaReply {
  return reply !== null && 'media' in reply;
}

type OutputOf<S> = S extends z.ZodType ? z.output<S> : undefined;
type InputOf<S> = S extends z.ZodType ? z.input<S> : undefined;
type Field<E, K extends string> = E extends Record<K, infer S> ? S : undefined;

/** What a handler gets, after parsing. */
export type ParamsOf<E extends Endpoint> = OutputOf<Field<E, 'params'>>;
export type QueryOf<E extends Endpoint> = OutputOf<Field<E, 'query'>>;
export type BodyOf<E extends Endpoint> = OutputOf<Field<E, 'body'>>;

/** What a client sends. */
export type ParamsIn<E extends Endpoint> = InputOf<Field<E, 'params'>>;
export type QueryIn<E extends Endpoint> = InputOf<Field<E, 'query'>>;
export type BodyIn<E extends Endpoint> = InputOf<Field<E, 'body'>>;

type Success = 200 | 201 | 202 | 204;

/** What a client gets: the JSON of whichever success status came, text where it is another media type. */
export type AnswerOf<E extends Endpoint> = {
  [S in keyof E['responses'] & Success]: E['responses'][S] extends z.ZodType
    ? z.output<E['responses'][S]>
    : E['responses'][S] extends MediaReply
      ? string
      : undefined;
}[keyof E['responses'] & Success];
