import { createHash } from 'node:crypto';
import type { Request } from 'express';

type Reply<B> = { status: 200; body: B; headers: Record<string, string> } | { status: 304; headers: Record<string, string> };

/**
 * Answers 304 where the client has this already (RFC 9110, `If-None-Match`), so that polling costs little. `volatile` fields say
 * nothing new when they alone have changed.
 */
export function unlessKnown<B extends object>(request: Request, body: B, volatile: readonly (keyof B)[] = []): Reply<B> {
  const told = Object.fromEntries(Object.entries(body).filter(([name]) => !volatile.some((field) => field === name)));
  const tag = `W/"${createHash('sha256').update(JSON.stringify(told)).digest('base64url').slice(0, 22)}"`;
  const headers = { ETag: tag, 'Cache-Control': 'private, no-cache' };
  return knows(request.get('if-none-match'), tag) ? { status: 304, headers } : { status: 200, body, headers };
}

/** Weak comparison: whether a tag is weak makes no difference. */
function knows(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  const bare = (text: string): string => text.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((one) => bare(one) === bare(tag));
}
