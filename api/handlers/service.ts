import type { service } from '../../contracts/http/service.ts';
import type { Handlers } from '../endpoint.ts';
import { openApiDocument } from '../openapi.ts';
import { checkReady } from '../ready.ts';

export const serviceHandlers: Handlers<typeof service> = {
  healthz: () => Promise.resolve({ status: 200, body: { status: 'ok' } }),
  async readyz({ deps }) {
    const checks = await checkReady(deps);
    const ready = Object.values(checks).every((check) => check.ok);
    return ready ? { status: 200, body: { status: 'ready', checks } } : { status: 503, body: { status: 'not_ready', checks } };
  },
  async metrics({ deps }) {
    const { contentType, text } = await deps.metrics.expose();
    return { status: 200, chunks: [text], media: contentType };
  },
  openapi: () => Promise.resolve({ status: 200, body: openApiDocument() }),
};
