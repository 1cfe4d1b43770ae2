import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';

const open = { method: 'GET', tag: 'Service', role: 'public', audit: null } as const;
const check = z.object({ ok: z.boolean(), error: z.string().nullable() });
const Ready = z.object({ status: z.enum(['ready', 'not_ready']), checks: z.object({ postgresql: check, temporal: check }) });

export const service = {
  healthz: defineEndpoint({
    ...open,
    path: '/healthz',
    unlimited: true,
    summary: 'Whether the process answers',
    responses: { 200: z.object({ status: z.literal('ok') }) },
  }),
  readyz: defineEndpoint({
    ...open,
    path: '/readyz',
    unlimited: true,
    summary: 'Whether PostgreSQL and Temporal answer; says which does not',
    responses: { 200: Ready, 503: Ready },
  }),
  metrics: defineEndpoint({
    ...open,
    path: '/metrics',
    unlimited: true,
    summary: 'Prometheus metrics',
    responses: { 200: { media: 'text/plain', description: 'Prometheus exposition format' } },
  }),
  openapi: defineEndpoint({
    ...open,
    path: '/api/openapi.json',
    summary: 'This document',
    responses: { 200: z.record(z.string(), z.unknown()) },
  }),
};
