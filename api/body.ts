import express, { type Request, type Response } from 'express';
import { AppError } from '../core/errors.ts';
import { MIB, type Endpoint } from '../contracts/endpoint.ts';

export type Body = { json: unknown } | { text: string };

const readers = new Map<number, ReturnType<typeof express.raw>>();

/**
 * Reads the body of a request by its media type.
 * @throws AppError `body_too_large`, `unsupported_media_type`, `malformed_json`, `validation_failed` (text that is not UTF-8)
 */
export async function readBody(endpoint: Endpoint, request: Request, response: Response): Promise<Body> {
  const hasBody = request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (!hasBody) return { json: undefined };
  if (endpoint.body === undefined && endpoint.textBody === undefined) return { json: undefined };
  const media = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  const isText = endpoint.textBody !== undefined && media === endpoint.textBody.media;
  if (!isText && media !== 'application/json' && !media.endsWith('+json')) throw wrongMedia(endpoint);
  const bytes = await readBytes(endpoint.bodyLimit ?? MIB, request, response);
  const text = decode(bytes);
  if (isText) {
    if (text === null) throw new AppError('validation_failed', 'The body is not UTF-8 text.');
    return { text };
  }
  if (text === null) throw new AppError('malformed_json', 'The body is not UTF-8 text.');
  try {
    return { json: JSON.parse(text) as unknown };
  } catch (cause) {
    throw new AppError('malformed_json', 'The body is not valid JSON.', { cause });
  }
}

function wrongMedia(endpoint: Endpoint): AppError {
  const accepted = ['application/json', ...(endpoint.textBody === undefined ? [] : [endpoint.textBody.media])];
  return new AppError('unsupported_media_type', `Send the body as ${accepted.join(' or ')}.`);
}

async function readBytes(limit: number, request: Request, response: Response): Promise<Buffer> {
  const reader = readers.get(limit) ?? express.raw({ type: () => true, limit });
  readers.set(limit, reader);
  await new Promise<void>((resolve, reject) => {
    reader(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(explain(error, limit))));
  });
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** What the body reader refuses, in our terms; it never is our fault. */
function explain(error: unknown, limit: number): AppError {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (status === 413) return new AppError('body_too_large', `The body may have ${limit} bytes at most.`, { cause: error });
  if (status === 415) return new AppError('unsupported_media_type', 'The content encoding is not supported.', { cause: error });
  return new AppError('malformed_json', 'The body did not arrive whole.', { cause: error });
}

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
