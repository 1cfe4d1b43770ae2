import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import type { Response } from 'express';
import type { z } from 'zod';
import { AppError, ERROR_CODES, type ErrorCode, type FieldError } from '../core/errors.ts';
import { isConnectionError } from '../stores/database.ts';

/** RFC 9457 `application/problem+json`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: ErrorCode;
  errors: FieldError[];
  request_id: string;
}

/** Seconds after which a request that failed for now is worth another try. */
const RETRY_AFTER = 5;
/** PostgreSQL: a value that the type of its column cannot hold. All others are checked before. */
const BAD_VALUE = /^22/;

/** gRPC: cancelled, deadline exceeded, resource exhausted, unavailable. */
const TEMPORAL_AWAY = [1, 4, 8, 14];

/** True where Temporal did not answer; the client wraps some of these errors and some not. */
function isTemporalAway(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && TEMPORAL_AWAY.includes(cause.code);
}

/** Whatever was thrown, as one of our errors; what is unexpected becomes `internal` and keeps its cause for the log. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isConnectionError(error))
    return new AppError('database_unavailable', 'The database does not answer; try again.', { cause: error });
  if (isTemporalAway(error))
    return new AppError('temporal_unavailable', 'Temporal does not answer; try again.', { cause: error });
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && BAD_VALUE.test(code))
    return new AppError('validation_failed', 'A value is outside what can be stored.', { cause: error });
  // Express refuses a path with a broken %-escape.
  if (error instanceof URIError) return new AppError('not_found', 'The path is not well-formed.', { cause: error });
  return new AppError('internal', 'Something went wrong in Cairn; the log has it under this request id.', { cause: error });
}

export function problemOf(error: AppError, instance: string, requestId: string): Problem {
  const { status, title } = ERROR_CODES[error.code];
  return {
    type: `urn:cairn:problem:${error.code}`,
    title,
    status,
    detail: error.detail,
    instance,
    code: error.code,
    errors: error.errors,
    request_id: requestId,
  };
}

/** Answers a problem, with the headers that its code calls for. */
export function sendProblem(response: Response, problem: Problem): void {
  if (problem.code === 'unauthenticated') response.setHeader('WWW-Authenticate', 'Bearer realm="cairn"');
  if (problem.status === 503) response.setHeader('Retry-After', String(RETRY_AFTER));
  response.status(problem.status).setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store').end(JSON.stringify(problem));
}

/** JSON pointer of a path (RFC 6901), or `query/<name>`, `path/<name>`. */
export function pointerOf(where: 'body' | 'query' | 'path', path: readonly PropertyKey[]): string {
  const parts = path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'));
  return where === 'body' ? parts.map((part) => `/${part}`).join('') : [where, ...parts].join('/');
}

/** Everything zod found, one entry per field; an unknown field is named itself. */
export function fieldErrors(where: 'body' | 'query' | 'path', issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ pointer: pointerOf(where, [...issue.path, key]), detail: 'is not a known field' }))
      : [{ pointer: pointerOf(where, issue.path), detail: detailOf(issue) }],
  );
}

function detailOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is required';
  return issue.message.replace(/^Invalid input: expected/, 'must be').replace(/^Invalid input$/, 'is not valid');
}

export function notFound(noun: string, reference: string): AppError {
  return new AppError('not_found', `There is no ${noun} ${reference}.`);
}
