/** Every error code of Cairn, in one table: whether a retry may help, the HTTP status, the exit code of the CLI. */
export const ERROR_CODES = {
  validation_failed: { retryable: false, status: 422, exit: 2, title: 'The request is not valid' },
  malformed_json: { retryable: false, status: 400, exit: 2, title: 'The body is not valid JSON' },
  body_too_large: { retryable: false, status: 413, exit: 2, title: 'The body is too large' },
  unsupported_media_type: { retryable: false, status: 415, exit: 2, title: 'The media type is not supported' },
  unauthenticated: { retryable: false, status: 401, exit: 3, title: 'A valid token is required' },
  forbidden: { retryable: false, status: 403, exit: 3, title: 'The role does not allow this' },
  idempotency_key_invalid: { retryable: false, status: 400, exit: 2, title: 'The Idempotency-Key is not valid' },
  idempotency_key_reused: { retryable: false, status: 422, exit: 2, title: 'The Idempotency-Key belongs to another request' },
  rate_limited: { retryable: true, status: 429, exit: 6, title: 'Too many requests' },
  not_found: { retryable: false, status: 404, exit: 4, title: 'Not found' },
  method_not_allowed: { retryable: false, status: 405, exit: 2, title: 'The method is not allowed here' },
  conflict: { retryable: false, status: 409, exit: 5, title: 'The current state does not allow this' },
  device_busy: { retryable: true, status: 409, exit: 5, title: 'The device is busy' },
  temporal_unavailable: { retryable: true, status: 503, exit: 6, title: 'Temporal is not reachable' },
  identity_provider_unavailable: { retryable: true, status: 503, exit: 6, title: 'The identity provider is not reachable' },
  audit_unavailable: { retryable: true, status: 503, exit: 6, title: 'The audit event cannot be written' },
  database_unavailable: { retryable: true, status: 503, exit: 6, title: 'The database is not reachable' },
  artifact_missing: { retryable: false, status: 410, exit: 4, title: 'The text is not in the artifact store' },
  artifact_store_unavailable: { retryable: true, status: 503, exit: 6, title: 'The artifact store is not reachable' },
  configuration_invalid: { retryable: false, status: 500, exit: 7, title: 'The settings are not valid' },
  startup_failed: { retryable: false, status: 500, exit: 7, title: 'Cairn cannot start' },
  internal: { retryable: true, status: 500, exit: 1, title: 'Internal error' },
} as const satisfies Record<string, { retryable: boolean; status: number; exit: number; title: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One field of a request that is wrong. `pointer` is a JSON pointer into the body, or `query/<name>`, `path/<name>`. */
export interface FieldError {
  pointer: string;
  detail: string;
}

/** The one error class. `detail` is for people and never holds a secret. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly errors: FieldError[];

  constructor(code: ErrorCode, detail: string, options: { errors?: FieldError[]; cause?: unknown } = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.detail = detail;
    this.errors = options.errors ?? [];
  }
}

/** An error about one field of the request. */
export function invalid(pointer: string, detail: string): AppError {
  return new AppError('validation_failed', `${pointer} ${detail}.`, { errors: [{ pointer, detail }] });
}

/** An error about several fields, told by the first. */
export function validationError(errors: FieldError[]): AppError {
  const first = errors[0];
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new AppError('validation_failed', `${first?.pointer || 'The body'} ${first?.detail ?? 'is not valid'}${more}.`, {
    errors,
  });
}
