import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../core/errors.ts';
import { ROLES } from '../core/roles.ts';
import { isMedia, type Endpoint, type ReplySpec } from '../contracts/endpoint.ts';
import { allEndpoints } from '../contracts/http/index.ts';

type Json = Record<string, unknown>;
type Io = 'input' | 'output';

const PROBLEM_MEDIA = 'application/problem+json';
const WAY = {
  200: 'Done',
  201: 'Created',
  202: 'Accepted',
  204: 'Done, nothing to tell',
  304: 'As it was when its ETag was given',
  503: 'Not ready',
} as Record<number, string>;

const ProblemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.enum(Object.keys(ERROR_CODES)),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
    request_id: z.string(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });

const IDEMPOTENCY_KEY: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Starts it once, however often it is sent: the same request within a day gets the same answer',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

let built: Json | null = null;

/** The OpenAPI 3.1 document of all endpoints, from the same schemas that check them. */
export function openApiDocument(): Json {
  built ??= build();
  return built;
}

function build(): Json {
  const schemas: Record<string, Json> = {};
  const paths: Record<string, Json> = {};
  for (const { operationId, endpoint } of allEndpoints()) {
    const item = (paths[endpoint.path] ??= {});
    item[endpoint.method.toLowerCase()] = operation(operationId, endpoint, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cairn',
      version: '1',
      description:
        'Durable network discovery and configuration backup. Errors are `application/problem+json` with `code` and `errors`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(allEndpoints().map(({ endpoint }) => endpoint.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: `An API token, or a JWT of the OIDC issuer; roles: ${ROLES.join(' < ')}`,
        },
      },
    },
  };
}

function operation(operationId: string, endpoint: Endpoint, schemas: Record<string, Json>): Json {
  const { role, deprecated, description, summary, tag } = endpoint;
  const note = role === 'public' ? null : `Needs the role ${role}.`;
  const parameters = [
    ...parametersOf('path', endpoint.params, schemas),
    ...parametersOf('query', endpoint.query, schemas),
    ...(endpoint.starts ? [IDEMPOTENCY_KEY] : []),
  ];
  const body = bodyOf(endpoint, schemas);
  return {
    operationId,
    summary,
    tags: [tag],
    description: [description, note].filter((part) => part !== undefined && part !== null).join(' '),
    ...(deprecated === undefined ? {} : { deprecated: true }),
    security: role === 'public' ? [] : [{ bearer: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === null ? {} : { requestBody: body }),
    responses: responsesOf(endpoint, schemas),
  };
}

function parametersOf(where: 'path' | 'query', schema: z.ZodObject | undefined, schemas: Record<string, Json>): Json[] {
  if (schema === undefined) return [];
  const fields: [string, z.ZodType][] = Object.entries(schema.shape);
  return fields.map(([name, field]) => {
    const { description, ...json } = toJson(field, 'output', schemas);
    const required = where === 'path' || !field.safeParse(undefined).success;
    return { name, in: where, required, ...(description === undefined ? {} : { description }), schema: json };
  });
}

function bodyOf({ body, textBody, example }: Endpoint, schemas: Record<string, Json>): Json | null {
  if (body === undefined) return null;
  const shown = example === undefined ? {} : { example };
  const json = { 'application/json': { schema: toJson(body, 'input', schemas), ...shown } };
  const required = !body.safeParse(undefined).success;
  if (textBody === undefined) return { required, content: json };
  return {
    required,
    content: { ...json, [textBody.media]: { schema: { type: 'string', description: textBody.description } } },
  };
}

function responsesOf(endpoint: Endpoint, schemas: Record<string, Json>): Json {
  const replies = Object.entries(endpoint.responses).map(
    ([status, spec]) => [status, responseOf(Number(status), spec, schemas)] as const,
  );
  const problems = new Map<number, ErrorCode[]>();
  for (const code of problemCodes(endpoint)) {
    const { status } = ERROR_CODES[code];
    problems.set(status, [...(problems.get(status) ?? []), code]);
  }
  const documented = new Set(Object.keys(endpoint.responses));
  const failures = [...problems]
    .filter(([status]) => !documented.has(String(status)))
    .map(([status, codes]) => {
      const schema = toJson(ProblemSchema, 'output', schemas);
      return [String(status), { description: codes.join(', '), content: { [PROBLEM_MEDIA]: { schema } } }] as const;
    });
  return Object.fromEntries([...replies, ...failures].toSorted(([a], [b]) => a.localeCompare(b)));
}

function responseOf(status: number, spec: ReplySpec, schemas: Record<string, Json>): Json {
  if (spec === null) return { description: WAY[status] };
  if (isMedia(spec)) {
    const json = spec.json === undefined ? {} : { 'application/json': { schema: toJson(spec.json, 'output', schemas) } };
    const schema = spec.event === undefined ? { type: 'string' } : toJson(spec.event, 'output', schemas);
    const texts = [spec.media, ...(spec.others ?? [])].map((media) => [media, { schema }] as const);
    return { description: spec.description, content: { ...Object.fromEntries(texts), ...json } };
  }
  return { description: WAY[status], content: { 'application/json': { schema: toJson(spec, 'output', schemas) } } };
}

/** What any call may run into, and what this one may besides. */
export function problemCodes(endpoint: Endpoint): ErrorCode[] {
  const codes: ErrorCode[] = ['internal'];
  if (endpoint.unlimited !== true) codes.push('rate_limited');
  if (endpoint.role !== 'public')
    codes.push('unauthenticated', 'forbidden', 'identity_provider_unavailable', 'database_unavailable');
  if (endpoint.audit !== null) codes.push('audit_unavailable');
  if (endpoint.params !== undefined || endpoint.query !== undefined || endpoint.body !== undefined)
    codes.push('validation_failed');
  if (endpoint.starts) codes.push('idempotency_key_invalid', 'idempotency_key_reused', 'conflict');
  if (endpoint.body !== undefined) codes.push('malformed_json', 'body_too_large', 'unsupported_media_type');
  return [...new Set([...codes, ...(endpoint.problems ?? [])])];
}

/** A schema as JSON Schema 2020-12; those with an id go to `components`. */
function toJson(schema: z.ZodType, io: Io, schemas: Record<string, Json>): Json {
  const { $schema: _, $defs, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'throw', reused: 'inline' });
  for (const [id, definition] of Object.entries($defs ?? {})) define(schemas, id, moved(definition));
  const { id, ...rest } = moved(json);
  if (typeof id !== 'string') return rest;
  define(schemas, id, rest);
  return { $ref: `#/components/schemas/${id}` };
}

function moved(definition: object): Json {
  const json: Json = JSON.parse(JSON.stringify(definition).replaceAll('"#/$defs/', '"#/components/schemas/'));
  return json;
}

function define(schemas: Record<string, Json>, id: string, definition: Json): void {
  const { id: _, ...rest } = definition;
  const known = schemas[id];
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(rest)) throw new Error(`two schemas are called ${id}`);
  schemas[id] = rest;
}
