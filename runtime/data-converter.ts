import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { createPayloadCodec, type CodecOptions } from './codec.ts';
import type { Settings } from './config.ts';
import type { Logger } from './log.ts';
import { ensureSecretKeys } from './secrets.ts';

/** The same key is told of at most this often: the SDK tries a workflow task again without end. */
const TOLD_MS = 60_000;

/** `failure-converter` as TypeScript in development, as JavaScript in `dist/`. The SDK loads it by its path. */
export const failureConverterPath = fileURLToPath(
  new URL(`failure-converter${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
);

/** What clients and workers of Temporal are given, the same for all: the codec, and where it is on, failures as payloads. */
export function createDataConverter({ seal = true, ...options }: CodecOptions): DataConverter {
  return { payloadCodecs: [createPayloadCodec({ ...options, seal })], ...(seal ? { failureConverterPath } : {}) };
}

/** That of a program with these settings. A payload that does not open is an error in the log that says what to do. */
export function loadDataConverter(
  settings: Pick<Settings, 'secretKey' | 'previousKeys' | 'dataDir' | 'payloadCodec'>,
  log: Logger,
): DataConverter {
  const told = new Map<string, number>();
  return createDataConverter({
    keys: ensureSecretKeys(settings),
    seal: settings.payloadCodec,
    onUnreadable({ detail }) {
      if (Date.now() - (told.get(detail) ?? 0) < TOLD_MS) return;
      told.set(detail, Date.now());
      log.error({ problem: detail }, 'data in Temporal cannot be read; what needs it is tried again until it can');
    },
  });
}
